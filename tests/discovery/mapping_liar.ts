/**
 * Machines of a test network that mean no good, run in a namespace as
 * `deno run -A tests/discovery/mapping_liar.ts ROLE [ADDRESS]`.
 *
 * bait   prints "ready", then a line for every connection that it gets: there must be none.
 * liar   answers searches for routers with garbage, with descriptions at ADDRESS, and with one of its
 *        own that says to ask ADDRESS (prints "description" when that is fetched); answers NAT-PMP
 *        with garbage (prints "nat-pmp").
 */
import { createSocket } from "node:dgram";

const PORTS = [80, 5_000];
const [role, address] = Deno.args;
if (role === "bait") bait();
else liar(address ?? "");

function bait(): void {
  for (const port of PORTS) Deno.serve({ port, onListen: () => {} }, () => said("fetched"));
  print("ready");
}

function liar(elsewhere: string): void {
  const own = "10.88.1.1";
  const ssdp = createSocket({ type: "udp4", reuseAddr: true });
  ssdp.on("message", (_bytes, { address: to, port }) => {
    const send = (text: string | Uint8Array): void => {
      const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
      ssdp.send(bytes, 0, bytes.length, port, to);
    };
    send(random(500));
    for (const place of [`${elsewhere}`, `${elsewhere}:5000`, `${own}@${elsewhere}`, `[::1]`]) {
      send(`HTTP/1.1 200 OK\r\nLOCATION: http://${place}/x.xml\r\n\r\n`);
    }
    send(`HTTP/1.1 200 OK\r\nLOCATION: http://${own}:5000/x.xml\r\n\r\n`);
  });
  ssdp.bind(1_900, "0.0.0.0", () => ssdp.addMembership("239.255.255.250", own));
  const service = "urn:schemas-upnp-org:service:WANIPConnection:1";
  Deno.serve({ port: 5_000, onListen: () => {} }, () => {
    print("description");
    return new Response(
      `<root><URLBase>http://${elsewhere}</URLBase><service><serviceType>${service}</serviceType>` +
        `<controlURL>http://${elsewhere}:5000/c</controlURL></service></root>`,
      { headers: { "content-type": "text/xml" } },
    );
  });
  const pmp = createSocket({ type: "udp4" });
  pmp.on("message", (_bytes, { address: to, port }) => {
    for (let n = 0; n < 20; n++) pmp.send(Uint8Array.from([0, 128, ...random(n)]), port, to);
    print("nat-pmp");
  });
  pmp.bind(5_351, own, () => print("ready"));
}

function said(what: string): Response {
  print(what);
  return new Response("");
}

function random(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
