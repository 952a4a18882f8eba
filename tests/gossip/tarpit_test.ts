/**
 * Nodes that stall within all deadlines, in a small world of its own: one engine, most of whose
 * address book are tarpits, which answer each frame just in time, and a few honest nodes.
 */
import assert from "node:assert/strict";
import {
  Engine,
  type GossipConfig,
  type InEvent,
  type OutEvent,
  seededRng,
  type SessionId,
} from "../../src/gossip/mod.ts";
import { OutboundSlots } from "../../src/gossip/outbound_slots.ts";
import { EventHeap } from "../../src/sim/event_heap.ts";
import type { NodeAddress } from "../../src/wire/address.ts";
import type { Frame } from "../../src/wire/frame.ts";
import type { UnixMs } from "../../src/wire/time.ts";
import { address, answer, configWith, HELLO, hello, offer, T0 } from "./fixture.ts";

const HONEST = 4;
const MINUTES = 20;

/** What a peer says and how long it takes for each. */
interface Manners {
  readonly openMs: number;
  readonly frames: readonly (readonly [Frame, number])[];
}

const honest: Manners = {
  openMs: 100,
  frames: [[hello(14_677), 100], [answer(), 100], [offer(), 0]],
};
/** Completes after half a minute, or a little short of all deadlines. */
const slow: Manners = {
  openMs: 4_900,
  frames: [[hello(14_677), 4_900], [answer(), 9_900], [offer(), 9_900]],
};
const silent: Manners = { openMs: 4_900, frames: [] };

/** Runs a node whose book is largely tarpits; answers how many exchanges with honest nodes completed. */
function honestExchanges(tarpits: number, manners: Manners, config: GossipConfig): number {
  const heap = new EventHeap<() => void>();
  let now = T0 as number;
  let completed = 0;
  const all = Array.from({ length: HONEST + tarpits }, (_, i) => address(`${30 + i}.1.2.3:14677`));
  const engine = new Engine({
    config,
    rng: seededRng(5),
    self: { port: 14_677, addresses: [] },
    known: { has: () => false },
    messages: [],
    addresses: all.map((one) => ({ address: one, freshness: 6, locator: false })),
    hello: () => HELLO,
  });
  const open = new Set<SessionId>();
  const timers = new Map<string, number>();
  let token = 0;
  const after = (ms: number, action: () => void): void => heap.push(now + ms, action);
  const feed = (event: InEvent): void => {
    for (const out of engine.handle(event, now as UnixMs)) perform(out);
  };
  const say = (session: SessionId, event: InEvent, ms: number): void =>
    after(ms, () => open.has(session) && feed(event));
  const dial = (session: SessionId, to: NodeAddress): void => {
    const peer = all.indexOf(to) < HONEST ? honest : manners;
    open.add(session);
    let at = peer.openMs;
    say(session, { kind: "opened", session }, at);
    for (const [frame, ms] of peer.frames) {
      say(session, { kind: "frame", session, frame }, at += ms);
    }
  };
  const perform = (out: OutEvent): void => {
    switch (out.kind) {
      case "dial":
        return dial(out.session, out.address);
      case "close":
        open.delete(out.session);
        return after(0, () => feed({ kind: "closed", session: out.session }));
      case "set-timer": {
        const key = JSON.stringify(out.timer);
        const own = ++token;
        timers.set(key, own);
        return after(out.afterMs, () => {
          if (timers.get(key) === own) feed({ kind: "timer", timer: out.timer });
        });
      }
      case "clear-timer":
        return void timers.delete(JSON.stringify(out.timer));
      case "exchange-ended":
        if (out.summary.completed && all.indexOf(out.summary.address) < HONEST) completed++;
        return;
      default:
        return;
    }
  };
  feed({ kind: "start" });
  // Somebody who has much to say: a wish a second, as when posts pass.
  for (let s = 1; s < MINUTES * 60; s++) {
    after(1_000 * s, () => feed({ kind: "timer", timer: { kind: "gossip" } }));
  }
  for (let at = heap.next(); at !== undefined && at <= T0 + MINUTES * 60_000; at = heap.next()) {
    now = at;
    heap.pop()();
  }
  return completed;
}

for (const [what, manners] of [["slow", slow], ["silent", silent]] as const) {
  Deno.test(`a node nine tenths of whose book are ${what} tarpits still gossips`, () => {
    const withSlots = honestExchanges(36, manners, configWith({}));
    // At least one in 10 s, where without tarpits it would be one a second.
    assert.ok(withSlots >= MINUTES * 6, `${withSlots} in ${MINUTES} minutes`);
  });
}

Deno.test("what the slots are for: without them slow tarpits leave far fewer exchanges", () => {
  const plain = configWith({ slowAfterMs: 60_000, maxOutboundInAll: 4 });
  const without = honestExchanges(36, slow, plain);
  const withSlots = honestExchanges(36, slow, configWith({}));
  assert.ok(without * 3 < withSlots, `${without} without, ${withSlots} with`);
});

Deno.test("slots: 4 young, 2 of them candidates, 32 in all, each exactly", () => {
  const slots = new OutboundSlots(configWith({}));
  const at = (ms: number): UnixMs => T0 + ms as UnixMs;
  const nth = (i: number): NodeAddress => address(`${30 + i}.1.2.3:14677`);
  const free = (ms: number, candidate = false): number => slots.freeAt(at(ms), { candidate });
  slots.add(nth(0), { since: at(0), candidate: true });
  slots.add(nth(1), { since: at(100), candidate: true });
  assert.deepEqual([free(200), free(200, true)], [0, at(5_000)]);
  slots.add(nth(2), { since: at(200), candidate: false });
  assert.equal(free(200), 0);
  slots.add(nth(3), { since: at(300), candidate: false });
  assert.deepEqual([free(4_999), free(5_000)], [at(5_000), 0]);
  slots.delete(nth(2));
  assert.equal(free(300), 0);
  for (let i = 4; i < 32; i++) slots.add(nth(i), { since: at(1_000), candidate: false });
  assert.deepEqual([slots.size, free(60_000)], [31, 0]);
  slots.add(nth(40), { since: at(1_000), candidate: false });
  assert.equal(free(60_000), Infinity);
  slots.delete(nth(9));
  assert.equal(free(60_000), 0);
});
