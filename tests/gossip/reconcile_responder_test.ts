/** A node that serves a reconciliation, to peers that keep the rules and to such that don't. */
import assert from "node:assert/strict";
import { DEFAULT_CONFIG, type OutEvent, type SessionId } from "../../src/gossip/mod.ts";
import { ANSWER, type Frame, RESULT } from "../../src/wire/frame.ts";
import { SYNC_FETCHES, SYNC_IDS, SYNC_OFFERS } from "../../src/wire/limits.ts";
import { reconcile } from "../../src/wire/negentropy.ts";
import { ArrayItems } from "../wire/sync_items.ts";
import { type Bench, hello, idOf, IN, offer, sessionOf } from "./fixture.ts";
import {
  answerAll,
  checkedIn,
  givenIn,
  idsOf,
  items,
  lowers,
  message,
  reconcileWith,
  sentIn,
  serving,
  stored,
  summaryIn,
  syncOf,
} from "./reconcile_fixture.ts";

const fetch = (ids: ReturnType<typeof idsOf>): Frame => ({ kind: "fetch", ids });

Deno.test("answers sync, gives what is fetched in order, and has everything end with bye", () => {
  const held = items(10);
  const bench = serving(held);
  const first = syncOf([]);
  const [reply, ...rest] = sentIn(bench.frame(IN, first), IN);
  assert.ok(reply?.kind === "sync" && rest.length === 0);
  const need: string[] = [];
  const next = reconcile(new ArrayItems([]), reply, reply.bytes, {
    have: () => assert.fail(),
    need: (id) => need.push(id),
  });
  assert.equal(next, undefined);
  assert.deepEqual(need.sort(), idsOf(held).sort());
  const { from, to } = first;
  assert.deepEqual(
    sentIn(bench.frame(IN, { kind: "sync", from, to, bytes: new Uint8Array() }), IN),
    [],
  );
  assert.deepEqual(givenIn(bench.frame(IN, fetch(idsOf(held)))), idsOf(held));
  for (const _ of held) bench.feed({ kind: "sent", session: IN, bytes: 700 });
  const out = bench.frame(IN, { kind: "bye" });
  const { delivered, received, refused, rounds, finished, reason } = summaryIn(out)!;
  assert.deepEqual({ delivered, received, refused, rounds, finished, reason }, {
    ...{ delivered: 0, received: 0, refused: 0, rounds: 1 },
    ...{ finished: true, reason: undefined },
  });
  assert.equal(lowers(out), false);
});

Deno.test("takes what is offered and wanted, and says in order what became of each", () => {
  const held = items(1);
  const bench = serving(held);
  bench.frame(IN, syncOf([]));
  const [known] = idsOf(held);
  const novel = idsOf(items(3, 100));
  const out = bench.frame(IN, offer(known!, ...novel));
  assert.deepEqual(sentIn(out, IN), [{
    kind: "answer",
    codes: [ANSWER.known, ANSWER.want, ANSWER.want, ANSWER.want],
    knewAddress: false,
    stems: 0,
  }]);
  const admits = bench.frame(IN, message()).filter(({ kind }) => kind === "admit");
  assert.deepEqual(admits.map((event) => event.kind === "admit" && event.purpose), ["sync"]);
  assert.deepEqual(checkedIn(admits), [novel[0]]);
  // Empty: no longer held. Its result waits for its turn.
  assert.deepEqual(sentIn(bench.frame(IN, message(0)), IN), []);
  bench.frame(IN, message());
  const result = (code: number): unknown => ({ kind: "result", code });
  assert.deepEqual(sentIn(stored(bench, IN, novel[0]!), IN), [
    result(RESULT.accepted),
    result(RESULT.busy),
  ]);
  assert.deepEqual(sentIn(stored(bench, IN, novel[2]!), IN), [result(RESULT.accepted)]);
  // It entered at freshness 0: nothing to talk about.
  assert.equal(bench.engine.sizes.fresh, 0);
});

Deno.test("four fetches may be open, a fifth is a violation", () => {
  const held = items(SYNC_FETCHES * SYNC_IDS);
  const lists = Array.from(
    { length: SYNC_FETCHES },
    (_, i) => idsOf(held.slice(i * SYNC_IDS, (i + 1) * SYNC_IDS)),
  );
  const open = (): ReturnType<typeof serving> => {
    const bench = serving(held);
    bench.frame(IN, syncOf([]));
    for (const ids of lists) assert.equal(lowers(bench.frame(IN, fetch(ids))), false);
    return bench;
  };
  assert.ok(lowers(open().frame(IN, fetch(lists[0]!))));
  // When the last message of the first has left there is room for one.
  const bench = open();
  for (let i = 0; i < SYNC_IDS; i++) bench.feed({ kind: "sent", session: IN, bytes: 700 });
  assert.equal(lowers(bench.frame(IN, fetch(lists[0]!))), false);
  assert.ok(lowers(bench.frame(IN, fetch(lists[0]!))));
});

Deno.test("whoever fetches and doesn't read makes 64 messages wait, not 256", () => {
  const held = items(SYNC_FETCHES * SYNC_IDS);
  const bench = serving(held);
  bench.frame(IN, syncOf([]));
  let given = 0;
  for (let i = 0; i < SYNC_FETCHES; i++) {
    const ids = idsOf(held.slice(i * SYNC_IDS, (i + 1) * SYNC_IDS));
    given += givenIn(bench.frame(IN, fetch(ids))).length;
  }
  assert.equal(given, DEFAULT_CONFIG.reconcile.maxSending);
  assert.equal(givenIn(bench.feed({ kind: "sent", session: IN, bytes: 700 })).length, 1);
});

Deno.test("two offers may be open, a third is a violation", () => {
  const ids = idsOf(items(3 * SYNC_IDS, 100));
  const bench = serving([]);
  bench.frame(IN, syncOf([]));
  for (let i = 0; i < SYNC_OFFERS; i++) {
    const list = ids.slice(i * SYNC_IDS, (i + 1) * SYNC_IDS);
    assert.deepEqual(sentIn(bench.frame(IN, offer(...list)), IN), [
      answerAll(ANSWER.want, SYNC_IDS),
    ]);
  }
  assert.ok(lowers(bench.frame(IN, offer(...ids.slice(2 * SYNC_IDS)))));
});

Deno.test("an offer of what is known all over needs no place", () => {
  const held = items(1);
  const bench = serving(held);
  bench.frame(IN, syncOf([]));
  for (let i = 0; i < 2 * SYNC_OFFERS; i++) {
    assert.equal(lowers(bench.frame(IN, offer(...idsOf(held)))), false);
  }
});

for (
  const [what, frame] of [
    ["a sync that is no Negentropy message", { ...syncOf([]), bytes: Uint8Array.of(0x61, 0x80) }],
    ["an empty fetch", fetch([])],
    ["an empty offer", offer()],
    ["an offer with an address", { ...offer(idOf(1)), address: "45.9.9.9:14677" }],
    ["a message that nobody asked for", message()],
    ["a result", { kind: "result", code: RESULT.accepted }],
    ["a stem message", { kind: "stem", bytes: new Uint8Array(10) }],
    ["busy", { kind: "busy", seconds: 1 }],
  ] as const
) {
  Deno.test(`blames the peer for ${what}`, () => {
    const bench = serving(items(3));
    bench.frame(IN, syncOf([]));
    const out = bench.frame(IN, frame as Frame);
    assert.ok(lowers(out));
    assert.ok(out.some(({ kind }) => kind === "close"));
    assert.notEqual(summaryIn(out)?.reason, undefined);
    assert.equal(bench.engine.sizes.served, 0);
  });
}

Deno.test("over its rounds, its bytes or its time a peer gets bye, without blame", () => {
  const over = (out: readonly OutEvent[]): void => {
    assert.deepEqual(sentIn(out, IN).at(-1), { kind: "bye" });
    assert.equal(lowers(out), false);
    assert.ok(summaryIn(out) !== undefined);
  };
  const rounds = serving(items(3), reconcileWith({ maxRounds: 1 }));
  assert.deepEqual(sentIn(rounds.frame(IN, syncOf([])), IN).map(({ kind }) => kind), ["sync"]);
  over(rounds.frame(IN, syncOf([])));

  const tiny = { burst: 100, perHour: 0 };
  const { budgets } = DEFAULT_CONFIG;
  const syncBudget = { ...budgets.syncBudget, inbound: tiny };
  over(
    serving(items(3), { ...DEFAULT_CONFIG, budgets: { ...budgets, syncBudget } })
      .frame(IN, syncOf([])),
  );

  const slow = serving(items(3));
  slow.frame(IN, syncOf([]));
  over(slow.feed({ kind: "timer", timer: { kind: "exchange-deadline", session: IN } }));
});

Deno.test("a peer that falls silent is left after 10 s, without blame, and what it owes can be had elsewhere", () => {
  const bench = serving([]);
  bench.frame(IN, syncOf([]));
  bench.frame(IN, offer(idOf(7)));
  const timer = { kind: "timer", timer: { kind: "frame-deadline", session: IN } } as const;
  // Something came after it was set: it is looked at again when that is 10 s ago.
  assert.deepEqual(bench.feed(timer, 4_000), [
    { kind: "set-timer", timer: timer.timer, afterMs: 6_000 },
  ]);
  const out = bench.feed(timer, 6_000);
  assert.equal(summaryIn(out)?.reason, "timeout");
  assert.equal(lowers(out), false);
  assert.ok(out.some(({ kind }) => kind === "close"));
});

Deno.test("serves so many at a time, and says bye to more", () => {
  const config = reconcileWith({ maxServed: 1 });
  const bench = serving(items(1), config);
  bench.frame(IN, syncOf([]));
  assert.equal(bench.engine.sizes.served, 1);
  const other = sessionOf(2 ** 40 + 1);
  bench.accept(other, "46.1.2.3:50000");
  bench.feed({ kind: "opened", session: other });
  bench.frame(other, hello(0));
  bench.frame(other, offer());
  bench.frame(other, answerAll(ANSWER.want, 0));
  const out = bench.frame(other, syncOf([]));
  assert.deepEqual(sentIn(out, other), [{ kind: "bye" }]);
  assert.equal(lowers(out), false);
  bench.frame(IN, { kind: "bye" });
  assert.equal(bench.engine.sizes.served, 0);
});

/** A peer from there that has completed its exchange and asks to reconcile; what it is told. */
function asks(bench: Bench, session: SessionId, from: string): readonly OutEvent[] {
  bench.accept(session, from, 1_000);
  bench.feed({ kind: "opened", session });
  bench.frame(session, hello(0));
  bench.frame(session, offer());
  bench.frame(session, answerAll(ANSWER.want, 0));
  return bench.frame(session, syncOf([]));
}

Deno.test("one group can't hold all places: the oldest of the largest ends for one of a smaller", () => {
  const bench = serving(items(1), reconcileWith({ maxServed: 3 }));
  const session = (n: number): SessionId => sessionOf(2 ** 40 + n);
  bench.frame(IN, { kind: "bye" });
  const kinds = (out: readonly OutEvent[], n: number): string[] =>
    sentIn(out, session(n)).map(({ kind }) => kind);
  for (const n of [1, 2, 3]) {
    assert.deepEqual(kinds(asks(bench, session(n), `46.1.${n}.3:50000`), n), ["sync"]);
  }
  // It has as many as any group already.
  assert.deepEqual(kinds(asks(bench, session(4), "46.1.4.3:50000"), 4), ["bye"]);
  const out = asks(bench, session(5), "47.1.2.3:50000");
  assert.deepEqual(kinds(out, 5), ["sync"]);
  const timer = { kind: "exchange-deadline", session: session(1) } as const;
  assert.ok(
    out.some((event) =>
      event.kind === "set-timer" && event.afterMs === 0 && event.timer.kind === timer.kind &&
      event.timer.session === timer.session
    ),
  );
  assert.equal(bench.engine.sizes.served, 3);
  const end = bench.feed({ kind: "timer", timer });
  assert.deepEqual(kinds(end, 1), ["bye"]);
  assert.equal(summaryIn(end)?.reason, undefined);
  assert.equal(bench.engine.sizes.served, 3);
});

Deno.test("who has used up its budget isn't served again before it is paid back", () => {
  const { budgets } = DEFAULT_CONFIG;
  const syncBudget = { ...budgets.syncBudget, inbound: { burst: 100, perHour: 3_600 } };
  const bench = serving(items(3), { ...DEFAULT_CONFIG, budgets: { ...budgets, syncBudget } });
  const first = sentIn(bench.frame(IN, syncOf([])), IN);
  assert.deepEqual(first.map(({ kind }) => kind), ["sync", "bye"]);
  const again = (n: number): string[] =>
    sentIn(asks(bench, sessionOf(2 ** 40 + n), "45.1.2.3:50001"), sessionOf(2 ** 40 + n))
      .map(({ kind }) => kind);
  assert.deepEqual(again(1), ["bye"]);
  bench.feed({ kind: "timer", timer: { kind: "age" } }, 600_000);
  assert.deepEqual(again(2), ["sync", "bye"]);
});

Deno.test("an id that is offered and then gone, again and again, isn't waited for again and again", () => {
  const bench = serving([]);
  const id = idOf(7);
  bench.frame(IN, syncOf([]));
  const other = sessionOf(2 ** 40 + 1);
  asks(bench, other, "46.1.2.3:50000");
  const codes: number[] = [];
  for (let round = 0; round < 4; round++) {
    bench.frame(IN, offer(id));
    const [told] = sentIn(bench.frame(other, offer(id)), other);
    assert.ok(told?.kind === "answer");
    codes.push(told.codes[0]!);
    bench.frame(IN, message(0));
  }
  assert.deepEqual(codes, [ANSWER.inFlight, ANSWER.inFlight, ANSWER.want, ANSWER.want]);
});

Deno.test("who offers without end what it doesn't have is told bye, without blame", () => {
  const bench = serving([], reconcileWith({ maxMissing: 100 }));
  bench.frame(IN, syncOf([]));
  let out: OutEvent[] = [];
  let offered = 0;
  while (summaryIn(out) === undefined && offered < 1_000) {
    bench.frame(IN, offer(...idsOf(items(10, offered))));
    for (let n = 0; n < 10; n++) {
      offered++;
      out = bench.frame(IN, message(0));
      if (summaryIn(out) !== undefined) break;
    }
  }
  assert.equal(offered, 101);
  assert.equal(sentIn(out, IN).at(-1)?.kind, "bye");
  assert.equal(lowers(out), false);
});
