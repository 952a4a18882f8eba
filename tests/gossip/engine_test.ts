/** What the engine answers to each event of an exchange, as whole lists. */
import assert from "node:assert/strict";
import type { OutEvent } from "../../src/gossip/mod.ts";
import { prefixOf } from "../../src/wire/address_rules.ts";
import { ANSWER, RESULT } from "../../src/wire/frame.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import {
  address,
  ageTimer,
  answer,
  Bench,
  clear,
  configWith,
  exchangeTimer,
  fact,
  frameTimer,
  gossipTimer,
  greeted,
  HELLO,
  hello,
  idOf,
  IN,
  initiator,
  offer,
  OTHER,
  OUT,
  PEER,
  responder,
  sessionOf,
  summary,
} from "./fixture.ts";

Deno.test("start dials a known node at once and sets the period", () => {
  const bench = new Bench({ nodes: { [PEER]: 3 } });
  assert.deepEqual(bench.feed({ kind: "start" }), [
    { kind: "dial", session: OUT, address: address(PEER) },
    exchangeTimer(OUT),
    gossipTimer,
  ]);
  assert.deepEqual(bench.feed({ kind: "opened", session: OUT }), [
    {
      kind: "send",
      session: OUT,
      frame: { kind: "hello", port: 14_677, observed: address(PEER), ...HELLO },
    },
    { kind: "send", session: OUT, frame: { kind: "offer", ids: [], address: undefined } },
    frameTimer(OUT, 5_000),
  ]);
});

Deno.test("a whole exchange as initiator: gives one message, takes one, goes on at once", () => {
  const bench = new Bench({ nodes: { [PEER]: 3 } });
  bench.feed({ kind: "injected", message: fact(1) });
  bench.feed({ kind: "start" });
  const opened = bench.feed({ kind: "opened", session: OUT });
  assert.deepEqual(opened[1], { kind: "send", session: OUT, frame: offer(idOf(1)) });
  assert.deepEqual(bench.frame(OUT, hello(14_677)), [greeted(PEER, true), frameTimer(OUT)]);
  assert.deepEqual(bench.frame(OUT, answer(ANSWER.want)), [frameTimer(OUT), ageTimer()]);
  assert.deepEqual(bench.frame(OUT, offer(idOf(2))), [
    { kind: "send", session: OUT, frame: answer(ANSWER.want) },
    { kind: "send-message", session: OUT, id: idOf(1) },
    frameTimer(OUT),
  ]);
  const bytes = Uint8Array.of(7);
  assert.deepEqual(bench.frame(OUT, { kind: "message", bytes }), [
    {
      kind: "admit",
      session: OUT,
      bytes,
      expected: idOf(2),
      purpose: "offered",
      prefix: prefixOf(address(PEER)),
      payer: "dialled 45.1.2.0/24",
      extraStampBits: 0,
      novelStatements: 1_200,
    },
    frameTimer(OUT),
  ]);
  assert.deepEqual(bench.admitted(OUT, RESULT.accepted, fact(2)), [
    { kind: "freshness-changed", id: idOf(2), freshness: 6 },
    { kind: "send", session: OUT, frame: { kind: "result", code: RESULT.accepted } },
  ]);
  assert.deepEqual(bench.frame(OUT, { kind: "result", code: RESULT.accepted }), [
    clear(OUT, "exchange-deadline"),
    { kind: "send", session: OUT, frame: { kind: "bye" } },
    clear(OUT, "frame-deadline"),
    { kind: "address-changed", address: address(PEER), freshness: 6 },
    summary(OUT, { received: 1, delivered: 1 }),
    { kind: "close", session: OUT },
  ]);
  assert.deepEqual(bench.feed({ kind: "closed", session: OUT }), [
    { kind: "dial", session: sessionOf(2), address: address(PEER) },
    exchangeTimer(sessionOf(2)),
  ]);
});

Deno.test("a whole exchange as responder: complete with the last result, closed by the bye", () => {
  const bench = new Bench();
  bench.feed({ kind: "injected", message: fact(1) });
  assert.deepEqual(bench.feed({ kind: "start" }), [gossipTimer]);
  assert.deepEqual(bench.accept(IN, "45.1.2.3:50000"), [
    { kind: "handshake", session: IN },
    frameTimer(IN, 5_000),
    exchangeTimer(IN),
  ]);
  assert.deepEqual(bench.feed({ kind: "opened", session: IN }), []);
  assert.deepEqual(bench.frame(IN, hello(14_677)), [
    greeted("45.1.2.3:50000", false),
    frameTimer(IN),
  ]);
  assert.deepEqual(bench.frame(IN, offer(idOf(2))), [
    {
      kind: "send",
      session: IN,
      frame: { kind: "hello", port: 14_677, observed: address("45.1.2.3:50000"), ...HELLO },
    },
    { kind: "send", session: IN, frame: answer(ANSWER.want) },
    { kind: "send", session: IN, frame: offer(idOf(1)) },
    frameTimer(IN),
  ]);
  assert.deepEqual(bench.frame(IN, answer(ANSWER.want)), [
    { kind: "send-message", session: IN, id: idOf(1) },
    frameTimer(IN),
    ageTimer(),
  ]);
  const bytes = Uint8Array.of(7);
  bench.frame(IN, { kind: "message", bytes });
  assert.deepEqual(bench.frame(IN, { kind: "result", code: RESULT.accepted }), [
    // Nothing is due from the peer while the store is at work.
    clear(IN, "frame-deadline"),
  ]);
  assert.deepEqual(bench.admitted(IN, RESULT.accepted, fact(2)), [
    { kind: "freshness-changed", id: idOf(2), freshness: 6 },
    { kind: "send", session: IN, frame: { kind: "result", code: RESULT.accepted } },
    clear(IN, "exchange-deadline"),
    frameTimer(IN),
    { kind: "address-changed", address: address(PEER), freshness: 0 },
    summary(IN, { received: 1, delivered: 1, seenAs: "198.18.0.1:40000" }),
    // Its source address with the hello's port is a candidate, and this node knows nobody.
    { kind: "dial", session: OUT, address: address(PEER) },
    exchangeTimer(OUT),
    { kind: "set-timer", timer: { kind: "candidates" }, afterMs: 60_000 },
  ]);
  assert.deepEqual(bench.frame(IN, { kind: "bye" }), [
    clear(IN, "frame-deadline"),
    { kind: "close", session: IN },
  ]);
});

Deno.test("ids just offered are not offered back, nor those below the peer's horizon", () => {
  const bench = responder();
  bench.feed({ kind: "injected", message: fact(1) });
  bench.feed({ kind: "injected", message: fact(2) });
  const old = { ...fact(3), created: unixSeconds(1_700_000_000) };
  bench.feed({ kind: "injected", message: old });
  bench.frame(IN, {
    kind: "hello",
    port: 0,
    observed: address(OTHER),
    ...HELLO,
    horizon: unixSeconds(1_750_000_000),
  });
  const out = bench.frame(IN, offer(idOf(1)));
  assert.deepEqual(out.slice(0, 4).map((event) => event.kind === "send" && event.frame.kind), [
    false,
    "hello",
    "answer",
    "offer",
  ]);
  assert.deepEqual(out[0], { kind: "freshness-changed", id: idOf(1), freshness: 5 });
  assert.deepEqual(out[2], { kind: "send", session: IN, frame: answer(ANSWER.known) });
  assert.deepEqual(out[3], { kind: "send", session: IN, frame: offer(idOf(2)) });
});

Deno.test("a forged message: its result, then the exchange fails with blame", () => {
  const bench = responder({ nodes: { [PEER]: 6, [OTHER]: 6 } });
  bench.feed({ kind: "dial-failed", session: OUT });
  bench.frame(IN, hello(14_677));
  bench.frame(IN, offer(idOf(1), idOf(2)));
  bench.frame(IN, answer());
  const before = bench.frame(IN, { kind: "message", bytes: Uint8Array.of(1) });
  assert.equal(before[0]?.kind, "admit");
  assert.deepEqual(bench.admitted(IN, RESULT.forged), [
    { kind: "send", session: IN, frame: { kind: "result", code: RESULT.forged } },
    clear(IN, "frame-deadline"),
    clear(IN, "exchange-deadline"),
    { kind: "close", session: IN },
    { kind: "address-changed", address: address(PEER), freshness: 4 },
    summary(IN, { completed: false, reason: "refused", refused: 1 }),
  ]);
  // The second message is not looked at any more.
  assert.deepEqual(bench.frame(IN, { kind: "message", bytes: Uint8Array.of(2) }), []);
  assert.deepEqual(bench.feed({ kind: "closed", session: IN }), []);
});

Deno.test("results with blame are those of section 3; the others let the exchange go on", () => {
  for (const [name, code] of Object.entries(RESULT)) {
    const bench = responder();
    bench.frame(IN, hello(0));
    bench.frame(IN, offer(idOf(1)));
    bench.frame(IN, answer());
    bench.frame(IN, { kind: "message", bytes: Uint8Array.of(1) });
    const out = bench.admitted(IN, code);
    assert.deepEqual(
      out[0],
      { kind: "send", session: IN, frame: { kind: "result", code } },
      name,
    );
    const blamed = ["malformed", "tooLarge", "unstamped", "forged"].includes(name);
    assert.equal(out.some(({ kind }) => kind === "close"), blamed, name);
  }
});

Deno.test("what no frame allows there is a violation with blame", () => {
  const bytes = Uint8Array.of(1);
  const greet = (bench: Bench): void => void bench.frame(IN, hello(14_677));
  const heard = (bench: Bench): void => {
    greet(bench);
    bench.frame(IN, offer(idOf(9)));
  };
  const asked = (bench: Bench): void => {
    heard(bench);
    bench.frame(IN, answer());
  };
  const sent = (bench: Bench): void => {
    asked(bench);
    bench.frame(IN, { kind: "message", bytes });
  };
  const many = Array.from({ length: 17 }, (_, i) => idOf(i + 100));
  const none = (): void => {};
  const sync = { kind: "sync", from: unixSeconds(0), to: unixSeconds(1), bytes } as const;
  const cases: readonly [string, (bench: Bench) => void, Parameters<Bench["frame"]>[1]][] = [
    ["offer when hello was due", none, offer()],
    ["busy when hello was due", none, { kind: "busy", seconds: 5 }],
    ["hello when offer was due", greet, hello(14_677)],
    ["answer when offer was due", greet, answer()],
    ["bye when offer was due", greet, { kind: "bye" }],
    ["sync when offer was due", greet, sync],
    ["too many ids offered", greet, offer(...many)],
    ["an id offered twice", greet, offer(idOf(1), idOf(1))],
    ["answer of wrong length", heard, answer(ANSWER.want)],
    ["message when answer was due", heard, { kind: "message", bytes }],
    ["offer when answer was due", heard, offer()],
    ["more results than messages", asked, { kind: "result", code: RESULT.accepted }],
    ["unannounced stem message", asked, { kind: "stem", bytes }],
    ["unrequested message", sent, { kind: "message", bytes }],
  ];
  for (const [what, prepare, frame] of cases) {
    const bench = responder({ nodes: { [PEER]: 6 } });
    bench.feed({ kind: "dial-failed", session: OUT });
    prepare(bench);
    // Before its hello nobody knows where the peer could be dialled.
    const greeted = prepare !== none;
    const out = bench.frame(IN, frame).filter(({ kind }) => kind !== "clear-timer");
    const ended = { completed: false, reason: `violation: ${what}` };
    const changed: OutEvent = { kind: "address-changed", address: address(PEER), freshness: 4 };
    assert.deepEqual(
      out,
      [
        { kind: "close", session: IN },
        ...(greeted ? [changed] : []),
        summary(IN, greeted ? ended : { ...ended, address: address("45.1.2.3:50000") }),
      ],
      what,
    );
  }
});

Deno.test("exactly 16 ids are no violation", () => {
  const bench = responder();
  bench.frame(IN, hello(14_677));
  const out = bench.frame(IN, offer(...Array.from({ length: 16 }, (_, i) => idOf(i + 100))));
  assert.deepEqual(out[1], {
    kind: "send",
    session: IN,
    frame: answer(...new Array<0>(16).fill(ANSWER.want)),
  });
});

Deno.test("bytes up to the cap are admitted, the message beyond it is busy and ends it unblamed", () => {
  const bench = responder({ config: configWith({ bodyBytes: 100 }), nodes: { [PEER]: 5 } });
  bench.frame(IN, hello(14_677));
  bench.frame(IN, offer(idOf(1), idOf(2)));
  bench.frame(IN, answer());
  const first = bench.frame(IN, { kind: "message", bytes: new Uint8Array(100) });
  assert.equal(first[0]?.kind, "admit");
  // Its result waits for that of the first.
  assert.deepEqual(bench.frame(IN, { kind: "message", bytes: new Uint8Array(1) }), [
    clear(IN, "frame-deadline"),
  ]);
  assert.deepEqual(bench.admitted(IN, RESULT.known), [
    { kind: "send", session: IN, frame: { kind: "result", code: RESULT.known } },
    { kind: "send", session: IN, frame: { kind: "result", code: RESULT.busy } },
    clear(IN, "exchange-deadline"),
    { kind: "close", session: IN },
    summary(IN, { completed: false, reason: "too much" }),
  ]);
});

Deno.test("an offer holds no more bytes than an exchange may carry", () => {
  const bench = new Bench({ config: configWith({ bodyBytes: 1_000 }), nodes: { [PEER]: 6 } });
  for (let i = 1; i <= 3; i++) bench.feed({ kind: "injected", message: fact(i, 500) });
  bench.feed({ kind: "start" });
  const sent = bench.feed({ kind: "opened", session: OUT })[1];
  assert.equal(sent?.kind === "send" && sent.frame.kind === "offer" && sent.frame.ids.length, 2);
});

Deno.test("an empty message is no longer held: no blame, a result that keeps the order", () => {
  const bench = responder();
  bench.frame(IN, hello(0));
  bench.frame(IN, offer(idOf(1), idOf(2)));
  bench.frame(IN, answer());
  bench.frame(IN, { kind: "message", bytes: Uint8Array.of(1) });
  bench.frame(IN, { kind: "message", bytes: new Uint8Array() });
  const out = bench.admitted(IN, RESULT.accepted, fact(1));
  assert.deepEqual(out.filter(({ kind }) => kind === "send"), [
    { kind: "send", session: IN, frame: { kind: "result", code: RESULT.accepted } },
    { kind: "send", session: IN, frame: { kind: "result", code: RESULT.busy } },
  ]);
  assert.ok(out.some((event) => event.kind === "exchange-ended" && event.summary.completed));
});

Deno.test("stem messages that were announced are checked, and answered accepted though known", () => {
  const bench = responder();
  bench.frame(IN, hello(0));
  bench.frame(IN, offer());
  bench.frame(IN, { kind: "answer", codes: [], knewAddress: false, stems: 1 });
  const bytes = Uint8Array.of(1);
  assert.deepEqual(bench.frame(IN, { kind: "stem", bytes }), [
    {
      kind: "admit",
      session: IN,
      bytes,
      expected: undefined,
      purpose: "stem",
      prefix: prefixOf(address(PEER)),
      payer: "inbound 45.1.2.0/24",
      extraStampBits: 0,
      novelStatements: 1_200,
    },
    clear(IN, "frame-deadline"),
  ]);
  assert.deepEqual(bench.admitted(IN, RESULT.known)[0], {
    kind: "send",
    session: IN,
    frame: { kind: "result", code: RESULT.accepted },
  });
});

Deno.test("a responder that announces stem messages breaks the protocol", () => {
  const bench = initiator();
  bench.frame(OUT, hello(14_677));
  const out = bench.frame(OUT, { kind: "answer", codes: [], knewAddress: false, stems: 1 });
  assert.deepEqual(out, [
    clear(OUT, "exchange-deadline"),
    clear(OUT, "frame-deadline"),
    { kind: "close", session: OUT },
    { kind: "address-changed", address: address(PEER), freshness: 5 },
    summary(OUT, { completed: false, reason: "violation: stem messages from a responder" }),
  ]);
});

Deno.test("sync and fetch after the last result are answered by bye, without blame", () => {
  for (
    const frame of [
      { kind: "sync", from: unixSeconds(0), to: unixSeconds(9), bytes: Uint8Array.of(1) },
      { kind: "fetch", ids: [idOf(1)] },
    ] as const
  ) {
    const bench = responder();
    bench.frame(IN, hello(0));
    bench.frame(IN, offer());
    bench.frame(IN, answer());
    assert.deepEqual(bench.frame(IN, frame), [
      { kind: "send", session: IN, frame: { kind: "bye" } },
      clear(IN, "frame-deadline"),
      { kind: "close", session: IN },
    ]);
  }
});

Deno.test("deadlines fail an exchange and cost freshness", () => {
  const bench = initiator();
  const timer = { kind: "frame-deadline", session: OUT } as const;
  assert.deepEqual(
    bench.feed({ kind: "timer", timer }, 5_000),
    [
      clear(OUT, "exchange-deadline"),
      clear(OUT, "frame-deadline"),
      { kind: "close", session: OUT },
      { kind: "address-changed", address: address(PEER), freshness: 5 },
      summary(OUT, { completed: false, reason: "timeout" }),
    ].sort(byArmed),
  );
});

/** Timers are cleared in the order in which they were first set: the exchange's came first. */
function byArmed(): number {
  return 0;
}

Deno.test("a bad frame is blamed", () => {
  const bench = initiator();
  assert.deepEqual(bench.feed({ kind: "bad-frame", session: OUT }).slice(-3), [
    { kind: "close", session: OUT },
    { kind: "address-changed", address: address(PEER), freshness: 5 },
    summary(OUT, { completed: false, reason: "bad frame" }),
  ]);
});

Deno.test("a bad frame in the place of a message counts as a refused message", () => {
  const bench = responder();
  bench.frame(IN, hello(0));
  bench.frame(IN, offer(idOf(1), idOf(2)));
  bench.frame(IN, answer());
  bench.frame(IN, { kind: "message", bytes: Uint8Array.of(1) });
  assert.deepEqual(
    bench.feed({ kind: "bad-frame", session: IN }).at(-1),
    {
      kind: "exchange-ended",
      summary: {
        session: IN,
        address: address("45.1.2.3:50000"),
        outbound: false,
        completed: false,
        reason: "bad frame",
        received: 0,
        delivered: 0,
        known: 0,
        refused: 1,
      },
    },
  );
});
