import assert from "node:assert/strict";
import type { InterfaceAddress } from "../../src/discovery/broadcast.ts";
import { type MappingPort, type Router, RouterError } from "../../src/discovery/mapping_port.ts";
import {
  LEASE_SECONDS,
  LOOK_MS,
  MAX_ASKED,
  RETRY_MS,
  startMapping,
} from "../../src/discovery/mapping_service.ts";
import { usualRouters } from "../../src/discovery/mapping_system.ts";
import { portRequestOf } from "../../src/wire/announcement.ts";
import { VirtualTime } from "./virtual_time.ts";

const HOME = network("192.168.1.2");

function network(address: string, netmask = "255.255.255.0"): InterfaceAddress {
  return { family: "IPv4", address, netmask };
}

/** Routers that exist in memory; what they are asked is written down. */
class TestRouters implements MappingPort {
  readonly time = new VirtualTime();
  readonly asked: string[] = [];
  readonly said: string[] = [];
  present: InterfaceAddress[] = [HOME];
  routers: string[] = ["192.168.1.1"];
  refuses = false;
  answers = false;
  lease = LEASE_SECONDS;

  networks(): readonly InterfaceAddress[] {
    return this.present;
  }

  find({ address }: InterfaceAddress): Promise<readonly Router[]> {
    this.asked.push(`find ${address}`);
    return Promise.resolve(this.routers.map((host): Router => ({
      by: "upnp",
      host,
      map: ({ mappedPort: port }, leaseSeconds) => {
        this.asked.push(`map ${host} ${port} ${leaseSeconds}`);
        return this.refuses
          ? Promise.reject(this.answers ? new RouterError("no") : new Error("silence"))
          : Promise.resolve({ external: "8.8.4.1", leaseSeconds: this.lease });
      },
      unmap: ({ mappedPort: port }) => {
        this.asked.push(`unmap ${host} ${port}`);
        return Promise.reject(new Error("gone"));
      },
    })));
  }

  start(): ReturnType<typeof startMapping> {
    return startMapping({
      ...{ port: this, request: portRequestOf(5_000), time: this.time },
      onChange: (mapping) => this.said.push(mapping?.external ?? "none"),
    });
  }

  take(): string[] {
    return this.asked.splice(0);
  }
}

Deno.test("a mapping is renewed at half its lease and taken back at the end", async () => {
  const net = new TestRouters();
  const mapping = net.start();
  await net.time.advance(0);
  assert.deepEqual(net.take(), ["find 192.168.1.2", "map 192.168.1.1 5000 3600"]);
  assert.deepEqual(mapping.current(), { by: "upnp", router: "192.168.1.1", external: "8.8.4.1" });
  await net.time.advance(LEASE_SECONDS * 500 + LOOK_MS);
  assert.deepEqual(net.take(), ["map 192.168.1.1 5000 3600"]);
  await mapping.stop();
  assert.deepEqual([net.take(), net.time.pending, net.said], [
    ...[["unmap 192.168.1.1 5000"], 0, ["8.8.4.1"]],
  ]);
});

Deno.test("a mapping that can't be renewed holds until its lease ends, then routers are sought", async () => {
  const net = new TestRouters();
  const mapping = net.start();
  await net.time.advance(0);
  net.refuses = true;
  await net.time.advance(LEASE_SECONDS * 1_000 - LOOK_MS);
  assert.notEqual(mapping.current(), undefined);
  net.take();
  await net.time.advance(3 * LOOK_MS);
  assert.equal(mapping.current(), undefined);
  assert.ok(net.take().includes("find 192.168.1.2"));
  await mapping.stop();
});

Deno.test("who grants nothing is asked again after ten minutes, or on another network at once", async () => {
  const net = new TestRouters();
  net.refuses = true;
  const mapping = net.start();
  await net.time.advance(RETRY_MS - 1);
  assert.equal(net.take().length, 2);
  await net.time.advance(LOOK_MS);
  assert.equal(net.take().length, 2);
  net.present = [network("10.0.0.7")];
  await net.time.advance(LOOK_MS);
  assert.deepEqual(net.take()[0], "find 10.0.0.7");
  await mapping.stop();
});

Deno.test("who was asked and said no is known from the last search, and how many networks there are", async () => {
  const net = new TestRouters();
  net.refuses = true;
  const mapping = net.start();
  assert.deepEqual(mapping.search(), { networks: 1, searched: false, tried: [] });
  await net.time.advance(0);
  const tried = { by: "upnp", router: "192.168.1.1" } as const;
  assert.deepEqual(mapping.search(), {
    ...{ networks: 1, searched: true },
    tried: [{ ...tried, answered: false, why: "silence" }],
  });
  net.answers = true;
  await net.time.advance(RETRY_MS + LOOK_MS);
  assert.deepEqual(mapping.search().tried, [{ ...tried, answered: true, why: "no" }]);
  net.refuses = false;
  await net.time.advance(RETRY_MS + LOOK_MS);
  assert.deepEqual(mapping.search(), { networks: 1, searched: true, tried: [] });
  net.present = [];
  await net.time.advance(LOOK_MS);
  assert.equal(mapping.search().networks, 0);
  await mapping.stop();
});

Deno.test("with its network a mapping goes, and isn't taken back from elsewhere", async () => {
  const net = new TestRouters();
  const mapping = net.start();
  await net.time.advance(0);
  net.present = [];
  await net.time.advance(LOOK_MS);
  assert.deepEqual([mapping.current(), net.said], [undefined, ["8.8.4.1", "none"]]);
  net.take();
  await mapping.stop();
  assert.deepEqual(net.take(), []);
});

Deno.test("nobody is asked on networks without private addresses, and so many at most on others", async () => {
  const net = new TestRouters();
  net.present = [network("8.8.4.4"), network("169.254.1.2")];
  const mapping = net.start();
  await net.time.advance(RETRY_MS);
  assert.deepEqual(net.take(), []);
  net.refuses = true;
  net.present = Array.from({ length: MAX_ASKED + 1 }, (_, n) => network(`10.0.${n}.2`));
  net.routers = Array.from({ length: MAX_ASKED + 1 }, (_, n) => `10.0.0.${n}`);
  await net.time.advance(LOOK_MS);
  const asked = net.take();
  assert.equal(asked.filter((one) => one.startsWith("find")).length, MAX_ASKED);
  assert.equal(asked.filter((one) => one.startsWith("map")).length, MAX_ASKED * MAX_ASKED);
  await mapping.stop();
});

Deno.test("a lease of nothing keeps no router busy", async () => {
  const net = new TestRouters();
  net.lease = 0;
  const mapping = net.start();
  await net.time.advance(60_000);
  assert.ok(net.take().length <= 2 + 60_000 / LOOK_MS);
  await mapping.stop();
});

Deno.test("routers usually have the first or the last address of a network", () => {
  assert.deepEqual(usualRouters(HOME), ["192.168.1.1", "192.168.1.254"]);
  assert.deepEqual(usualRouters(network("192.168.1.1")), ["192.168.1.254"]);
  assert.deepEqual(usualRouters(network("10.1.2.3", "255.0.0.0")), ["10.0.0.1", "10.255.255.254"]);
  assert.deepEqual(usualRouters(network("10.0.0.1", "nonsense")), []);
});
