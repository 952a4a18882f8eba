/**
 * Run with few file descriptors: takes all of them by connections to a page's server, and says in JSON
 * what became of it.
 */
import { listen } from "../../../src/web/listen.ts";

const server = listen(0, () => new Response("here"));
const clients: Deno.TcpConn[] = [];
let failed = false;
void server.failed.then(() => failed = true);
while (!failed) {
  try {
    clients.push(await Deno.connect({ port: server.port }));
  } catch {
    await Promise.race([server.failed, new Promise((resolve) => setTimeout(resolve, 50))]);
  }
}
await server.close();
// Those who held it open see its end, so their descriptors are free again.
const ends = await Promise.all(
  clients.map((client) => client.read(new Uint8Array(1)).catch(() => null)),
);
for (const client of clients) client.close();
const again = listen(server.port, () => new Response("again"));
const answer = await (await fetch(`http://127.0.0.1:${again.port}/`)).text();
await again.close();
const result = JSON.stringify({ ended: ends.every((end) => end === null), answer });
await Deno.stdout.write(new TextEncoder().encode(result));
