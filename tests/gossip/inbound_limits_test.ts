/** Who may connect: every cap with exactly as many as it allows, and one more. */
import assert from "node:assert/strict";
import { InboundLimits } from "../../src/gossip/inbound_limits.ts";
import type { UnixMs } from "../../src/wire/time.ts";
import { address, Bench, configWith, sessionOf, T0 } from "./fixture.ts";

/** Accepts connections a second apart, unless told otherwise. */
class Door {
  readonly limits: InboundLimits;
  now = T0;
  next = 1;

  constructor(changes: Parameters<typeof configWith>[0] = {}) {
    this.limits = new InboundLimits(configWith(changes));
  }

  knock(remote: string, afterMs = 1_000): string {
    this.now = this.now + afterMs as UnixMs;
    const session = sessionOf(this.next++);
    const verdict = this.limits.accept(session, { remote: address(remote), now: this.now });
    return verdict.kind === "refuse"
      ? "refuse"
      : verdict.evict === undefined
      ? "take"
      : `evict ${verdict.evict}`;
  }
}

Deno.test("4 open of a prefix, not 5; one that is gone makes room", () => {
  const door = new Door();
  const knocks = [1, 2, 3, 4, 5].map((i) => door.knock(`45.1.2.${i}:5000`));
  assert.deepEqual(knocks, ["take", "take", "take", "take", "refuse"]);
  door.limits.closed(sessionOf(1));
  assert.equal(door.knock("45.1.2.9:5000"), "take");
});

Deno.test("8 open of a group, not 9", () => {
  const door = new Door();
  const knocks = Array.from({ length: 9 }, (_, i) => door.knock(`45.1.${i}.1:5000`));
  assert.deepEqual(knocks, [...new Array<string>(8).fill("take"), "refuse"]);
});

Deno.test("64 open; for the next the oldest of the largest group goes", () => {
  const door = new Door();
  for (let i = 0; i < 58; i++) assert.equal(door.knock(`45.${i}.1.1:5000`), "take");
  for (let i = 0; i < 6; i++) assert.equal(door.knock(`46.1.${i}.1:5000`), "take");
  assert.equal(door.knock("47.1.1.1:5000"), "evict 59");
  assert.equal(door.knock("47.2.1.1:5000"), "evict 60");
});

Deno.test("those told to leave that don't can't make the number grow without end", () => {
  const door = new Door({ maxInbound: 2 });
  const knocks = [1, 2, 3, 4, 5].map((i) => {
    const verdict = door.knock(`45.${i}.1.1:5000`);
    door.limits.leaving(sessionOf(i));
    return verdict;
  });
  assert.deepEqual(knocks, ["take", "take", "take", "take", "refuse"]);
});

Deno.test("however many come at once, each finds a place: those cut off for it don't count", () => {
  const door = new Door();
  const knocks = Array.from({ length: 500 }, (_, i) => door.knock(`127.0.0.1:${40_000 + i}`, 0));
  assert.ok(!knocks.includes("refuse"));
  assert.equal(door.limits.size, 64);
});

Deno.test("4 new ones a second from a prefix, whether open or not; another prefix isn't touched", () => {
  const door = new Door();
  const burst = (): string[] =>
    [1, 2, 3, 4, 5].map((i) => {
      const verdict = door.knock(`45.1.2.${i}:5000`, 0);
      door.limits.closed(sessionOf(door.next - 1));
      return verdict;
    });
  assert.deepEqual(burst(), ["take", "take", "take", "take", "refuse"]);
  assert.equal(door.knock("45.1.3.1:5000", 0), "take");
  assert.equal(door.knock("45.1.2.1:5000", 249), "refuse");
  assert.equal(door.knock("45.1.2.1:5000", 1), "take");
});

Deno.test("loopback connections only count in all: an onion proxy's circuits come from there", () => {
  const door = new Door();
  const knocks = Array.from({ length: 64 }, (_, i) => door.knock(`127.0.0.1:${40_000 + i}`, 0));
  assert.ok(knocks.every((verdict) => verdict === "take"));
  assert.equal(door.knock("127.0.0.1:50000", 0), "evict 1");
});

Deno.test("the number of prefixes that are counted is bounded, and falls after a second", () => {
  const door = new Door({ maxBuckets: 10 });
  for (let i = 0; i < 50; i++) door.knock(`45.${i}.1.1:5000`, 0);
  assert.equal(door.limits.buckets, 10);
  door.knock("46.1.1.1:5000", 1_000);
  assert.equal(door.limits.buckets, 1);
});

Deno.test("a refused connection is closed before any cryptography and costs nobody anything", () => {
  const bench = new Bench({ nodes: { "45.1.2.3:14677": 6 } });
  bench.feed({ kind: "start" });
  for (let i = 0; i < 4; i++) bench.accept(sessionOf(100 + i), `45.1.2.3:${5_000 + i}`);
  const session = sessionOf(200);
  assert.deepEqual(bench.accept(session, "45.1.2.3:6000"), [{ kind: "close", session }]);
  assert.deepEqual(bench.feed({ kind: "closed", session }), []);
});

Deno.test("an evicted exchange ends without blame", () => {
  const bench = new Bench({
    config: configWith({ maxInbound: 1 }),
    nodes: { "45.1.2.3:14677": 6 },
  });
  bench.feed({ kind: "start" });
  const [first, second] = [sessionOf(100), sessionOf(101)];
  bench.accept(first, "45.1.2.3:5000");
  const out = bench.accept(second, "46.1.2.3:5000");
  assert.deepEqual(out.map(({ kind }) => kind), [
    "clear-timer",
    "clear-timer",
    "close",
    "exchange-ended",
    "handshake",
    "set-timer",
    "set-timer",
  ]);
  // Without waiting for it: or whoever doesn't let go would keep newcomers out.
  assert.deepEqual(out[2], { kind: "close", session: first, atOnce: true });
});
