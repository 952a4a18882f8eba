/** The stem's parts by themselves: where messages go, how many are held, and for how long. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { DEFAULT_CONFIG, type OutEvent, type Rng, seededRng } from "../../src/gossip/mod.ts";
import { Nodes } from "../../src/gossip/nodes.ts";
import { groupOfNode } from "../../src/gossip/places.ts";
import { Stem } from "../../src/gossip/stem.ts";
import { type StemMessage, StemPool } from "../../src/gossip/stem_pool.ts";
import { StemRoutes } from "../../src/gossip/stem_routes.ts";
import type { NodeAddress } from "../../src/wire/address.ts";
import type { MessageId } from "../../src/wire/ids.ts";
import type { UnixMs } from "../../src/wire/time.ts";
import { address, configWith, fact, idOf, T0 } from "./fixture.ts";

const EPOCH_MS = 600_000;
const NOBODY = (): boolean => false;

function nodesOf(addresses: readonly string[], rng: Rng): Nodes {
  const initial = addresses.map((text) => ({
    address: address(text),
    freshness: 6,
    locator: false,
  }));
  return new Nodes({ config: DEFAULT_CONFIG, rng, emit: () => {} }, initial);
}

function routesOf(addresses: readonly string[], seed: number): StemRoutes {
  const rng = seededRng(seed);
  return new StemRoutes({ config: DEFAULT_CONFIG, rng, nodes: nodesOf(addresses, rng) });
}

const TWENTY = Array.from({ length: 20 }, (_, i) => `${30 + i}.1.2.3:14677`);

function at(ms: number): UnixMs {
  return T0 + ms as UnixMs;
}

Deno.test("routes: a source keeps its peer for the epoch, ten minutes at most before all is drawn anew", () => {
  const sources = Array.from({ length: 50 }, (_, i) => `in ${i}`);
  let changed = 0;
  for (let seed = 0; seed < 50; seed++) {
    const routes = routesOf(TWENTY, seed);
    const map = (ms: number): string => sources.map((s) => routes.edgesOf(s, at(ms))[0]).join();
    // When the first epoch ends is anybody's guess; after that each lasts ten minutes exactly.
    const first = map(0);
    let ends = 0;
    while (ends <= EPOCH_MS && map(ends) === first) ends += 1_000;
    assert.ok(ends <= EPOCH_MS, `${ends}`);
    const second = map(ends);
    assert.equal(map(ends + EPOCH_MS - 2_000), second);
    changed += map(ends + EPOCH_MS) === second ? 0 : 1;
  }
  assert.ok(changed >= 49, `${changed} of 50 changed`);
});

Deno.test("routes: the first epoch ends at a time drawn evenly from ten minutes", () => {
  const ends = Array.from({ length: 300 }, (_, seed) => {
    const routes = routesOf(TWENTY, seed);
    const first = routes.edgesOf("a", T0).join();
    let [low, high] = [0, EPOCH_MS];
    while (high - low > 1_000) {
      const middle = (low + high) / 2;
      // A routes object can't go back in time.
      const probe = routesOf(TWENTY, seed);
      probe.edgesOf("a", T0);
      if (probe.edgesOf("a", at(middle)).join() === first) low = middle;
      else high = middle;
    }
    return low;
  });
  const mean = ends.reduce((sum, end) => sum + end, 0) / ends.length;
  assert.ok(mean > 0.44 * EPOCH_MS && mean < 0.56 * EPOCH_MS, `${mean}`);
  assert.ok(Math.min(...ends) < 0.05 * EPOCH_MS && Math.max(...ends) > 0.95 * EPOCH_MS);
});

Deno.test("routes: two peers of two groups, every node as likely, every source as likely to go to either", () => {
  const drawn = new Map<NodeAddress, number>();
  let first = 0;
  for (let seed = 0; seed < 1_000; seed++) {
    const routes = routesOf(TWENTY, seed);
    const [one, two, ...rest] = routes.edgesOf("own me", T0);
    assert.ok(one !== undefined && two !== undefined && rest.length === 0);
    assert.notEqual(groupOfNode(one), groupOfNode(two));
    for (const peer of [one, two]) drawn.set(peer, (drawn.get(peer) ?? 0) + 1);
    if (routes.edgesOf("in 45.1.2.0/24", T0)[0] === one) first++;
  }
  assert.equal(drawn.size, 20);
  // 100 each are expected, 9.5 is the deviation.
  for (const count of drawn.values()) assert.ok(count > 60 && count < 140, `${count}`);
  assert.ok(first > 440 && first < 560, `${first}`);
});

Deno.test("routes: two of one group where there is no other, and one peer where one is known", () => {
  const [one, two] = routesOf(["45.1.2.3:14677", "45.1.9.9:14677"], 1).edgesOf("a", T0);
  assert.ok(one !== undefined && two !== undefined && one !== two);
  assert.deepEqual(routesOf(["45.1.2.3:14677"], 1).edgesOf("a", T0), [address("45.1.2.3:14677")]);
  assert.deepEqual(routesOf([], 1).edgesOf("a", T0), []);
});

Deno.test("routes: one that failed gives its place to another for the epoch; the rest stay where they were", () => {
  for (let seed = 0; seed < 20; seed++) {
    const routes = routesOf(TWENTY, seed);
    const sources = Array.from({ length: 40 }, (_, i) => `in ${i}`);
    const before = sources.map((source) => routes.edgesOf(source, T0)[0]);
    const gone = before[0]!;
    routes.failed(gone);
    const after = sources.map((source) => routes.edgesOf(source, T0)[0]);
    before.forEach((peer, i) => {
      if (peer === gone) assert.notEqual(after[i], gone);
      else assert.equal(after[i], peer);
    });
    assert.equal(new Set(after).size, 2);
  }
});

Deno.test("routes: when everybody known failed, they are tried again", () => {
  const routes = routesOf(["45.1.2.3:14677", "46.1.2.3:14677"], 3);
  for (const peer of routes.edgesOf("a", T0)) routes.failed(peer);
  assert.equal(routes.edgesOf("a", T0).length, 2);
});

function held(n: number, { bytes = 600, place = "1.2.3.0/24" }: {
  bytes?: number;
  place?: string | undefined;
} = {}): StemMessage {
  return {
    fact: fact(n, bytes),
    bytes: new Uint8Array(bytes),
    source: `in ${place}`,
    place,
    prefix: place,
    embargoAt: at(15_000 + n),
    tried: [],
    route: `in ${place}`,
    refusals: 0,
    state: "waiting",
  };
}

Deno.test("pool: 1,024 messages are held, and the one that comes on top of its own flood is not", () => {
  const pool = new StemPool(DEFAULT_CONFIG);
  for (let n = 1; n <= 1_024; n++) assert.equal(pool.add(held(n)), true);
  assert.equal(pool.add(held(1_025)), false);
  assert.deepEqual([pool.size, pool.has(idOf(1_024)), pool.has(idOf(1_025))], [1_024, true, false]);
});

Deno.test("pool: 8 MiB are held, not a byte more", () => {
  const pool = new StemPool(DEFAULT_CONFIG);
  for (let n = 1; n <= 128; n++) assert.equal(pool.add(held(n, { bytes: 65_536 })), true);
  assert.equal(pool.bytes, 8_388_608);
  assert.equal(pool.add(held(129, { bytes: 1 })), false);
  assert.deepEqual([pool.bytes, pool.size], [8_388_608, 128]);
});

Deno.test("pool: a flood drops itself, not what other prefixes bring, nor the owner's", () => {
  const pool = new StemPool(DEFAULT_CONFIG);
  assert.equal(pool.add(held(1, { place: "9.9.9.0/24" })), true);
  assert.equal(pool.add({ ...held(2), place: undefined, source: "own me" }), true);
  for (let n = 3; n <= 3_000; n++) pool.add(held(n));
  assert.equal(pool.add(held(4_000, { place: "8.8.8.0/24" })), true);
  assert.equal(pool.size, 1_024);
  assert.deepEqual([1, 2, 4_000].map((n) => pool.has(idOf(n))), [true, true, true]);
});

Deno.test("pool: it never exceeds its bounds, and counts what it holds", () => {
  const config = configWith({ maxStems: 5, maxStemBytes: 1_000 });
  const steps = fc.array(fc.record({
    n: fc.nat(20),
    bytes: fc.integer({ min: 1, max: 600 }),
    place: fc.constantFrom("a", "b", undefined),
    remove: fc.boolean(),
  }));
  fc.assert(fc.property(steps, (all) => {
    const pool = new StemPool(config);
    const sizes = new Map<MessageId, number>();
    for (const { n, bytes, place, remove } of all) {
      if (remove) pool.remove(idOf(n));
      else if (!pool.has(idOf(n)) && pool.add(held(n, { bytes, place }))) sizes.set(idOf(n), bytes);
      assert.ok(pool.size <= 5 && pool.bytes <= 1_000);
      const there = [...sizes].filter(([id]) => pool.has(id));
      assert.equal(pool.size, there.length);
      assert.equal(pool.bytes, there.reduce((sum, [, size]) => sum + size, 0));
      const first = pool.nextEmbargo();
      assert.equal(first === undefined, pool.size === 0);
      if (first !== undefined) assert.ok(pool.due(first).length > 0);
      assert.deepEqual(pool.due((first ?? T0) - 1 as UnixMs), []);
    }
  }));
});

interface Bench {
  readonly stem: Stem;
  readonly out: OutEvent[];
  readonly stored: Set<MessageId>;
}

function stemOf(seed: number, nodes: readonly string[] = TWENTY): Bench {
  const rng = seededRng(seed);
  const out: OutEvent[] = [];
  const stored = new Set<MessageId>();
  const stem = new Stem({
    config: DEFAULT_CONFIG,
    rng,
    emit: (event) => void out.push(event),
    nodes: nodesOf(nodes, rng),
    known: stored,
  });
  return { stem, out, stored };
}

const BYTES = Uint8Array.of(7);

Deno.test("embargo: 15 s and an exponential time of mean 15 s, the owner's drawn as everybody's", () => {
  const delays = (own: boolean): number[] =>
    Array.from({ length: 2_000 }, (_, seed) => {
      const { stem } = stemOf(seed);
      if (own) {
        stem.own({ fact: fact(1), bytes: BYTES, origin: "me" });
        // It doesn't begin before the message leaves.
        assert.equal(stem.nextEmbargo(), undefined);
        const peer = stem.riding(T0, NOBODY);
        assert.ok(peer !== undefined);
        assert.equal(stem.take(peer, { maxBytes: 1_000, now: T0 }).length, 1);
      } else {
        stem.arrived(
          { fact: fact(1), bytes: BYTES, place: "1.2.3.0/24", prefix: "1.2.3.0/24" },
          T0,
        );
      }
      const end = stem.nextEmbargo();
      return end === undefined ? [] : [end - T0];
    }).flat().sort((a, b) => a - b);
  for (const own of [false, true]) {
    const sorted = delays(own);
    // One in ten of others' ends at once by the coin.
    const expected = own ? 2_000 : 1_800;
    assert.ok(Math.abs(sorted.length - expected) <= 50, `${sorted.length}`);
    assert.ok(sorted[0]! >= 15_000);
    // Kolmogorov-Smirnov against 1 - exp(-(t - 15)/15), at one in a thousand.
    const n = sorted.length;
    const distance = Math.max(...sorted.map((ms, i) => {
      const cdf = 1 - Math.exp(-(ms - 15_000) / 15_000);
      return Math.max(Math.abs(cdf - i / n), Math.abs(cdf - (i + 1) / n));
    }));
    assert.ok(distance < 1.95 / Math.sqrt(n), `${own ? "own" : "relayed"}: ${distance}`);
  }
});

Deno.test("embargo: at its end the message becomes normal, once, and starts no exchange of its own", () => {
  const { stem, out, stored } = stemOf(2);
  stem.own({ fact: fact(1), bytes: BYTES, origin: "me" });
  stem.take(stem.riding(T0, NOBODY)!, { maxBytes: 1_000, now: T0 });
  const end = stem.nextEmbargo()!;
  stem.expire(end - 1 as UnixMs);
  assert.deepEqual(out, []);
  stem.expire(end);
  stem.expire(end);
  assert.deepEqual(out, [{ kind: "publish", id: idOf(1), bytes: BYTES, prefix: undefined }]);
  stored.add(idOf(1));
  assert.equal(stem.stored(idOf(1)), false);
  assert.deepEqual([stem.size, stem.nextEmbargo()], [0, undefined]);
});

Deno.test("others' messages go on with probability 0.9, else they are normal at once", () => {
  const ended = Array.from({ length: 3_000 }, (_, seed) => {
    const { stem, out } = stemOf(seed);
    stem.arrived({ fact: fact(1), bytes: BYTES, place: "1.2.3.0/24", prefix: "1.2.3.0/24" }, T0);
    assert.equal(out.length, stem.size === 0 ? 1 : 0);
    // Like something learned, it starts an exchange.
    if (out.length === 1) assert.equal(stem.stored(idOf(1)), true);
    return out.length;
  }).reduce((sum, one) => sum + one, 0 as number);
  // 300 are expected, 16 is the deviation.
  assert.ok(ended > 235 && ended < 365, `${ended}`);
});

/** A stem that holds a relayed message: the first seed whose coin says so. */
function relaying(nodes?: readonly string[], place = "1.2.3.0/24"): Bench {
  for (let seed = 0;; seed++) {
    const bench = stemOf(seed, nodes);
    bench.stem.arrived({ fact: fact(1), bytes: BYTES, place, prefix: place }, T0);
    if (bench.stem.size === 1) return bench;
    if (seed > 100) throw new Error("Nothing is held");
  }
}

Deno.test("seen a second time by stem it becomes normal at once, whichever prefix brings it", () => {
  for (const place of ["1.2.3.0/24", "5.6.7.0/24"]) {
    const { stem, out } = relaying();
    stem.arrived({ fact: fact(1), bytes: BYTES, place, prefix: place }, T0);
    assert.deepEqual(out, [{ kind: "publish", id: idOf(1), bytes: BYTES, prefix: "1.2.3.0/24" }]);
    assert.deepEqual([stem.size, stem.stored(idOf(1))], [0, true]);
  }
});

Deno.test("with nobody to hand it to, or only whom it came from, it is normal at once", () => {
  for (let seed = 0; seed < 20; seed++) {
    for (const nodes of [[], ["1.2.3.4:14677"]]) {
      const { stem, out } = stemOf(seed, nodes);
      stem.arrived({ fact: fact(1), bytes: BYTES, place: "1.2.3.0/24", prefix: "1.2.3.0/24" }, T0);
      assert.equal(out.length, 1);
    }
  }
});

Deno.test("an own message waits while nobody is known, under no embargo, and counts once", () => {
  const { stem, out } = stemOf(1, []);
  stem.own({ fact: fact(1), bytes: BYTES, origin: "me" });
  stem.own({ fact: fact(1), bytes: BYTES, origin: "me" });
  assert.deepEqual([stem.riding(T0, NOBODY), stem.nextEmbargo(), stem.size], [
    undefined,
    undefined,
    0,
  ]);
  stem.expire(at(86_400_000));
  assert.deepEqual(out, []);
});

Deno.test("a stem peer that fails: the other one, then only the embargo", () => {
  const { stem } = relaying();
  const first = stem.urgent(T0, NOBODY)!;
  stem.failed(first, T0);
  const second = stem.urgent(T0, NOBODY)!;
  assert.notEqual(second, first);
  stem.failed(second, T0);
  assert.equal(stem.urgent(T0, NOBODY), undefined);
  assert.equal(stem.size, 1);
  assert.ok(stem.nextEmbargo()! >= at(15_000));
});

Deno.test("a peer that was sent a message and didn't answer: the other one, then only the embargo", () => {
  const { stem } = relaying();
  const first = stem.urgent(T0, NOBODY)!;
  assert.equal(stem.take(first, { maxBytes: 1_000, now: T0 }).length, 1);
  assert.equal(stem.urgent(T0, NOBODY), undefined);
  stem.lost(idOf(1), first);
  const second = stem.urgent(T0, NOBODY)!;
  assert.notEqual(second, first);
  stem.take(second, { maxBytes: 1_000, now: T0 });
  stem.passed(idOf(1));
  assert.deepEqual([stem.waiting, stem.size], [false, 1]);
});

Deno.test("an own message whose peers can't be reached goes on trying, and under no embargo", () => {
  const { stem } = stemOf(4);
  stem.own({ fact: fact(1), bytes: BYTES, origin: "me" });
  const tried = new Set<NodeAddress>();
  for (let i = 0; i < 10; i++) {
    const peer = stem.riding(T0, NOBODY)!;
    tried.add(peer);
    stem.failed(peer, T0);
  }
  assert.equal(tried.size, 10);
  assert.equal(stem.nextEmbargo(), undefined);
});

Deno.test("only what fits goes along, and only to the peer that it is for", () => {
  const { stem } = stemOf(5);
  for (let n = 1; n <= 5; n++) {
    stem.own({ fact: fact(n), bytes: new Uint8Array(100), origin: "me" });
  }
  const peer = stem.riding(T0, NOBODY)!;
  const other = TWENTY.map(address).find((one) => one !== peer)!;
  assert.deepEqual(stem.take(other, { maxBytes: 1_000, now: T0 }), []);
  assert.equal(stem.take(peer, { maxBytes: 299, now: T0 }).length, 2);
  assert.equal(stem.take(peer, { maxBytes: 300, now: T0 }).length, 3);
});

Deno.test("at lock what was not handed on is forgotten; what was goes its way like a stranger's", () => {
  const { stem } = stemOf(6);
  for (let n = 1; n <= 2; n++) stem.own({ fact: fact(n), bytes: BYTES, origin: "me" });
  stem.take(stem.riding(T0, NOBODY)!, { maxBytes: 1, now: T0 });
  stem.locked();
  assert.deepEqual([stem.size, stem.riding(T0, NOBODY)], [1, undefined]);
});

Deno.test("what comes as a normal message leaves the stem, and isn't normal a second time", () => {
  const { stem, out, stored } = relaying();
  stored.add(idOf(1));
  assert.equal(stem.stored(idOf(1)), false);
  assert.deepEqual([stem.size, stem.waiting, stem.nextEmbargo()], [0, false, undefined]);
  stem.arrived({ fact: fact(1), bytes: BYTES, place: "5.6.7.0/24", prefix: "5.6.7.0/24" }, T0);
  stem.own({ fact: fact(1), bytes: BYTES, origin: "me" });
  assert.deepEqual([out, stem.size, stem.riding(T0, NOBODY)], [[], 0, undefined]);
});

Deno.test("an own message is withdrawn until it left for the first time, and not after", () => {
  const rng = seededRng(1);
  const nodes = nodesOf(TWENTY, rng);
  const config = configWith({});
  const stem = new Stem({ config, rng, emit: () => {}, nodes, known: { has: () => false } });
  const own = (n: number): MessageId => {
    const about = fact(n);
    stem.own({ fact: about, bytes: new Uint8Array(200), origin: "ann" });
    return about.id;
  };
  const first = own(1);
  assert.equal(stem.withdraw(first), true);
  assert.equal(stem.withdraw(first), false);
  assert.equal(stem.riding(T0, NOBODY), undefined);
  const second = own(2);
  const peer = stem.riding(T0, NOBODY);
  assert.ok(peer);
  assert.equal(stem.take(peer, { maxBytes: 1_000, now: T0 }).length, 1);
  assert.equal(stem.withdraw(second), false);
  // Given once more after it was lost from here, it has still been away.
  stem.expire(at(3_600_000 * 24));
  stem.stored(second);
  own(2);
  assert.equal(stem.withdraw(second), false);
});

Deno.test("the owner's messages leave at any place among strangers', not after them", () => {
  const places = Array.from({ length: 400 }, (_, seed) => {
    const { stem } = stemOf(seed, ["45.1.2.3:14677"]);
    for (let n = 1; n <= 3; n++) {
      stem.arrived(
        { fact: fact(n), bytes: BYTES, place: `1.2.${n}.0/24`, prefix: `1.2.${n}.0/24` },
        T0,
      );
    }
    stem.own({ fact: fact(9), bytes: BYTES, origin: "me" });
    const taken = stem.take(address("45.1.2.3:14677"), { maxBytes: 1_000, now: T0 });
    return taken.length < 4 ? [] : taken.findIndex(({ fact: { id } }) => id === idOf(9));
  }).flat();
  assert.ok(places.length > 200, `${places.length}`);
  for (const place of [0, 1, 2, 3]) {
    // A quarter each; 0.06 is more than three deviations at 290 or so.
    const share = places.filter((one) => one === place).length / places.length;
    assert.ok(share > 0.16 && share < 0.34, `${place}: ${share}`);
  }
});

Deno.test("what the store had no room for is held again under a short embargo, its payer with it, six times", () => {
  for (const own of [false, true]) {
    const { stem, out } = own ? stemOf(2) : relaying();
    if (own) {
      stem.own({ fact: fact(1), bytes: BYTES, origin: "me" });
      stem.take(stem.riding(T0, NOBODY)!, { maxBytes: 1_000, now: T0 });
    }
    const place = own ? undefined : "1.2.3.0/24";
    let now = stem.nextEmbargo()!;
    stem.expire(now);
    for (let refused = 0; refused < 6; refused++) {
      stem.unpublished({ id: idOf(1), later: true }, now);
      // It goes to nobody by stem any more.
      assert.deepEqual([stem.size, stem.waiting, stem.riding(now, NOBODY)], [1, false, undefined]);
      const next = stem.nextEmbargo()!;
      const wait = (next - now) / (5_000 * 2 ** refused);
      assert.ok(wait >= 0.5 && wait < 1.5, `${wait}`);
      stem.expire(now = next);
      assert.equal(stem.size, 0);
    }
    const publish: OutEvent = { kind: "publish", id: idOf(1), bytes: BYTES, prefix: place };
    assert.deepEqual(out, Array.from({ length: 7 }, () => publish));
    stem.unpublished({ id: idOf(1), later: true }, now);
    assert.deepEqual([stem.size, stem.nextEmbargo()], [0, undefined]);
  }
});

Deno.test("what was refused for good, or came otherwise meanwhile, isn't held again", () => {
  for (const later of [false, true]) {
    const { stem, stored } = relaying();
    stem.expire(stem.nextEmbargo()!);
    if (later) stored.add(idOf(1));
    stem.unpublished({ id: idOf(1), later }, at(60_000));
    assert.deepEqual([stem.size, stem.nextEmbargo()], [0, undefined]);
  }
});

Deno.test("own: who only is dialled gets it out as a normal one, 10 to 20 minutes after a peer came", () => {
  const ends = Array.from({ length: 200 }, (_, seed) => {
    const { stem, out } = stemOf(seed, []);
    stem.own({ fact: fact(1), bytes: BYTES, origin: "me" });
    // Alone it waits for ever: nobody is there to whom it could be offered.
    stem.expire(at(100 * EPOCH_MS));
    assert.deepEqual([out, stem.nextEmbargo()], [[], undefined]);
    stem.met(T0);
    const end = stem.nextEmbargo();
    assert.ok(end !== undefined);
    // Whoever comes later changes nothing of when.
    stem.met(at(60_000));
    assert.equal(stem.nextEmbargo(), end);
    stem.expire(end - 1 as UnixMs);
    assert.deepEqual(out, []);
    stem.expire(end);
    stem.expire(end);
    assert.deepEqual(out, [{ kind: "publish", id: idOf(1), bytes: BYTES, prefix: undefined }]);
    assert.equal(stem.nextEmbargo(), undefined);
    return end - T0;
  });
  assert.ok(Math.min(...ends) >= EPOCH_MS && Math.max(...ends) <= 2 * EPOCH_MS);
  assert.ok(Math.max(...ends) - Math.min(...ends) > EPOCH_MS / 2);
});

Deno.test("own: with a stem peer it waits for that one, whoever comes in, also if that is met later", () => {
  const known = stemOf(1);
  known.stem.own({ fact: fact(1), bytes: BYTES, origin: "me" });
  known.stem.met(T0);
  assert.equal(known.stem.nextEmbargo(), undefined);
  const rng = seededRng(1);
  const nodes = nodesOf([], rng);
  const out: OutEvent[] = [];
  const emit = (event: OutEvent): void => void out.push(event);
  const stem = new Stem({ config: DEFAULT_CONFIG, rng, emit, nodes, known: new Set() });
  stem.own({ fact: fact(1), bytes: BYTES, origin: "me" });
  stem.met(T0);
  const end = stem.nextEmbargo()!;
  nodes.heard(address("30.1.2.3:14677"), { source: "locator", now: T0 });
  nodes.completed(address("30.1.2.3:14677"), end);
  stem.expire(end);
  assert.deepEqual([out, stem.nextEmbargo()], [[], undefined]);
  assert.equal(stem.riding(end, NOBODY), address("30.1.2.3:14677"));
});
