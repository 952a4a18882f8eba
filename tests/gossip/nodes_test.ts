/** Known nodes and candidates: how they come, how they go, and every bound. */
import assert from "node:assert/strict";
import type { OutEvent } from "../../src/gossip/events.ts";
import { GivenUp } from "../../src/gossip/given_up.ts";
import { type InitialAddress, Nodes } from "../../src/gossip/nodes.ts";
import { connectionPrefixOf, groupOfNode, placeOf } from "../../src/gossip/places.ts";
import { seededRng } from "../../src/gossip/rng.ts";
import type { NodeAddress } from "../../src/wire/address.ts";
import type { UnixMs } from "../../src/wire/time.ts";
import { address, Bench, configWith, T0 } from "./fixture.ts";

const A = address("45.1.2.3:14677");
const nobody = (): boolean => false;

function later(ms: number): UnixMs {
  return T0 + ms as UnixMs;
}

/** An address in a group of its own. */
function nth(i: number): NodeAddress {
  return address(`${24 + Math.floor(i / 250)}.${i % 250}.7.7:14677`);
}

/** An address in A's group. */
function crowded(i: number): NodeAddress {
  return address(`45.1.${i}.9:14677`);
}

function book(
  initial: readonly [NodeAddress, number, boolean?][] = [],
  changes: Parameters<typeof configWith>[0] = {},
): { nodes: Nodes; out: OutEvent[] } {
  const out: OutEvent[] = [];
  const ports = {
    config: configWith(changes),
    rng: seededRng(1),
    emit: (event: OutEvent): void => void out.push(event),
  };
  const addresses: InitialAddress[] = initial.map(([address, freshness, locator = false]) => ({
    address,
    freshness,
    locator,
  }));
  return { nodes: new Nodes(ports, addresses), out };
}

function gone(address: NodeAddress): OutEvent {
  return { kind: "address-gone", address };
}

function changed(address: NodeAddress, freshness: number): OutEvent {
  return { kind: "address-changed", address, freshness };
}

Deno.test("what can't be dialled is neither taken in nor told, also from an earlier run", () => {
  const onion = address(
    "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion:1",
  );
  const ports = { config: configWith({}), rng: seededRng(1), emit: (): void => {} };
  const known = [{ address: onion, freshness: 6, locator: false }];
  const direct = new Nodes({ ...ports, canDial: (other) => other !== onion }, known);
  for (const source of ["gossip", "locator"] as const) {
    direct.heard(onion, { source, now: 0 as UnixMs });
  }
  assert.deepEqual([direct.known, direct.candidates, direct.has(onion)], [0, 0, false]);
  const proxied = new Nodes(ports, known);
  assert.deepEqual([proxied.known, proxied.pick(0 as UnixMs, () => false)], [1, onion]);
});

Deno.test("by which ways an address was heard of is remembered in order, while it is there", () => {
  const { nodes } = book([[nth(1), 3, true]]);
  assert.deepEqual([nodes.found(A), nodes.found(nth(1))], [[], []]);
  for (const source of ["mdns", "gossip", "mdns", "beacon", "gossip"] as const) {
    nodes.heard(A, { source, now: T0 });
  }
  nodes.completed(A, T0);
  nodes.heard(A, { source: "locator", now: T0 });
  nodes.heard(A, { source: "inbound", now: T0 });
  const all = ["mdns", "gossip", "beacon", "locator", "inbound"];
  assert.deepEqual(nodes.found(A), all);
  for (let i = 0; i < 6; i++) nodes.failed(A, { now: T0, count: true });
  assert.deepEqual([nodes.known, nodes.found(A)], [1, all]);
  nodes.forget(A);
  assert.deepEqual(nodes.found(A), []);
});

Deno.test("of an address that found no room, or had to make some, no way is remembered", () => {
  const { nodes } = book([], { maxCandidates: 4 });
  for (let i = 0; i < 20; i++) nodes.heard(nth(i), { source: "gossip", now: T0 });
  const remembered = Array.from({ length: 20 }, (_, i) => nth(i))
    .filter((address) => nodes.found(address).length > 0);
  assert.equal(remembered.length, 4);
  assert.ok(remembered.every((address) => nodes.has(address)));
});

Deno.test("heard of, completed, failed six times: candidate, known, candidate again", () => {
  const { nodes, out } = book();
  nodes.heard(A, { source: "gossip", now: T0 });
  nodes.heard(A, { source: "gossip", now: T0 });
  assert.deepEqual([nodes.candidates, nodes.known, nodes.has(A)], [1, 0, true]);
  assert.equal(nodes.pick(T0, nobody), undefined);
  assert.equal(nodes.pickCandidate(T0, nobody), A);
  nodes.completed(A, T0);
  assert.deepEqual([nodes.candidates, nodes.known], [0, 1]);
  assert.equal(nodes.pick(T0, nobody), A);
  for (let i = 0; i < 6; i++) nodes.failed(A, { now: T0, count: true });
  assert.deepEqual([nodes.candidates, nodes.known], [1, 0]);
  assert.deepEqual(out, [0, 6, 5, 4, 3, 2, 1, 0].map((freshness) => changed(A, freshness)));
});

Deno.test("a candidate is given up after four failures, each pause four times the last", () => {
  const { nodes, out } = book();
  nodes.heard(A, { source: "gossip", now: T0 });
  const due: (number | undefined)[] = [];
  for (let i = 0; i < 4; i++) {
    nodes.failed(A, { now: T0, count: true });
    due.push(nodes.candidateAt());
  }
  assert.deepEqual(due, [later(15_000), later(60_000), later(240_000), undefined]);
  assert.deepEqual(out, [changed(A, 0), gone(A)]);
});

Deno.test("neither peers nor the DHT can name a candidate that was given up anew for an hour; others can", () => {
  const heardAgain = (
    source: "gossip" | "dht" | "inbound" | "beacon" | "locator",
    ms: number,
  ): boolean => {
    const { nodes } = book();
    nodes.heard(A, { source: "gossip", now: T0 });
    for (let i = 0; i < 4; i++) nodes.failed(A, { now: T0, count: true });
    nodes.heard(A, { source, now: later(ms) });
    return nodes.has(A);
  };
  for (const source of ["gossip", "dht"] as const) {
    assert.deepEqual([3_599_999, 3_600_000].map((ms) => heardAgain(source, ms)), [false, true]);
  }
  // It came to us by itself, is on this very network, or the user says so.
  for (const source of ["inbound", "beacon", "locator"] as const) {
    assert.equal(heardAgain(source, 1), true);
  }
});

Deno.test("what was given up is remembered within a bound, the oldest going first", () => {
  const givenUp = new GivenUp(configWith({ maxCandidates: 8 }));
  for (let i = 0; i < 20; i++) givenUp.add(nth(i), later(i));
  assert.equal(givenUp.size, 8);
  assert.deepEqual([11, 12].map((i) => givenUp.has(nth(i), later(20))), [false, true]);
  givenUp.add(A, later(3_600_018));
  assert.equal(givenUp.size, 2);
});

Deno.test("a locator's candidate is never given up, and tried before the others", () => {
  const { nodes } = book();
  for (let i = 0; i < 20; i++) nodes.heard(nth(i), { source: "gossip", now: T0 });
  nodes.heard(A, { source: "locator", now: T0 });
  for (let i = 0; i < 10; i++) assert.equal(nodes.pickCandidate(T0, nobody), A);
  for (let i = 0; i < 10; i++) nodes.failed(A, { now: T0, count: true });
  assert.ok(nodes.has(A));
  assert.equal(nodes.pickCandidate(later(300_000), nobody), A);
  assert.notEqual(nodes.pickCandidate(later(299_999), nobody), A);
});

Deno.test("the last 64 completed with are never given up; the one before them is", () => {
  const { nodes } = book();
  for (let i = 0; i < 65; i++) {
    nodes.heard(nth(i), { source: "gossip", now: T0 });
    nodes.completed(nth(i), later(i));
  }
  for (let i = 0; i < 65; i++) {
    for (let k = 0; k < 20; k++) nodes.failed(nth(i), { now: T0, count: true });
  }
  assert.equal(nodes.has(nth(0)), false);
  assert.deepEqual([nodes.known, nodes.candidates], [0, 64]);
});

Deno.test("while nobody can be reached, neither freshness nor failures count", () => {
  const { nodes, out } = book([[A, 1], [nth(1), 0]]);
  for (let i = 0; i < 10; i++) {
    nodes.failed(A, { now: T0, count: false });
    nodes.failed(nth(1), { now: T0, count: false });
  }
  assert.deepEqual(out, []);
  assert.deepEqual([nodes.known, nodes.candidates], [1, 1]);
  assert.equal(nodes.candidateAt(), later(15_000));
});

Deno.test("an exchange that came in and failed lowers a known node, and no candidate", () => {
  const { nodes, out } = book([[A, 6], [nth(1), 0]]);
  for (let i = 0; i < 4; i++) nodes.failedInbound(nth(1), { now: T0, count: true });
  nodes.failedInbound(A, { now: T0, count: true });
  assert.deepEqual(out, [changed(A, 5)]);
});

Deno.test("told again: down to 1 and no further", () => {
  const { nodes, out } = book([[A, 3]]);
  for (let i = 0; i < 5; i++) nodes.toldAgain(A);
  assert.deepEqual(out, [changed(A, 2), changed(A, 1)]);
});

Deno.test("8 known of a group; the ninth only in place of one that is stale", () => {
  const fresh = Array.from({ length: 8 }, (_, i) => [crowded(i), 6] as [NodeAddress, number]);
  const full = book(fresh);
  full.nodes.heard(crowded(99), { source: "gossip", now: T0 });
  full.nodes.completed(crowded(99), T0);
  assert.equal(full.nodes.known, 8);
  assert.deepEqual(full.out, [changed(crowded(99), 0), gone(crowded(99))]);

  const stale = book([...fresh.slice(0, 7), [crowded(7), 2]]);
  stale.nodes.heard(crowded(99), { source: "gossip", now: T0 });
  stale.nodes.completed(crowded(99), T0);
  assert.equal(stale.nodes.known, 8);
  assert.deepEqual(stale.out.slice(1), [gone(crowded(7)), changed(crowded(99), 6)]);
});

Deno.test("1,024 known, 1,024 candidates, 8 candidates of a group", () => {
  const { nodes } = book();
  for (let i = 0; i < 1_025; i++) {
    nodes.heard(nth(i), { source: "gossip", now: T0 });
    nodes.completed(nth(i), T0);
    if (i === 1_023) assert.equal(nodes.known, 1_024);
  }
  assert.equal(nodes.known, 1_024);
  for (let i = 0; i < 9; i++) nodes.heard(crowded(i), { source: "gossip", now: T0 });
  assert.equal(nodes.candidates, 8);
  for (let i = 2_000; i < 3_100; i++) nodes.heard(nth(i), { source: "gossip", now: T0 });
  assert.equal(nodes.candidates, 1_024);
});

Deno.test("what an earlier run left is cut to the bounds, the freshest first", () => {
  const initial = Array.from(
    { length: 9 },
    (_, i) => [crowded(i), 1 + i % 6] as [NodeAddress, number],
  );
  const { nodes } = book(initial);
  assert.deepEqual([nodes.known, nodes.candidates], [8, 1]);
  assert.ok(nodes.has(crowded(5)));
});

Deno.test("dialled uniformly over groups, whatever their size and freshness", () => {
  const { nodes } = book([
    ...Array.from({ length: 8 }, (_, i) => [crowded(i), 6] as [NodeAddress, number]),
    [nth(1), 1],
  ]);
  let single = 0;
  for (let i = 0; i < 2_000; i++) if (nodes.pick(T0, nobody) === nth(1)) single++;
  assert.ok(single > 900 && single < 1_100, `${single} of 2000`);
});

Deno.test("told weighted by freshness, never a private address to a stranger nor the peer's own", () => {
  const lan = address("192.168.1.4:14677");
  const { nodes } = book([[lan, 6], [nth(1), 1], [nth(2), 3]]);
  const told = new Map<NodeAddress | undefined, number>();
  for (let i = 0; i < 2_000; i++) {
    const one = nodes.tell(A);
    told.set(one, (told.get(one) ?? 0) + 1);
  }
  assert.deepEqual([...told.keys()].sort(), [nth(1), nth(2)].sort());
  // 16 against 4,096.
  assert.ok(told.get(nth(1))! < 30);
  assert.equal(book([[A, 6]]).nodes.tell(A), undefined);
  assert.equal(book([[lan, 6]]).nodes.tell(address("192.168.7.7:14677")), lan);
});

Deno.test("prefixes and groups where several nodes share a host", () => {
  const rows = ["127.0.0.1:5000", "192.168.1.4:5000", "45.1.2.3:5000"].map(address)
    .map((at) => [placeOf(at), connectionPrefixOf(at), groupOfNode(at)]);
  assert.deepEqual(rows, [
    ["127.0.0.1:5000", "127.0.0.1:5000", "127.0.0.1:5000"],
    ["192.168.1.4:5000", "192.168.1.4", "192.168.1.4"],
    ["45.1.2.0/24", "45.1.2.0/24", "45.1.0.0/16"],
  ]);
});

Deno.test("one candidate is dialled per 30 s, in a second while fewer than four nodes are known", () => {
  const times = (known: number): number[] => {
    const nodes = Object.fromEntries([
      ...Array.from({ length: known }, (_, i) => [nth(i), 6] as const),
      ...Array.from({ length: 3 }, (_, i) => [nth(100 + i), 0] as const),
    ]);
    const bench = new Bench({ nodes, config: configWith({ periodMs: 1e9 }) });
    const at: number[] = [];
    const watch = (out: readonly OutEvent[]): void => {
      for (const event of out) {
        if (event.kind !== "dial") continue;
        if (Object.entries(nodes).some(([name, f]) => f === 0 && name === event.address)) {
          at.push(bench.now - T0);
        }
        watch(bench.feed({ kind: "dial-failed", session: event.session }));
      }
    };
    watch(bench.feed({ kind: "start" }));
    for (let i = 0; i < 140; i++) {
      watch(bench.feed({ kind: "timer", timer: { kind: "candidates" } }, 500));
    }
    return at.slice(0, 3);
  };
  assert.deepEqual(times(3), [0, 1_000, 2_000]);
  assert.deepEqual(times(4), [0, 30_000, 60_000]);
});
