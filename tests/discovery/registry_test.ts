import assert from "node:assert/strict";
import fc from "fast-check";
import {
  isNews,
  type LanWay,
  MAX_LOOKS_A_MINUTE,
  MAX_SIGHTINGS,
  MAX_SIGHTINGS_PER_HOST,
  Registry,
  SIGHTING_LIFE_MS,
  type SightingVerdict,
} from "../../src/discovery/registry.ts";

/** Milliseconds in which one look is earned back. */
const LOOK_MS = 60_000 / MAX_LOOKS_A_MINUTE;

const SELF = instance(0);

function instance(n: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setUint32(4, n);
  return bytes;
}

/** A registry with a short way of showing it a beacon: host, port, instance and time. */
function watch(): {
  registry: Registry;
  see: (host: string, port: number, of: number, now: number) => SightingVerdict;
} {
  const registry = new Registry({ self: SELF });
  return {
    registry,
    see: (host, port, of, now) =>
      registry.see({ host, beacon: { port, instance: instance(of) } }, now),
  };
}

Deno.test("Registry tells new, known, restarted and self apart", () => {
  const { see, registry } = watch();
  assert.deepEqual([
    see("10.0.0.2", 14677, 1, 0),
    see("10.0.0.2", 14677, 1, 1),
    see("10.0.0.2", 14678, 2, 2),
    see("10.0.0.3", 14677, 1, 3),
    see("10.0.0.2", 14677, 3, 4),
    see("10.0.0.2", 14677, 3, 5),
    see("10.0.0.2", 14677, 1, 6),
    see("10.0.0.9", 14677, 0, 7),
  ], ["new", "known", "new", "new", "restarted", "known", "restarted", "self"]);
  assert.equal(registry.size, 3);
});

Deno.test("a node that is heard in a second way is told once more, at the cost of no look", () => {
  const { see, registry } = watch();
  const hear = (n: number, way: LanWay): SightingVerdict =>
    registry.see({ host: `10.0.1.${n}`, beacon: { port: 1, instance: instance(n) }, way }, 0);
  const all = Array.from({ length: MAX_LOOKS_A_MINUTE }, (_, n) => n + 1);
  assert.deepEqual(new Set(all.map((n) => hear(n, "beacon"))), new Set(["new"]));
  assert.deepEqual(new Set(all.map((n) => hear(n, "mdns"))), new Set(["other-way"]));
  assert.deepEqual([hear(1, "mdns"), hear(1, "beacon")], ["known", "known"]);
  assert.equal(hear(33, "mdns"), "too-many");
  assert.deepEqual(
    ["new", "restarted", "other-way"].map((verdict) => isNews(verdict as SightingVerdict)),
    [true, true, true],
  );
  // Started again, it begins anew.
  registry.see({ host: "10.0.1.1", beacon: { port: 1, instance: instance(99) } }, LOOK_MS);
  assert.equal(see("10.0.1.1", 1, 99, LOOK_MS), "known");
  assert.equal(
    registry.see(
      { host: "10.0.1.1", beacon: { port: 1, instance: instance(99) }, way: "mdns" },
      LOOK_MS,
    ),
    "other-way",
  );
});

Deno.test("Registry forgets a node that wasn't heard for three intervals, and not one that was", () => {
  const { see } = watch();
  assert.deepEqual([
    see("10.0.0.2", 1, 1, 0),
    see("10.0.0.3", 1, 2, 0),
    see("10.0.0.2", 1, 1, SIGHTING_LIFE_MS - 1),
    see("10.0.0.2", 1, 1, 2 * SIGHTING_LIFE_MS - 2),
    see("10.0.0.3", 1, 2, 2 * SIGHTING_LIFE_MS - 2),
    see("10.0.0.2", 1, 1, 3 * SIGHTING_LIFE_MS - 2),
  ], ["new", "new", "known", "known", "new", "new"]);
});

Deno.test("Registry looks at 32 beacons at once, then at one for each part of a minute", () => {
  const { see, registry } = watch();
  const at = (n: number, now: number): SightingVerdict => see(`10.0.0.${n}`, 1, n, now);
  const burst = Array.from({ length: MAX_LOOKS_A_MINUTE }, (_, n) => at(n + 1, 0));
  assert.deepEqual(new Set(burst), new Set(["new"]));
  assert.deepEqual([
    at(100, 0),
    at(1, 0),
    at(100, LOOK_MS - 1),
    at(100, LOOK_MS),
    at(101, LOOK_MS),
    see("10.0.0.1", 1, 99, LOOK_MS),
    see("10.0.0.1", 1, 99, 2 * LOOK_MS),
  ], ["too-many", "known", "too-many", "new", "too-many", "too-many", "restarted"]);
  assert.equal(registry.size, MAX_LOOKS_A_MINUTE + 1);
});

Deno.test("Registry saves up no more than 32 looks", () => {
  const { see } = watch();
  const verdicts = Array.from(
    { length: MAX_LOOKS_A_MINUTE + 1 },
    (_, n) => see(`10.0.0.${n + 1}`, 1, n + 1, 3_600_000),
  );
  assert.deepEqual(verdicts.slice(-2), ["new", "too-many"]);
});

Deno.test("one host cannot use up what is looked at", () => {
  const { see } = watch();
  const ports = Array.from(
    { length: MAX_SIGHTINGS_PER_HOST + 1 },
    (_, n) => see("10.0.0.2", n + 1, n + 1, 0),
  );
  assert.deepEqual(ports.slice(-2), ["new", "too-many"]);
  assert.equal(see("10.0.0.2", 1, 77, 0), "restarted");
  assert.equal(see("10.0.0.3", 1, 99, 0), "new");
  assert.equal(see("10.0.0.2", 9, 9, SIGHTING_LIFE_MS), "new");
});

Deno.test("Registry is bounded: with the last place taken, the longest unheard goes", () => {
  const { see, registry } = watch();
  const host = (n: number): string => `10.0.${n >> 8}.${n & 255}`;
  let now = 0;
  // Heard often enough to stay, while new ones come as fast as they are looked at.
  for (let n = 1; n <= MAX_SIGHTINGS; n++) {
    assert.equal(see(host(n), 1, n, now += LOOK_MS), "new");
    if (n % 16 === 0) {
      for (let known = 1; known <= n; known++) {
        assert.equal(see(host(known), 1, known, now), "known");
      }
    }
  }
  assert.equal(registry.size, MAX_SIGHTINGS);
  assert.equal(see(host(1), 1, 1, now), "known");
  assert.equal(see("10.9.9.9", 1, 9_999, now += LOOK_MS), "new");
  assert.equal(registry.size, MAX_SIGHTINGS);
  assert.deepEqual(
    [see(host(1), 1, 1, now), see(host(3), 1, 3, now), see(host(2), 1, 2, now + LOOK_MS)],
    ["known", "known", "new"],
  );
});

Deno.test("whatever is sent, no minute yields more than 64 candidates, and nothing grows over its bound", () => {
  const sighting = fc.tuple(fc.nat(40), fc.nat(3), fc.nat(4), fc.nat(4_000));
  fc.assert(
    fc.property(fc.array(sighting, { maxLength: 400 }), (sightings) => {
      const { see, registry } = watch();
      const looked: number[] = [];
      let now = 0;
      for (const [host, port, of, pause] of sightings) {
        now += pause;
        const verdict = see(`10.0.0.${host}`, port + 1, of, now);
        assert.equal(verdict === "self", of === 0);
        if (verdict === "new" || verdict === "restarted") looked.push(now);
        const lastMinute = looked.filter((at) => at > now - 60_000).length;
        assert(lastMinute <= 2 * MAX_LOOKS_A_MINUTE);
        assert(registry.size <= MAX_SIGHTINGS);
      }
    }),
    { numRuns: 30 },
  );
});
