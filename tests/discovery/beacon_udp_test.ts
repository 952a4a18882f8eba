/** The beacon socket by itself; nothing here is broadcast (beacon_udp_netns_test.ts does that). */
import assert from "node:assert/strict";
import type { Datagram } from "../../src/discovery/beacon_port.ts";
import { openUdpBeacon } from "../../src/discovery/beacon_udp.ts";
import { MAX_BEACON_BYTES } from "../../src/wire/limits.ts";

function loopbackSocket(): Deno.DatagramConn {
  return Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
}

/** A UDP port that was free a moment ago. */
function freePort(): number {
  const socket = loopbackSocket();
  socket.close();
  return (socket.addr as Deno.NetAddr).port;
}

Deno.test("openUdpBeacon receives datagrams with their sender, a long one not cut into a beacon", async () => {
  const port = freePort();
  const beacons = openUdpBeacon({ port });
  const sender = loopbackSocket();
  const to = { transport: "udp", hostname: "127.0.0.1", port } as const;
  const sent = [MAX_BEACON_BYTES, 0, MAX_BEACON_BYTES + 1, 20_000, 3];
  const received: (Datagram | undefined)[] = [];
  for (const length of sent) {
    await sender.send(new Uint8Array(length).fill(length), to);
    received.push(await beacons.receive());
  }
  // Compared at the end: none may share memory with a later one.
  assert.deepEqual(
    received,
    sent.map((length) => ({
      host: "127.0.0.1",
      bytes: new Uint8Array(Math.min(length, MAX_BEACON_BYTES + 1)).fill(length),
    })),
  );
  beacons.close();
  sender.close();
});

Deno.test("closing ends a pending receive, twice does no harm, and nothing is received after", async () => {
  const beacons = openUdpBeacon({ port: 0 });
  const pending = beacons.receive();
  beacons.close();
  beacons.close();
  assert.deepEqual([await pending, await beacons.receive()], [undefined, undefined]);
});

Deno.test("two nodes on one machine share the port; a program that doesn't share is an error", () => {
  const port = freePort();
  const [one, two] = [openUdpBeacon({ port }), openUdpBeacon({ port })];
  one.close();
  two.close();
  const selfish = Deno.listenDatagram({ transport: "udp", hostname: "0.0.0.0", port });
  assert.throws(() => openUdpBeacon({ port }), Deno.errors.AddrInUse);
  selfish.close();
});
