/** What a node may believe of its own reachability: from who comes in, and who doesn't. */
import assert from "node:assert/strict";
import { OwnAddresses } from "../../src/gossip/own_addresses.ts";
import { PROOF_MS } from "../../src/gossip/reachability.ts";
import type { UnixMs } from "../../src/wire/time.ts";
import { address, middleRng, T0 } from "./fixture.ts";

const HOST = "62.5.5.5";
const PUBLIC = `${HOST}:14677`;

/** A node's own addresses, and a clock. */
class Own {
  now: number = T0;
  readonly own: OwnAddresses;

  constructor(addresses: readonly string[] = [], port = 14_677) {
    this.own = new OwnAddresses({ port, addresses: addresses.map(address) }, middleRng);
  }

  /** Exchanges with dialled peers of so many groups, all seeing this node at the host. */
  dial(groups: number, host = HOST): void {
    for (let i = 1; i <= groups; i++) {
      const remote = address(host.includes(":") ? `[2a0${i}::1]:14677` : `4${i}.1.2.3:14677`);
      const seenAs = address(host.includes(":") ? `[${host}]:40000` : `${host}:40000`);
      const now = this.now as UnixMs;
      this.own.observe({ remote, seenAs, now });
      this.own.met({ remote, seenAs, inbound: false }, now);
    }
  }

  comes(remote: string, seenAs = PUBLIC): void {
    const met = { remote: address(remote), seenAs: address(seenAs), inbound: true };
    this.own.met(met, this.now as UnixMs);
  }

  reachable(text = PUBLIC): boolean | null {
    return this.own.view(this.now as UnixMs).reachable(address(text));
  }
}

Deno.test("one who comes in by an own address from its range proves it, for an hour", () => {
  for (
    const [own, remote] of [
      [PUBLIC, "45.1.2.3:50000"],
      ["[2a00:5::1]:14677", "[2a01:6::1]:50000"],
      ["192.168.1.2:14677", "192.168.1.3:50000"],
      ["127.0.0.1:14677", "127.0.0.1:50000"],
    ] as const
  ) {
    const node = new Own([own]);
    assert.equal(node.reachable(own), null);
    node.comes(remote, own);
    assert.equal(node.reachable(own), true, own);
    node.now += PROOF_MS;
    assert.equal(node.reachable(own), true);
    node.now += 1;
    assert.equal(node.reachable(own), null);
  }
});

Deno.test("nobody proves an address that isn't the node's, or from another range, family or the node itself", () => {
  const node = new Own([PUBLIC, "[2a00:5::1]:14677"]);
  node.comes("45.1.2.3:50000", "62.5.5.6:14677");
  node.comes("45.1.2.3:50000", `${HOST}:14678`);
  node.comes("192.168.1.3:50000");
  node.comes("[2a01:6::1]:50000");
  node.comes("45.1.2.3:50000", "[2a00:5::1]:14677");
  node.comes(`${HOST}:50000`);
  for (const text of [PUBLIC, "62.5.5.6:14677", `${HOST}:14678`, "[2a00:5::1]:14677"]) {
    assert.equal(node.reachable(text), null, text);
  }
});

Deno.test("an observed address can be proven too, and is the node's own only where three groups agree", () => {
  const node = new Own();
  node.comes("45.1.2.3:50000");
  assert.equal(node.reachable(), null, "of nobody heard before");
  node.dial(2);
  assert.deepEqual(node.own.view(T0).observed, []);
  node.dial(3);
  assert.deepEqual(node.own.view(T0).observed, [PUBLIC]);
  node.comes("45.1.2.3:50000");
  assert.equal(node.reachable(), true);
});

Deno.test("that nobody came in for an hour counts only where three groups had reason to", () => {
  for (const [groups, answer] of [[2, null], [3, false]] as const) {
    const node = new Own();
    node.dial(groups);
    node.now += PROOF_MS;
    node.dial(groups);
    assert.equal(node.reachable(), null, "at the hour");
    node.now += 1;
    assert.equal(node.reachable(), answer, `${groups} groups, over the hour`);
  }
});

Deno.test("silence doesn't count of a node that tells no port, or that went silent itself", () => {
  const silent = new Own([], 0);
  const idle = new Own();
  for (const node of [silent, idle]) node.dial(3);
  for (const node of [silent, idle]) node.now += 2 * PROOF_MS;
  silent.dial(3);
  assert.equal(silent.reachable(), null);
  assert.equal(idle.reachable(), null);
  idle.dial(3);
  assert.equal(idle.reachable(), null, "it begins anew");
});

Deno.test("what somebody proved outlasts silence for an hour, then silence counts", () => {
  const node = new Own();
  for (let minutes = 0; minutes <= 180; minutes += 30) {
    node.dial(3);
    if (minutes === 60) node.comes("45.1.2.3:50000");
    const answer = minutes < 60 ? null : minutes <= 120 ? true : false;
    assert.equal(node.reachable(), answer, `after ${minutes} minutes`);
    node.now += 30 * 60_000;
  }
});

Deno.test("after sleep nothing of it is left, and an observed address isn't told when it is old", () => {
  const node = new Own();
  node.dial(3);
  node.comes("45.1.2.3:50000");
  node.own.woke();
  assert.equal(node.reachable(), null);
  assert.deepEqual(node.own.view(T0).observed, []);
  node.dial(3);
  const later = T0 + PROOF_MS + 1 as UnixMs;
  assert.equal(node.own.offerTo(address("45.1.2.3:14677"), T0), address(PUBLIC));
  assert.equal(node.own.offerTo(address("45.1.2.3:14677"), later), undefined);
});

Deno.test("strangers can't fill what is remembered", () => {
  const node = new Own();
  for (let i = 0; i < 1_000; i++) node.dial(1, `62.5.${i >> 8}.${(i & 0xff) || 1}`);
  node.dial(3);
  assert.deepEqual(node.own.view(T0).observed, [PUBLIC]);
});
