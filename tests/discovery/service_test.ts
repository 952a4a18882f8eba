import assert from "node:assert/strict";
import { MemoryLan } from "../../src/discovery/beacon_memory.ts";
import type { BeaconPort } from "../../src/discovery/beacon_port.ts";
import { MAX_LOOKS_A_MINUTE, Registry } from "../../src/discovery/registry.ts";
import { type BeaconService, startBeacons } from "../../src/discovery/service.ts";
import { beaconTag, decodeBeacon, encodeBeacon } from "../../src/wire/beacon.ts";
import { labelsOf, MAIN_NETWORK, parseNetworkName } from "../../src/wire/labels.ts";
import { settle, VirtualTime } from "./virtual_time.ts";

const TAG = beaconTag({ labels: labelsOf(MAIN_NETWORK), networkKey: undefined });

interface Machine {
  readonly service: BeaconService;
  readonly found: string[];
}

/** A network with a clock of its own, and the machines that are started on it. */
class TestLan {
  readonly lan = new MemoryLan();
  readonly time = new VirtualTime();

  start(host: string, options: {
    readonly id: number;
    readonly tag?: Uint8Array;
    readonly tcpPort?: number;
    readonly random?: () => number;
    readonly port?: BeaconPort;
  }): Machine {
    const found: string[] = [];
    const instance = new Uint8Array(8).fill(options.id);
    const service = startBeacons({
      port: options.port ?? this.lan.join(host),
      tag: options.tag ?? TAG,
      tcpPort: options.tcpPort ?? 14_677,
      instance,
      registry: new Registry({ self: instance }),
      time: this.time,
      random: options.random ?? (() => 0.5),
      onCandidate: (address) => found.push(address),
    });
    return { service, found };
  }

  /** Writes down what is sent from now on: time in seconds, sender, announced port. */
  async record(): Promise<{ readonly heard: string[]; readonly close: () => void }> {
    const port = this.lan.join("0.0.0.0");
    const heard: string[] = [];
    const listen = async (): Promise<void> => {
      for (let d = await port.receive(); d !== undefined; d = await port.receive()) {
        const said = decodeBeacon(d.bytes, TAG)?.port ?? "something else";
        heard.push(`${this.time.now() / 1_000} ${d.host} ${said}`);
      }
    };
    listen();
    await settle();
    return { heard, close: () => port.close() };
  }
}

Deno.test("nodes on one LAN find each other, and not themselves", async () => {
  const net = new TestLan();
  const a = net.start("192.168.1.2", { id: 1 });
  const b = net.start("192.168.1.3", { id: 2, tcpPort: 5_000 });
  await net.time.advance(5_000);
  const c = net.start("192.168.1.4", { id: 3 });
  await net.time.advance(35_000);
  assert.deepEqual([a.found, b.found, c.found], [
    ["192.168.1.3:5000", "192.168.1.4:14677"],
    ["192.168.1.2:14677", "192.168.1.4:14677"],
    ["192.168.1.2:14677", "192.168.1.3:5000"],
  ]);
  for (const { service } of [a, b, c]) await service.stop();
});

Deno.test("what was sent, heard and refused is counted", async () => {
  const net = new TestLan();
  const a = net.start("192.168.1.2", { id: 1 });
  const b = net.start("192.168.1.3", { id: 2 });
  const other = net.start("192.168.1.4", { id: 3, tag: new Uint8Array(8) });
  await net.time.advance(35_000);
  const { sent, ...rest } = a.service.counts();
  assert.ok(sent >= 3);
  assert.deepEqual(rest, {
    ...{ networks: 1, refused: 0, error: undefined, echoed: sent, heard: sent, found: 1 },
  });
  for (const { service } of [a, b, other]) await service.stop();
  const mute: BeaconPort = {
    ...{ receive: () => Promise.resolve(undefined), close: () => {} },
    send: () => Promise.resolve({ networks: 3, sent: 1, error: "not permitted" }),
  };
  const c = net.start("192.168.1.5", { id: 4, port: mute });
  await net.time.advance(1_000);
  assert.deepEqual(c.service.counts(), {
    ...{ networks: 3, sent: 2, refused: 4, error: "not permitted", echoed: 0, heard: 0, found: 0 },
  });
  await c.service.stop();
});

Deno.test("three quick beacons, then one each 30 s, 5 s earlier or later at most", async () => {
  const net = new TestLan();
  const { heard, close } = await net.record();
  const draws = [0.5, 0, 0.999_999, 0.25];
  const { service } = net.start("10.0.0.2", { id: 1, random: () => draws.shift() ?? 0.5 });
  await net.time.advance(123_000);
  await service.stop();
  close();
  assert.deepEqual(heard.map((line) => Math.round(Number(line.split(" ")[0]) * 10) / 10), [
    0,
    1,
    3,
    33,
    58,
    93,
    120.5,
  ]);
});

Deno.test("nothing that is heard is answered", async () => {
  const net = new TestLan();
  const { service } = net.start("10.0.0.2", { id: 1 });
  await net.time.advance(4_000);
  const { heard, close } = await net.record();
  net.lan.broadcast("10.0.0.3", encodeBeacon({ port: 1_234, instance: new Uint8Array(8) }, TAG));
  await settle();
  assert.deepEqual(heard, ["4 10.0.0.3 1234"]);
  await service.stop();
  close();
});

Deno.test("a node that was started again is a candidate again", async () => {
  const net = new TestLan();
  const a = net.start("10.0.0.2", { id: 1 });
  const before = net.start("10.0.0.3", { id: 2 });
  await net.time.advance(1_000);
  await before.service.stop();
  const after = net.start("10.0.0.3", { id: 3 });
  await net.time.advance(10_000);
  assert.deepEqual(a.found, ["10.0.0.3:14677", "10.0.0.3:14677"]);
  await a.service.stop();
  await after.service.stop();
});

Deno.test("other networks, other keys, garbage and impossible addresses yield nothing", async () => {
  const net = new TestLan();
  const test = labelsOf(parseNetworkName("test")!);
  const networkKey = new Uint8Array(32).fill(9);
  const a = net.start("10.0.0.2", { id: 1 });
  const other = net.start("10.0.0.3", {
    id: 2,
    tag: beaconTag({ labels: test, networkKey: undefined }),
  });
  const keyed = net.start("10.0.0.4", {
    id: 3,
    tag: beaconTag({ labels: labelsOf(MAIN_NETWORK), networkKey }),
  });
  await net.time.advance(5_000);
  const instance = new Uint8Array(8);
  const good = encodeBeacon({ port: 2_000, instance }, TAG);
  net.lan.broadcast("10.0.0.5", new Uint8Array());
  net.lan.broadcast("10.0.0.5", new Uint8Array(65_000).fill(0xff));
  net.lan.broadcast("10.0.0.5", good.slice(1));
  net.lan.broadcast("10.0.0.5", encodeBeacon({ port: 22, instance }, TAG));
  net.lan.broadcast("224.0.0.1", good);
  net.lan.broadcast("0.0.0.0", good);
  net.lan.broadcast("example.org", good);
  await settle();
  assert.deepEqual([a.found, other.found, keyed.found], [[], [], []]);
  net.lan.broadcast("10.0.0.5", good);
  await settle();
  assert.deepEqual(a.found, ["10.0.0.5:2000"]);
  for (const { service } of [a, other, keyed]) await service.stop();
});

Deno.test("a flood of forged beacons yields 32 candidates a minute", async () => {
  const net = new TestLan();
  const { service, found } = net.start("10.0.0.2", { id: 1 });
  for (let n = 0; n < 1_000; n++) {
    const instance = new Uint8Array(8).fill(n & 255);
    net.lan.broadcast(`10.1.${n >> 8}.${n & 255}`, encodeBeacon({ port: 2_000, instance }, TAG));
    await Promise.resolve();
    if (n % 32 === 0) await settle();
  }
  assert.equal(found.length, MAX_LOOKS_A_MINUTE);
  await service.stop();
});

Deno.test("stopped beacons are silent, deaf and leave no timer, even while one is being sent", async () => {
  const net = new TestLan();
  const { heard, close } = await net.record();
  const sent = Promise.withResolvers<void>();
  const port = net.lan.join("10.0.0.2");
  const slow: BeaconPort = {
    send: async (bytes) => {
      const said = await port.send(bytes);
      await sent.promise;
      return said;
    },
    receive: () => port.receive(),
    close: () => port.close(),
  };
  const { service, found } = net.start("10.0.0.2", { id: 1, port: slow });
  await net.time.advance(500);
  const stopped = service.stop();
  assert.equal(net.time.pending, 0);
  net.lan.broadcast("10.0.0.3", encodeBeacon({ port: 2_000, instance: new Uint8Array(8) }, TAG));
  sent.resolve();
  await stopped;
  await net.time.advance(100_000);
  assert.deepEqual([heard, found], [["0 10.0.0.2 14677", "0.5 10.0.0.3 2000"], []]);
  close();
});

Deno.test("startBeacons takes no port that can't be announced", () => {
  const net = new TestLan();
  for (const tcpPort of [0, 65_536]) {
    assert.throws(() => net.start("10.0.0.2", { id: 1, tcpPort }), RangeError);
  }
});
