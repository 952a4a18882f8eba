/** Who was asked for what, and that nobody has it forgotten by inventing ids. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { DEFAULT_CONFIG } from "../../src/gossip/mod.ts";
import { type Bringer, InFlight } from "../../src/gossip/in_flight.ts";
import type { UnixMs } from "../../src/wire/time.ts";
import { configWith, idOf, T0 } from "./fixture.ts";

const peer = (n: number): Bringer => ({
  place: `45.1.${n}.0/24`,
  link: { prefix: `45.1.${n}.0/24` },
});
const [LIAR, FIRST, SECOND, THIRD] = [peer(1), peer(2), peer(3), peer(4)];
const later = (ms: number): UnixMs => T0 + ms as UnixMs;

/** The liar is asked for so many ids that don't exist, and gives up on each. */
function flood(inFlight: InFlight, { count, from = 100 }: { count: number; from?: number }): void {
  for (let n = 0; n < count; n++) {
    inFlight.ask(idOf(from + n), { peer: LIAR, now: T0 });
    inFlight.failed(idOf(from + n));
  }
}

Deno.test("8,192 ids are remembered; invented ones push out what others owe at no time", () => {
  assert.equal(DEFAULT_CONFIG.maxHeldIds, 8_192);
  const inFlight = new InFlight(DEFAULT_CONFIG);
  inFlight.ask(idOf(1), { peer: FIRST, now: T0 });
  flood(inFlight, { count: 20_000 });
  assert.equal(inFlight.size, 8_192);
  assert.equal(inFlight.hold(idOf(1), { peer: SECOND, now: T0 }), true);
  assert.equal(inFlight.coming(idOf(1), { peer: SECOND, now: T0 }), true);
});

Deno.test("that an id was waited for twice isn't forgotten for a flood by who was asked for it", () => {
  for (const sync of [false, true]) {
    const inFlight = new InFlight(DEFAULT_CONFIG);
    const waits = (offers: Bringer, now: UnixMs): boolean =>
      sync
        ? inFlight.coming(idOf(1), { peer: offers, now })
        : inFlight.hold(idOf(1), { peer: offers, now });
    let waited = 0;
    for (let round = 0; round < 20; round++) {
      const now = later(10_000 * round);
      inFlight.ask(idOf(1), { peer: LIAR, now });
      for (const offers of [FIRST, SECOND, THIRD]) if (waits(offers, now)) waited++;
      inFlight.failed(idOf(1));
      flood(inFlight, { count: 8_192, from: 100 + 8_192 * round });
    }
    // In exchanges two in all, in sync all that ask in two rounds.
    assert.equal(waited, sync ? 6 : 2);
  }
});

Deno.test("a peer's own waiting keeps none of its inventions", () => {
  const inFlight = new InFlight(configWith({ maxHeldIds: 10 }));
  inFlight.ask(idOf(1), { peer: LIAR, now: T0 });
  assert.equal(inFlight.hold(idOf(1), { peer: SECOND, now: T0 }), true);
  for (let n = 0; n < 50; n++) {
    inFlight.ask(idOf(100 + n), { peer: LIAR, now: T0 });
    inFlight.hold(idOf(100 + n), { peer: { ...LIAR, place: `other ${n}` }, now: T0 });
  }
  assert.equal(inFlight.size, 10);
  assert.equal(inFlight.hold(idOf(1), { peer: FIRST, now: T0 }), true);
  assert.equal(inFlight.hold(idOf(1), { peer: THIRD, now: T0 }), false);
});

Deno.test("whatever is asked for, it stays within its bound and ends empty", () => {
  const steps = fc.array(
    fc.record({
      act: fc.constantFrom("ask", "hold", "coming", "failed", "arrived"),
      id: fc.integer({ min: 1, max: 30 }),
      who: fc.integer({ min: 1, max: 4 }),
    }),
    { maxLength: 300 },
  );
  fc.assert(fc.property(steps, (all) => {
    const inFlight = new InFlight(configWith({ maxHeldIds: 8 }));
    for (const { act, id, who } of all) {
      if (act === "failed" || act === "arrived") inFlight[act](idOf(id));
      else inFlight[act as "ask"](idOf(id), { peer: peer(who), now: T0 });
      assert.ok(inFlight.size <= 8);
    }
    for (let id = 1; id <= 30; id++) inFlight.arrived(idOf(id));
    assert.equal(inFlight.size, 0);
  }));
});
