/**
 * Opens 200 connections a second to the host and port given, says nothing on them and never closes
 * one. Prints each second how many were made and how many the other side still holds.
 */
const [hostname = "", port = ""] = Deno.args;
/** Connections in 50 ms. */
const BURST = 10;

let made = 0;
let alive = 0;

async function hold(): Promise<void> {
  try {
    const connection = await Deno.connect({ hostname, port: Number(port) });
    made++;
    alive++;
    // Ends when the other side has closed.
    await connection.read(new Uint8Array(1)).catch(() => null);
    alive--;
    connection.close();
  } catch {
    // Not let in at all.
  }
}

setInterval(() => {
  for (let n = 0; n < BURST; n++) void hold();
}, 50);
setInterval(() => {
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify({ made, alive })}\n`));
}, 1_000);
