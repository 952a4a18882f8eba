import assert from "node:assert/strict";
import type { InterfaceAddress } from "../../src/discovery/broadcast.ts";
import type { FoundService, MdnsLinkOptions, MdnsPort } from "../../src/discovery/mdns_port.ts";
import { MAX_NETWORKS, NETWORKS_MS, startMdns } from "../../src/discovery/mdns_service.ts";
import { MAX_LOOKS_A_MINUTE, Registry } from "../../src/discovery/registry.ts";
import { announcementOf, instanceOf } from "../../src/wire/announcement.ts";
import { VirtualTime } from "./virtual_time.ts";

const HOME = network("192.168.1.2");
const INSTANCE = new Uint8Array(8).fill(1);
const ANNOUNCEMENT = announcementOf({
  tcpPort: 5_000,
  instance: INSTANCE,
  tag: new Uint8Array(8).fill(7),
});

function network(address: string, netmask = "255.255.255.0"): InterfaceAddress {
  return { family: "IPv4", address, netmask };
}

function service(changes: Partial<FoundService> = {}): FoundService {
  return {
    ...{ name: "0202020202020202", port: 5_000, sender: "192.168.1.3" },
    ...{ addresses: ["192.168.1.3"], tag: "0707070707070707" },
    ...changes,
  };
}

/** Networks that exist in memory; what happens on them is written down. */
class TestNetworks implements MdnsPort {
  readonly time = new VirtualTime();
  readonly registry = new Registry({ self: INSTANCE });
  readonly found: string[] = [];
  readonly events: string[] = [];
  readonly links = new Map<string, MdnsLinkOptions>();
  present: InterfaceAddress[] = [HOME];
  broken = false;

  networks(): readonly InterfaceAddress[] {
    return this.present;
  }

  open(network: InterfaceAddress, options: MdnsLinkOptions): ReturnType<MdnsPort["open"]> {
    if (this.broken) return Promise.reject(new Error("port taken"));
    const { address } = network;
    this.links.set(address, options);
    this.events.push(`open ${address}`);
    return Promise.resolve({
      heard: () => ({ echoed: 2, others: 3 }),
      ask: () => this.events.push(`ask ${address}`),
      rejoin: () => {},
      stop: () => {
        this.links.delete(address);
        this.events.push(`stop ${address}`);
        return Promise.resolve();
      },
    });
  }

  start(): ReturnType<typeof startMdns> {
    return startMdns({
      ...{ port: this, announcement: ANNOUNCEMENT, time: this.time, registry: this.registry },
      onCandidate: (address) => this.found.push(address),
      onTrouble: (reason) => this.events.push(reason),
    });
  }

  hear(...changes: readonly Partial<FoundService>[]): string[] {
    this.found.length = 0;
    for (const change of changes) this.links.get(HOME.address)?.onService(service(change));
    return this.found.splice(0);
  }
}

Deno.test("networks that come are served, those that go are left", async () => {
  const net = new TestNetworks();
  const mdns = net.start();
  await net.time.advance(0);
  net.present = [network("10.0.0.1"), HOME];
  await net.time.advance(NETWORKS_MS);
  net.present = [network("10.0.0.1")];
  await net.time.advance(NETWORKS_MS);
  await mdns.stop();
  await mdns.stop();
  assert.equal(net.time.pending, 0);
  assert.deepEqual(net.events, [
    "open 192.168.1.2",
    "open 10.0.0.1",
    "ask 192.168.1.2",
    "stop 192.168.1.2",
    "ask 10.0.0.1",
    "stop 10.0.0.1",
  ]);
});

Deno.test("so many networks are served at a time and no more", async () => {
  const net = new TestNetworks();
  net.present = Array.from({ length: MAX_NETWORKS + 1 }, (_, n) => network(`10.0.${n}.1`));
  const mdns = net.start();
  await net.time.advance(0);
  assert.equal(net.links.size, MAX_NETWORKS);
  await mdns.stop();
});

Deno.test("a network that can't be served is said once, and tried again", async () => {
  const net = new TestNetworks();
  net.broken = true;
  const mdns = net.start();
  await net.time.advance(3 * NETWORKS_MS);
  assert.deepEqual([net.events, mdns.trouble()], [["port taken"], "port taken"]);
  net.broken = false;
  await net.time.advance(NETWORKS_MS);
  assert.deepEqual([net.links.size, mdns.trouble()], [1, undefined]);
  await mdns.stop();
});

Deno.test("a service yields an address on its own network only, at an allowed port", async () => {
  const net = new TestNetworks();
  const mdns = net.start();
  await net.time.advance(0);
  assert.deepEqual(net.hear({}), ["192.168.1.3:5000"]);
  assert.deepEqual(net.hear({ name: "b", addresses: [], port: 443 }), ["192.168.1.3:443"]);
  assert.deepEqual(
    net.hear({ name: "c", addresses: ["8.8.8.8", "192.168.1.9", "192.168.2.9"], port: 1_024 }),
    ["192.168.1.9:1024"],
  );
  for (
    const lie of [
      { port: 1_023 },
      { port: 0 },
      { port: 70_000 },
      { port: NaN },
      { addresses: ["8.8.8.8"] },
      { addresses: ["127.0.0.1"] },
      { addresses: ["fd00::1"] },
      { addresses: ["printer.local"] },
      { addresses: Array(4).fill("8.8.8.8").concat("192.168.1.4") },
      { sender: "192.168.2.3" },
      { sender: "nobody" },
      { tag: "0808080808080808" },
    ]
  ) {
    assert.deepEqual(net.hear({ name: "liar", ...lie }), [], JSON.stringify(lie));
  }
  await mdns.stop();
});

Deno.test("a machine of a public range stands for itself, and for no other there", async () => {
  const net = new TestNetworks();
  net.present = [network("8.8.4.4")];
  const mdns = net.start();
  await net.time.advance(0);
  const on = net.links.get("8.8.4.4");
  on?.onService(service({ sender: "8.8.4.5", addresses: ["8.8.4.5", "8.8.4.6"] }));
  assert.deepEqual(net.found, ["8.8.4.5:5000"]);
  await mdns.stop();
});

Deno.test("this node isn't new, one whose beacon was heard only by its other way; 32 are looked at a minute", async () => {
  const net = new TestNetworks();
  const mdns = net.start();
  await net.time.advance(0);
  assert.deepEqual(net.hear({ name: ANNOUNCEMENT.name }), []);
  const instance = instanceOf("0202020202020202")!;
  net.registry.see({ host: "192.168.1.3", beacon: { port: 5_000, instance } }, net.time.now());
  // No newcomer, so no look: but that it is heard by mDNS, too, is told once.
  assert.deepEqual([net.hear({}), net.hear({})], [["192.168.1.3:5000"], []]);
  assert.deepEqual(mdns.counts(), { networks: 1, echoed: 2, heard: 3, found: 1 });
  const many = Array.from({ length: 200 }, (_, n) => ({
    ...{ name: `${n}`, sender: `192.168.1.${n}`, addresses: [] },
  }));
  // One look went to the beacon.
  assert.equal(net.hear(...many).length, MAX_LOOKS_A_MINUTE - 1);
  await mdns.stop();
});
