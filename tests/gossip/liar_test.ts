/** Peers that name an address again and again: how often it is dialled in hours, at most. */
import assert from "node:assert/strict";
import { Engine, type InEvent, type OutEvent, seededRng } from "../../src/gossip/mod.ts";
import { EventHeap } from "../../src/sim/event_heap.ts";
import type { UnixMs } from "../../src/wire/time.ts";
import { address, answer, configWith, HELLO, hello, sessionOf, T0 } from "./fixture.ts";

const HOUR_MS = 3_600_000;
const VICTIM = address("99.1.2.3:14677");

/** Times at which a node dials the victim in three hours, while liars of many prefixes name it. */
function dialsOf({ liars, knows, givenUpMs }: {
  readonly liars: number;
  readonly knows: number;
  readonly givenUpMs?: number;
}): readonly number[] {
  const heap = new EventHeap<() => void>();
  let now = T0 as number;
  const dials: number[] = [];
  const engine = new Engine({
    config: configWith(givenUpMs === undefined ? {} : { givenUpMs }),
    rng: seededRng(1),
    self: { port: 14_677, addresses: [] },
    known: { has: () => false },
    messages: [],
    addresses: Array.from({ length: knows }, (_, i) => ({
      address: address(`${30 + i}.1.2.3:14677`),
      freshness: 6,
      locator: true,
    })),
    hello: () => HELLO,
  });
  const timers = new Map<string, number>();
  let token = 0;
  const after = (ms: number, action: () => void): void => heap.push(now + ms, action);
  const feed = (event: InEvent): void => {
    for (const out of engine.handle(event, now as UnixMs)) perform(out);
  };
  const perform = (out: OutEvent): void => {
    if (out.kind === "dial") {
      const { session } = out;
      if (out.address === VICTIM) dials.push(now - T0);
      if (out.address === VICTIM) return after(100, () => feed({ kind: "dial-failed", session }));
      // An honest node with nothing to say.
      return after(100, () => {
        feed({ kind: "opened", session });
        feed({ kind: "frame", session, frame: hello(14_677) });
        feed({ kind: "frame", session, frame: answer() });
        feed({ kind: "frame", session, frame: { kind: "offer", ids: [], address: undefined } });
      });
    }
    if (out.kind === "close") {
      return after(0, () => feed({ kind: "closed", session: out.session }));
    }
    if (out.kind === "clear-timer") return void timers.delete(JSON.stringify(out.timer));
    if (out.kind !== "set-timer") return;
    const key = JSON.stringify(out.timer);
    const own = ++token;
    timers.set(key, own);
    after(out.afterMs, () => {
      if (timers.get(key) === own) feed({ kind: "timer", timer: out.timer });
    });
  };
  const lie = (n: number): void => {
    const session = sessionOf(2 ** 40 + n);
    const remote = address(`${150 + n % liars}.1.2.3:50000`);
    feed({ kind: "accepted", session, remote });
    feed({ kind: "opened", session });
    feed({ kind: "frame", session, frame: hello(0) });
    feed({ kind: "frame", session, frame: { kind: "offer", ids: [], address: VICTIM } });
    feed({ kind: "frame", session, frame: answer() });
    feed({ kind: "frame", session, frame: { kind: "bye" } });
  };
  feed({ kind: "start" });
  for (let n = 0; n < 3 * 360; n++) heap.push(T0 + 10_000 * n, () => lie(n));
  for (let at = heap.next(); at !== undefined && at < T0 + 3 * HOUR_MS; at = heap.next()) {
    now = at;
    heap.pop()();
  }
  return dials;
}

for (const [where, knows] of [["that knows nobody", 0], ["that knows six others", 6]] as const) {
  Deno.test(`a node ${where} dials an address that liars name four times an hour at most`, () => {
    const dials = dialsOf({ liars: 50, knows });
    assert.ok(dials.length >= 4);
    for (const from of dials) {
      const hour = dials.filter((at) => at >= from && at < from + HOUR_MS);
      assert.ok(hour.length <= 4, `${hour.length} within an hour of ${from}`);
    }
  });
}

Deno.test("without the memory of what was given up it would be far more", () => {
  assert.ok(dialsOf({ liars: 50, knows: 6, givenUpMs: 0 }).length > 3 * 4 + 12);
});
