/**
 * A machine of the network tests, run in a network namespace as
 * `deno run -A tests/discovery/mdns_peer.ts ROLE TCP_PORT`.
 *
 * node      announces and listens as a real node does; prints "ready", then each candidate on a
 *           line. SIGTERM stops it: then "stopped" is printed, and the process ends by itself.
 * garbage   prints "ready" and goes on sending what nobody should be disturbed by: random bytes,
 *           broken and lying packets.
 */
import { createSocket } from "node:dgram";
// @ts-types="../../src/discovery/dns_packet.d.ts"
import { type Answer, encode } from "dns-packet";
import { realTime, Registry, startMdns, systemMdns } from "../../src/discovery/mod.ts";
import { announcementOf } from "../../src/wire/announcement.ts";
import { beaconTag } from "../../src/wire/beacon.ts";
import { labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";

const TYPE = "_gossamer._tcp.local";
/** Rounds of garbage in quick succession. */
const ENOUGH = 400;
const tag = beaconTag({ labels: labelsOf(MAIN_NETWORK), networkKey: undefined });
const [role, tcpPort] = Deno.args;
if (role === "node") await node(Number(tcpPort));
else await garbage();

async function node(tcpPort: number): Promise<void> {
  const instance = random(8);
  const port = await systemMdns();
  // As a node does once it runs.
  for (const name of ["read", "write", "run", "env", "ffi", "import"] as const) {
    Deno.permissions.revokeSync({ name });
  }
  const service = startMdns({
    port,
    announcement: announcementOf({ tcpPort, instance, tag }),
    registry: new Registry({ self: instance }),
    time: realTime,
    onCandidate: print,
    onTrouble: (reason) => print(`trouble: ${reason}`),
  });
  const stop = (): void => {
    Deno.removeSignalListener("SIGTERM", stop);
    service.stop().then(() => print("stopped"));
  };
  Deno.addSignalListener("SIGTERM", stop);
  print("ready");
}

async function garbage(): Promise<void> {
  const [own] = Deno.networkInterfaces().filter(({ name }) => name === "eth0");
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  await new Promise<void>((resolve) => socket.bind(5_353, "0.0.0.0", resolve));
  socket.setMulticastInterface(own?.address ?? "0.0.0.0");
  print("ready");
  const send = (bytes: Uint8Array): void => socket.send(bytes, 5_353, "224.0.0.251");
  for (let n = 0;; n++) {
    send(random(n % 1_400));
    const good = encode(lie(n));
    send(good);
    const broken = good.slice();
    for (let i = 0; i < 1 + n % 5; i++) broken[12 + random(1)[0]! % (broken.length - 12)] = n & 255;
    send(broken);
    send(good.subarray(0, n % good.length));
    if (n === ENOUGH) print("enough");
    // Then it slows down: a machine with much else to do must get to what the others say, too.
    await new Promise((resolve) => setTimeout(resolve, n < ENOUGH ? 5 : 200));
  }
}

/** Answers that name machines elsewhere, low ports, and odd names. */
function lie(n: number): { readonly type: "response"; readonly answers: Answer[] } {
  const name = `${["x", "", "_sub", "__proto__", "ü".repeat(20)][n % 5]}${n}.${TYPE}`;
  const target = "liar.local";
  const data = ["8.8.8.8", "127.0.0.1", "192.168.55.1", "10.88.7.7", "224.0.0.1"][n % 5]!;
  return {
    type: "response",
    answers: [
      { type: "PTR", name: TYPE, ttl: 120, data: name },
      { type: "SRV", name, ttl: 120, data: { port: n % 2 === 0 ? 22 : 2_000 + n, target } },
      { type: "TXT", name, ttl: 120, data: [`tag=${n % 3}`, "__proto__=1", "="] },
      { type: "A", name: target, ttl: 120, data },
      { type: "AAAA", name: target, ttl: 120, data: "2606:4700::1" },
    ],
  };
}

function random(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
