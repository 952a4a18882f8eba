/** What the engine answers to each event of an exchange, as whole lists. */
import assert from "node:assert/strict";
import type { OutEvent, SessionId } from "../../src/gossip/mod.ts";
import { ANSWER, RESULT } from "../../src/wire/frame.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import {
  address,
  answer,
  Bench,
  configWith,
  fact,
  HELLO,
  hello,
  idOf,
  offer,
  PERIOD_MS,
  sessionOf,
} from "./fixture.ts";

const PEER = "45.1.2.3:14677";
const OTHER = "46.1.2.3:14677";
const IN = sessionOf(2 ** 40);
const OUT = sessionOf(1);

const gossipTimer = { kind: "set-timer", timer: { kind: "gossip" }, afterMs: PERIOD_MS } as const;

function frameTimer(session: SessionId, afterMs = 10_000): OutEvent {
  return { kind: "set-timer", timer: { kind: "frame-deadline", session }, afterMs };
}

function exchangeTimer(session: SessionId): OutEvent {
  return { kind: "set-timer", timer: { kind: "exchange-deadline", session }, afterMs: 60_000 };
}

function clear(session: SessionId, kind: "frame-deadline" | "exchange-deadline"): OutEvent {
  return { kind: "clear-timer", timer: { kind, session } };
}

function ageTimer(afterMs = 3_600_000): OutEvent {
  return { kind: "set-timer", timer: { kind: "age" }, afterMs };
}

/** A started engine that knows nobody, with a connection from PEER on which hello is due. */
function responder(options: ConstructorParameters<typeof Bench>[0] = {}): Bench {
  const bench = new Bench(options);
  bench.feed({ kind: "start" });
  bench.accept(IN, "45.1.2.3:50000");
  bench.feed({ kind: "opened", session: IN });
  return bench;
}

/** An engine that dialled PEER and has sent hello and offer. */
function initiator(options: ConstructorParameters<typeof Bench>[0] = {}): Bench {
  const bench = new Bench({ nodes: { [PEER]: 6 }, ...options });
  bench.feed({ kind: "start" });
  bench.feed({ kind: "opened", session: OUT });
  return bench;
}

function summary(session: SessionId, changes: Record<string, unknown> = {}): OutEvent {
  return {
    kind: "exchange-ended",
    summary: {
      session,
      address: address(PEER),
      outbound: session === OUT,
      completed: true,
      reason: undefined,
      received: 0,
      delivered: 0,
      known: 0,
      refused: 0,
      ...changes,
    },
  } as OutEvent;
}

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
  assert.deepEqual(bench.frame(OUT, hello(14_677)), [frameTimer(OUT)]);
  assert.deepEqual(bench.frame(OUT, answer(ANSWER.want)), [frameTimer(OUT)]);
  assert.deepEqual(bench.frame(OUT, offer(idOf(2))), [
    { kind: "send", session: OUT, frame: answer(ANSWER.want) },
    { kind: "send-message", session: OUT, id: idOf(1) },
    frameTimer(OUT),
  ]);
  const bytes = Uint8Array.of(7);
  assert.deepEqual(bench.frame(OUT, { kind: "message", bytes }), [
    { kind: "admit", session: OUT, bytes, expected: idOf(2) },
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
  assert.deepEqual(bench.feed({ kind: "start" }), [gossipTimer, ageTimer()]);
  assert.deepEqual(bench.accept(IN, "45.1.2.3:50000"), [
    { kind: "handshake", session: IN },
    frameTimer(IN, 5_000),
    exchangeTimer(IN),
  ]);
  assert.deepEqual(bench.feed({ kind: "opened", session: IN }), []);
  assert.deepEqual(bench.frame(IN, hello(14_677)), [frameTimer(IN)]);
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
    summary(IN, { received: 1, delivered: 1 }),
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
    { kind: "admit", session: IN, bytes, expected: undefined },
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

Deno.test("a busy node is left alone for as long as it says, and another one is dialled", () => {
  const bench = initiator({ nodes: { [PEER]: 6, [OTHER]: 6 } });
  const out = bench.frame(OUT, { kind: "busy", seconds: 600 });
  assert.deepEqual(out.slice(-2), [
    { kind: "dial", session: sessionOf(2), address: address(OTHER) },
    exchangeTimer(sessionOf(2)),
  ]);
  assert.ok(!out.some(({ kind }) => kind === "address-changed"));
  bench.feed({ kind: "closed", session: OUT });
  bench.feed({ kind: "dial-failed", session: sessionOf(2) });
  const dialled = (afterMs: number): unknown =>
    bench.feed({ kind: "timer", timer: { kind: "gossip" } }, afterMs)
      .flatMap((event) => event.kind === "dial" ? event.address : []);
  assert.deepEqual(dialled(599_000), [address(OTHER)]);
  assert.deepEqual(dialled(1_000), [address(PEER)]);
});

Deno.test("a failed dial is tried with another peer, three times", () => {
  const nodes = Object.fromEntries([1, 2, 3, 4, 5, 6].map((i) => [`4${i}.1.2.3:14677`, 6]));
  const bench = new Bench({ nodes });
  bench.feed({ kind: "start" });
  const dialled = [1, 2, 3, 4].map((n) =>
    bench.feed({ kind: "dial-failed", session: sessionOf(n) }, 1_000)
      .flatMap((event) => event.kind === "dial" ? event.address : [])
  );
  assert.deepEqual(dialled.map((addresses) => addresses.length), [1, 1, 1, 0]);
  assert.equal(new Set(dialled.flat()).size, 3);
});

Deno.test("offline, failures to reach others cost nobody freshness; blame always does", () => {
  const bench = new Bench({ nodes: { [PEER]: 6 } });
  bench.feed({ kind: "start" });
  const early = bench.feed({ kind: "dial-failed", session: OUT }, 119_999);
  assert.ok(early.some(({ kind }) => kind === "address-changed"));
  bench.feed({ kind: "timer", timer: { kind: "gossip" } });
  const late = bench.feed({ kind: "dial-failed", session: sessionOf(2) }, 1);
  assert.ok(!late.some(({ kind }) => kind === "address-changed"));
  bench.feed({ kind: "timer", timer: { kind: "gossip" } });
  const blamed = bench.feed({ kind: "bad-frame", session: sessionOf(3) });
  assert.ok(blamed.some(({ kind }) => kind === "address-changed"));
});

Deno.test("dialling oneself is noticed by the address that both ends see, and not repeated", () => {
  const bench = new Bench({ nodes: { [PEER]: 6 } });
  bench.feed({ kind: "start" });
  bench.accept(IN, "45.1.2.3:51000");
  bench.feed({ kind: "opened", session: OUT });
  assert.deepEqual(bench.frame(OUT, hello(14_677, "45.1.2.3:51000")), [
    { kind: "address-gone", address: address(PEER) },
    clear(OUT, "exchange-deadline"),
    clear(OUT, "frame-deadline"),
    { kind: "close", session: OUT },
    summary(OUT, { completed: false, reason: "this node itself" }),
  ]);
  bench.feed({ kind: "closed", session: OUT });
  bench.feed({ kind: "closed", session: IN });
  const event = { kind: "address-heard", address: address(PEER), source: "beacon" } as const;
  assert.deepEqual(bench.feed(event), []);
});

Deno.test("an own message rides on the next exchange; without `ride` it starts one", () => {
  const quiet = new Bench({ nodes: { [PEER]: 6 } });
  quiet.feed({ kind: "start" });
  quiet.feed({ kind: "dial-failed", session: OUT });
  const injected = { kind: "injected", message: fact(1) } as const;
  const changed = { kind: "freshness-changed", id: idOf(1), freshness: 6 } as const;
  assert.deepEqual(quiet.feed(injected, 1_000), [changed, ageTimer()]);

  const eager = new Bench({ config: configWith({}, { ride: false }), nodes: { [PEER]: 6 } });
  eager.feed({ kind: "start" });
  eager.feed({ kind: "dial-failed", session: OUT });
  assert.deepEqual(eager.feed(injected, 1_000), [
    changed,
    { kind: "dial", session: sessionOf(2), address: address(PEER) },
    exchangeTimer(sessionOf(2)),
    ageTimer(),
  ]);
});

Deno.test("four exchanges start in a second; more wait and become one", () => {
  const nodes = Object.fromEntries([1, 2, 3, 4, 5, 6].map((i) => [`4${i}.1.2.3:14677`, 6]));
  const config = configWith({ retries: 0 }, { ride: false });
  const bench = new Bench({ nodes, config });
  bench.feed({ kind: "start" });
  let next = 1;
  const injectAndFail = (): number => {
    const out = bench.feed({ kind: "injected", message: fact(next) }, 10);
    bench.feed({ kind: "dial-failed", session: sessionOf(++next) });
    return out.filter(({ kind }) => kind === "dial").length;
  };
  bench.feed({ kind: "dial-failed", session: sessionOf(1) });
  assert.deepEqual([1, 2, 3].map(injectAndFail), [1, 1, 1]);
  const waiting = bench.feed({ kind: "injected", message: fact(50) }, 10);
  assert.deepEqual(waiting.slice(1), [
    { kind: "set-timer", timer: { kind: "dial" }, afterMs: 960 },
  ]);
  assert.equal(bench.feed({ kind: "injected", message: fact(51) }).length, 1);
  const later = bench.feed({ kind: "timer", timer: { kind: "dial" } }, 960);
  assert.equal(later.filter(({ kind }) => kind === "dial").length, 1);
});

Deno.test("no fifth outbound exchange is opened; the end of one lets the next start", () => {
  const nodes = Object.fromEntries([1, 2, 3, 4, 5, 6].map((i) => [`4${i}.1.2.3:14677`, 6]));
  const bench = new Bench({ nodes, config: configWith({}, { ride: false }) });
  bench.feed({ kind: "start" });
  const dials = [1, 2, 3, 4].map((n) =>
    bench.feed({ kind: "injected", message: fact(n) }, 1_000)
      .filter(({ kind }) => kind === "dial").length
  );
  assert.deepEqual(dials, [1, 1, 1, 0]);
  const freed = bench.feed({ kind: "closed", session: OUT }, 1_000);
  assert.equal(freed.filter(({ kind }) => kind === "dial").length, 1);
});

Deno.test("what was learned in an exchange that then failed starts none", () => {
  const bench = responder({ nodes: { [OTHER]: 6 } });
  bench.feed({ kind: "dial-failed", session: OUT });
  bench.frame(IN, hello(0));
  bench.frame(IN, offer(idOf(1), idOf(2)));
  bench.frame(IN, answer());
  bench.frame(IN, { kind: "message", bytes: Uint8Array.of(1) });
  bench.admitted(IN, RESULT.accepted, fact(1));
  const out = bench.feed({ kind: "closed", session: IN }, 5_000);
  assert.ok(!out.some(({ kind }) => kind === "dial"));
  assert.ok(out.some((event) => event.kind === "exchange-ended" && !event.summary.completed));
});

Deno.test("delivering something still at F goes on at once, unless `delivered` is off", () => {
  for (const delivered of [true, false]) {
    const bench = new Bench({
      nodes: { [PEER]: 6, [OTHER]: 6 },
      config: configWith({}, { delivered }),
    });
    bench.feed({ kind: "injected", message: fact(1) });
    bench.feed({ kind: "start" });
    bench.feed({ kind: "opened", session: OUT });
    bench.frame(OUT, hello(14_677));
    bench.frame(OUT, answer(ANSWER.want));
    bench.frame(OUT, offer());
    const out = bench.frame(OUT, { kind: "result", code: RESULT.accepted });
    assert.equal(out.some(({ kind }) => kind === "dial"), delivered);
  }
});

Deno.test("an id asked for elsewhere is in flight: for 3 s, twice in all, once a prefix", () => {
  const bench = new Bench();
  bench.feed({ kind: "start" });
  let next = 2 ** 40;
  const askFrom = (remote: string, afterMs = 1): number | undefined => {
    const session = sessionOf(next++);
    bench.accept(session, remote, afterMs);
    bench.feed({ kind: "opened", session });
    bench.frame(session, hello(0));
    const out = bench.frame(session, offer(idOf(1)));
    const sent = out.flatMap((event) =>
      event.kind === "send" && event.frame.kind === "answer" ? event.frame.codes : []
    );
    return sent[0];
  };
  assert.equal(askFrom("45.0.0.1:50000"), ANSWER.want);
  assert.equal(askFrom("46.0.0.1:50000"), ANSWER.inFlight);
  assert.equal(askFrom("46.0.0.2:50000"), ANSWER.want, "the same prefix again");
  assert.equal(askFrom("47.0.0.1:50000"), ANSWER.inFlight);
  assert.equal(askFrom("48.0.0.1:50000"), ANSWER.want, "a third time");

  const slow = new Bench();
  slow.feed({ kind: "start" });
  const held = [0, 2_999, 1].map((afterMs, i) => {
    const session = sessionOf(2 ** 40 + i);
    slow.accept(session, `${50 + i}.0.0.1:50000`, afterMs);
    slow.feed({ kind: "opened", session });
    slow.frame(session, hello(0));
    return slow.frame(session, offer(idOf(1))).flatMap((event) =>
      event.kind === "send" && event.frame.kind === "answer" ? event.frame.codes : []
    )[0];
  });
  assert.deepEqual(held, [ANSWER.want, ANSWER.inFlight, ANSWER.want]);
});

Deno.test("when who owes an id hangs up, the next is asked at once", () => {
  const bench = responder();
  bench.frame(IN, hello(0));
  bench.frame(IN, offer(idOf(1)));
  bench.feed({ kind: "closed", session: IN });
  const session = sessionOf(2 ** 40 + 1);
  bench.accept(session, "46.0.0.1:50000");
  bench.feed({ kind: "opened", session });
  bench.frame(session, hello(0));
  assert.deepEqual(bench.frame(session, offer(idOf(1)))[1], {
    kind: "send",
    session,
    frame: answer(ANSWER.want),
  });
});

Deno.test("addresses: who tells ours or a known one is told so, and told ones are candidates", () => {
  const own = address("45.9.9.9:14677");
  const bench = responder({ self: { port: 14_677, addresses: [own] }, nodes: { [OTHER]: 6 } });
  bench.frame(IN, hello(0));
  const out = bench.frame(IN, { kind: "offer", ids: [], address: address("60.1.1.1:14677") });
  assert.deepEqual(out.slice(0, 4), [
    { kind: "address-changed", address: address("60.1.1.1:14677"), freshness: 0 },
    {
      kind: "send",
      session: IN,
      frame: { kind: "hello", port: 14_677, observed: address("45.1.2.3:50000"), ...HELLO },
    },
    { kind: "send", session: IN, frame: answer() },
    { kind: "send", session: IN, frame: { kind: "offer", ids: [], address: address(OTHER) } },
  ]);
  // The peer knew what we told it: told less often from now on.
  assert.deepEqual(
    bench.frame(IN, { kind: "answer", codes: [], knewAddress: true, stems: 0 })[0],
    { kind: "address-changed", address: address(OTHER), freshness: 5 },
  );
  for (const told of [own, address(OTHER)]) {
    const again = responder({ self: { port: 1, addresses: [own] }, nodes: { [OTHER]: 1 } });
    again.frame(IN, hello(0));
    const sent = again.frame(IN, { kind: "offer", ids: [], address: told });
    assert.deepEqual(sent[1], {
      kind: "send",
      session: IN,
      frame: { kind: "answer", codes: [], knewAddress: true, stems: 0 },
    });
  }
});

Deno.test("a stranger talks nobody into dialling private ranges, low ports or this host", () => {
  const lies = ["192.168.1.1:14677", "127.0.0.1:14677", "60.1.1.1:22", "203.0.113.7:14677"];
  for (const told of lies) {
    const bench = responder();
    bench.frame(IN, hello(22));
    bench.frame(IN, { kind: "offer", ids: [], address: address(told) });
    bench.frame(IN, answer());
    assert.equal(bench.engine.sizes.candidates, 0, told);
  }
});

Deno.test("the initiator offers its own address of the peer's range", () => {
  const addresses = ["192.168.1.7:14677", "62.1.1.1:14677", "127.0.0.1:14677"].map(address);
  for (
    const [peer, own] of [
      ["192.168.1.9:14677", "192.168.1.7:14677"],
      ["63.1.1.1:14677", "62.1.1.1:14677"],
      ["127.0.0.1:9000", "127.0.0.1:14677"],
    ] as const
  ) {
    const bench = new Bench({ nodes: { [peer]: 6 }, self: { port: 14_677, addresses } });
    bench.feed({ kind: "start" });
    const sent = bench.feed({ kind: "opened", session: OUT })[1];
    assert.deepEqual(sent, {
      kind: "send",
      session: OUT,
      frame: { kind: "offer", ids: [], address: address(own) },
    });
  }
});

Deno.test("one's own observed address counts when dialled peers of three groups agree", () => {
  const nodes = Object.fromEntries([1, 2, 3, 4].map((i) => [`4${i}.1.2.3:14677`, 6]));
  const bench = new Bench({ nodes, config: configWith({ maxOutbound: 10 }, { ride: false }) });
  bench.feed({ kind: "start" });
  const offered = [1, 2, 3, 4].map((n) => {
    const sent = bench.feed({ kind: "opened", session: sessionOf(n) })[1];
    bench.frame(sessionOf(n), hello(14_677, `62.5.5.5:${40_000 + n}`));
    bench.feed({ kind: "injected", message: fact(n) }, 1_000);
    return sent?.kind === "send" && sent.frame.kind === "offer" ? sent.frame.address : null;
  });
  assert.deepEqual(offered, [undefined, undefined, undefined, address("62.5.5.5:14677")]);
});

Deno.test("stop closes everything, blames nobody, and nothing starts after it", () => {
  const bench = initiator();
  assert.deepEqual(bench.feed({ kind: "stop" }), [
    clear(OUT, "exchange-deadline"),
    clear(OUT, "frame-deadline"),
    { kind: "close", session: OUT },
    summary(OUT, { completed: false, reason: "stopped" }),
    { kind: "clear-timer", timer: { kind: "gossip" } },
  ]);
  assert.deepEqual(bench.feed({ kind: "closed", session: OUT }), []);
  assert.deepEqual(bench.accept(IN, "45.1.2.3:50000"), [{ kind: "close", session: IN }]);
});

Deno.test("a message that got stored after its exchange ended is talked about all the same", () => {
  const bench = responder();
  bench.frame(IN, hello(0));
  bench.frame(IN, offer(idOf(1)));
  bench.frame(IN, answer());
  bench.frame(IN, { kind: "message", bytes: Uint8Array.of(1) });
  bench.feed({ kind: "closed", session: IN });
  assert.deepEqual(bench.admitted(IN, RESULT.accepted, fact(1)), [
    { kind: "freshness-changed", id: idOf(1), freshness: 6 },
    ageTimer(),
  ]);
});

Deno.test("a clock that is set back moves no deadline by that much", () => {
  const bench = new Bench({ config: configWith({}, { ride: false }), nodes: { [PEER]: 6 } });
  bench.feed({ kind: "start" });
  bench.feed({ kind: "dial-failed", session: OUT });
  const out = bench.feed({ kind: "injected", message: fact(1) }, -86_400_000);
  assert.equal(out.filter(({ kind }) => kind === "dial").length, 1);
});
