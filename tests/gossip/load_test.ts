/** A node under load: what it asks of others, and what others make of it. */
import assert from "node:assert/strict";
import { DEFAULT_CONFIG, FairQueue, LoadGauge, type OutEvent } from "../../src/gossip/mod.ts";
import { Nodes } from "../../src/gossip/nodes.ts";
import { QUEUE } from "../../src/node/inject.ts";
import { ANSWER, type Frame, RESULT } from "../../src/wire/frame.ts";
import type { UnixMs } from "../../src/wire/time.ts";
import {
  address,
  answer,
  Bench,
  fact,
  HELLO,
  hello,
  idOf,
  IN,
  initiator,
  middleRng,
  offer,
  OTHER,
  OUT,
  PEER,
  responder,
  sessionOf,
  T0,
} from "./fixture.ts";

function kindsOf(out: readonly OutEvent[]): readonly string[] {
  return out.map((event) => event.kind === "send" ? event.frame.kind : event.kind);
}

function offersOf(out: readonly OutEvent[]): readonly string[] {
  return out.flatMap((event) =>
    event.kind === "send" && event.frame.kind === "offer" ? event.frame.ids : []
  );
}

/** A hello that asks for so many bits more. */
function demanding(extraStampBits: number): Frame {
  return { kind: "hello", port: 0, observed: address(OTHER), ...HELLO, extraStampBits };
}

Deno.test("the demand rises with the queue, four bits at most, and stays up for a minute", () => {
  const gauge = new LoadGauge();
  const bits = (waiting: number, ms: number): number =>
    gauge.read(
      { waiting, load: waiting, shareFull: false, most: 4_096, diskFull: false },
      T0 + ms as UnixMs,
    )
      .extraStampBits;
  assert.deepEqual([255, 256, 512, 1_024, 2_047].map((n) => bits(n, 0)), [0, 1, 2, 3, 3]);
  assert.deepEqual([bits(2_048, 0), bits(4_096, 0)], [4, 4]);
  assert.deepEqual([bits(0, 59_999), bits(300, 60_000), bits(0, 60_001)], [4, 1, 1]);
  assert.equal(bits(0, 120_000), 0);
});

Deno.test("one payer's share of the queue, all of it forged if need be, raises the demand by one bit", () => {
  const { most, mostPerPayer, loadPerPayer } = QUEUE;
  const queue = new FairQueue<number>(QUEUE);
  for (let n = 0; n < mostPerPayer; n++) queue.push(n, { payer: "flood", bytes: 300 });
  const pressure = { waiting: queue.size, load: queue.load, shareFull: false, most };
  const { extraStampBits } = new LoadGauge().read({ ...pressure, diskFull: false }, T0);
  assert.deepEqual([queue.size, queue.load, extraStampBits], [2_048, loadPerPayer, 1]);
});

Deno.test("busy: a full queue, a full share of it, a full disk", () => {
  const seconds = (change: object): number => {
    const idle = { waiting: 0, load: 0, shareFull: false, most: 4_096, diskFull: false };
    return new LoadGauge().read({ ...idle, ...change }, T0).busySeconds;
  };
  assert.deepEqual(
    [{}, { waiting: 4_095 }, { waiting: 4_096 }, { shareFull: true }, { diskFull: true }]
      .map(seconds),
    [0, 0, 15, 15, 600],
  );
});

Deno.test("an overloaded node says busy in its hello's place to whom it concerns, without blame", () => {
  const nodes = { [PEER]: 3 };
  const bench = responder({ nodes, busy: (payer) => payer === "inbound 45.1.2.0/24" ? 900 : 0 });
  bench.stored.add(idOf(1));
  bench.frame(IN, hello(14_677));
  const out = bench.frame(IN, offer(idOf(1), idOf(2)));
  const [said] = out.filter(({ kind }) => kind === "send");
  // No answer, and never more than 600 s.
  assert.deepEqual(said, { kind: "send", session: IN, frame: { kind: "busy", seconds: 600 } });
  assert.ok(kindsOf(out).includes("close") && !kindsOf(out).includes("address-changed"));
  const other = sessionOf(2 ** 40 + 1);
  bench.accept(other, "45.9.2.3:50000");
  bench.feed({ kind: "opened", session: other });
  bench.frame(other, hello(0));
  assert.ok(kindsOf(bench.frame(other, offer())).includes("answer"));
});

Deno.test("having no time costs nothing three times in a row; the pause grows, or is as asked", () => {
  const paused = (seconds?: number): unknown[] => {
    const out: OutEvent[] = [];
    const nodes = new Nodes(
      { config: DEFAULT_CONFIG, rng: middleRng, emit: (event) => void out.push(event) },
      [{ address: address(PEER), freshness: 6, locator: false }],
    );
    const result: unknown[] = [];
    let now = T0;
    for (let n = 0; n < 5; n++) {
      nodes.turnedAway(address(PEER), { now, count: true, ...(seconds && { seconds }) });
      let ms = 0;
      while (nodes.pick(now + ms as UnixMs, () => false) === undefined) ms += 125;
      now = now + ms as UnixMs;
      result.push(ms, out.length);
    }
    return result;
  };
  // With the jitter of a middling draw: an eighth more.
  assert.deepEqual(paused(), [16_875, 0, 67_500, 0, 270_000, 0, 337_500, 1, 337_500, 2]);
  assert.deepEqual(paused(8), [9_000, 0, 9_000, 0, 9_000, 0, 9_000, 1, 9_000, 2]);
});

Deno.test("a completed exchange makes up for the times before; offline, none counts", () => {
  const out: OutEvent[] = [];
  const nodes = new Nodes(
    { config: DEFAULT_CONFIG, rng: middleRng, emit: (event) => void out.push(event) },
    [{ address: address(PEER), freshness: 6, locator: false }],
  );
  const turn = (times: number, count: boolean): void => {
    for (let n = 0; n < times; n++) nodes.turnedAway(address(PEER), { now: T0, count });
  };
  turn(3, true);
  turn(10, false);
  nodes.completed(address(PEER), T0);
  turn(3, true);
  assert.deepEqual(out, []);
  turn(1, true);
  assert.deepEqual(out, [{ kind: "address-changed", address: address(PEER), freshness: 5 }]);
});

Deno.test("who was turned away tries another at once", () => {
  const bench = new Bench({ nodes: { [PEER]: 6, [OTHER]: 6 } });
  bench.feed({ kind: "start" });
  const out = bench.feed({ kind: "dial-failed", session: OUT, turnedAway: true });
  assert.ok(out.some(({ kind }) => kind === "dial"));
  assert.ok(!out.some(({ kind }) => kind === "address-changed"));
});

Deno.test("a peer's demand is heeded in what is offered to it", () => {
  const bench = responder();
  for (const [n, spareBits] of [[1, 1], [2, 2], [3, 3]] as const) {
    bench.feed({ kind: "injected", message: { ...fact(n), spareBits } });
  }
  // One of an earlier run: counted as stamped with what authors add.
  bench.feed({ kind: "injected", message: fact(4) });
  bench.frame(IN, demanding(2));
  const ids = offersOf(bench.frame(IN, offer()));
  assert.deepEqual([...ids].sort(), [idOf(2), idOf(3), idOf(4)].sort());
});

Deno.test("what was offered before the demand was heard of is not sent for nothing", () => {
  const bench = initiator({
    messages: [1, 2].map((n) => ({ message: { ...fact(n), spareBits: n }, freshness: 6 })),
  });
  bench.frame(OUT, demanding(2));
  bench.frame(OUT, answer(ANSWER.want, ANSWER.want));
  const out = bench.frame(OUT, offer());
  const sent = out.flatMap((event): (string | number)[] =>
    event.kind === "send-message"
      ? [event.id]
      : event.kind === "send" && event.frame.kind === "message"
      ? [event.frame.bytes.length]
      : []
  );
  assert.deepEqual(new Set(sent), new Set([0, idOf(2)]));
});

Deno.test("what a link offers is checked against what this node's hello on it demanded", () => {
  let extraStampBits = 3;
  const bench = responder({ hello: () => ({ ...HELLO, extraStampBits }) });
  bench.frame(IN, hello(14_677));
  bench.frame(IN, offer(idOf(1)));
  extraStampBits = 4;
  bench.frame(IN, answer());
  const out = bench.frame(IN, { kind: "message", bytes: new Uint8Array(10) });
  const asked = out.flatMap((event) => event.kind === "admit" ? event.extraStampBits : []);
  assert.deepEqual(asked, [3]);
  // Under the demand: no fault of the peer's, and others may be asked.
  const done = bench.admitted(IN, RESULT.busy);
  assert.ok(!kindsOf(done).includes("close"));
});
