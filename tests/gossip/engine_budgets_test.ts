/** What happens in an exchange when the peer's budgets are spent, exactly at the bound and over it. */
import assert from "node:assert/strict";
import { DEFAULT_CONFIG, type GossipConfig, type OutEvent } from "../../src/gossip/mod.ts";
import { ANSWER, RESULT } from "../../src/wire/frame.ts";
import {
  address,
  answer,
  type Bench,
  configWith,
  fact,
  hello,
  idOf,
  IN,
  initiator,
  offer,
  OUT,
  responder,
  sessionOf,
} from "./fixture.ts";

/** Budgets small enough to spend in a test. */
function budgetsOf(changes: Partial<GossipConfig["budgets"]>): GossipConfig {
  return configWith({ budgets: { ...DEFAULT_CONFIG.budgets, ...changes } });
}

const THREE = budgetsOf({ messageBudget: { burst: 3, perHour: 3_600 } });

function codesOf(out: readonly OutEvent[]): readonly number[] | undefined {
  return out.flatMap((event) =>
    event.kind === "send" && event.frame.kind === "answer" ? [event.frame.codes] : []
  )[0];
}

function resultsOf(out: readonly OutEvent[]): readonly number[] {
  return out.flatMap((event) =>
    event.kind === "send" && event.frame.kind === "result" ? [event.frame.code] : []
  );
}

/** Another connection of a host, as far as its offer. Answers what the node says to it. */
function offered(bench: Bench, n: number, { host, ids, port = 0 }: {
  readonly host: string;
  readonly ids: readonly number[];
  readonly port?: number;
}): readonly number[] | undefined {
  const session = sessionOf(2 ** 41 + n);
  bench.accept(session, `${host}:${50_000 + n}`, 250);
  bench.feed({ kind: "opened", session });
  bench.frame(session, hello(port));
  return codesOf(bench.frame(session, offer(...ids.map(idOf))));
}

Deno.test("novel messages over a prefix's budget are answered not now, known ones as ever", () => {
  const bench = responder({ config: THREE });
  bench.stored.add(idOf(9));
  bench.frame(IN, hello(14_677));
  const { want, known, notNow } = ANSWER;
  const codes = codesOf(bench.frame(IN, offer(idOf(1), idOf(9), idOf(2), idOf(3), idOf(4))));
  assert.deepEqual(codes, [want, known, want, want, notNow]);
  // The rest of the prefix shares it, others don't; a second brings one more.
  assert.deepEqual(offered(bench, 1, { host: "45.1.2.77", ids: [5] }), [notNow]);
  assert.deepEqual(offered(bench, 2, { host: "45.1.3.3", ids: [5] }), [want]);
  bench.now = bench.now + 500 as typeof bench.now;
  assert.deepEqual(offered(bench, 3, { host: "45.1.2.77", ids: [6, 7] }), [want, notNow]);
});

Deno.test("what a prefix spends by coming to us, a peer there that we dialled has left", () => {
  const bench = initiator({ config: THREE });
  const { want, notNow } = ANSWER;
  assert.deepEqual(offered(bench, 1, { host: "45.1.2.77", ids: [1, 2, 3, 4] }), [
    want,
    want,
    want,
    notNow,
  ]);
  bench.frame(OUT, hello(14_677));
  bench.frame(OUT, answer());
  assert.deepEqual(codesOf(bench.frame(OUT, offer(idOf(4), idOf(5)))), [want, want]);
});

Deno.test("only novel messages cost: known, gone and busy ones are given back, refused ones not", () => {
  const { want, notNow } = ANSWER;
  for (
    const [code, left] of [
      [RESULT.known, [want, notNow]],
      [RESULT.busy, [want, notNow]],
      [RESULT.outsideLifetime, [notNow, notNow]],
      // The exchange ends with it; the two that were still to come cost nothing.
      [RESULT.forged, [want, want]],
      ["empty", [want, notNow]],
      ["never sent", [want, want]],
    ] as const
  ) {
    const bench = responder({ config: THREE });
    bench.frame(IN, hello(14_677));
    bench.frame(IN, offer(idOf(1), idOf(2), idOf(3)));
    bench.frame(IN, answer());
    if (code === "never sent") bench.feed({ kind: "closed", session: IN });
    else bench.frame(IN, { kind: "message", bytes: new Uint8Array(code === "empty" ? 0 : 10) });
    if (typeof code === "number") bench.admitted(IN, code);
    assert.deepEqual(offered(bench, 1, { host: "45.1.2.77", ids: [4, 5] }), left);
  }
});

Deno.test("stem messages cost their prefix too; over the budget they vanish, answered accepted", () => {
  const bench = responder({ config: THREE });
  bench.frame(IN, hello(14_677));
  bench.frame(IN, offer(idOf(1), idOf(2)));
  bench.frame(IN, { kind: "answer", codes: [], knewAddress: false, stems: 2 });
  for (const n of [1, 2]) {
    bench.frame(IN, { kind: "message", bytes: new Uint8Array(10) });
    bench.admitted(IN, RESULT.accepted, fact(n));
  }
  const stem = { kind: "stem", bytes: new Uint8Array(10) } as const;
  const within = bench.frame(IN, stem);
  assert.equal(within.filter(({ kind }) => kind === "admit").length, 1);
  const over = bench.frame(IN, stem);
  assert.equal(over.filter(({ kind }) => kind === "admit").length, 0);
  // In the order of the messages, and the same for both.
  const { engine, now } = bench;
  const out = engine.handle(
    { kind: "admitted", session: IN, code: RESULT.accepted, purpose: "stem", message: undefined },
    now,
  );
  assert.deepEqual([...resultsOf(over), ...resultsOf(out)], [RESULT.accepted, RESULT.accepted]);
});

Deno.test("a prefix names 16 candidates, its own included, and the seventeenth is ignored", () => {
  const bench = responder();
  const tell = (n: number, port = 0): void => {
    const session = sessionOf(2 ** 41 + n);
    bench.accept(session, `45.1.2.77:${50_000 + n}`, 250);
    bench.feed({ kind: "opened", session });
    bench.frame(session, hello(port));
    const told = port > 0 ? undefined : address(`${50 + n}.1.2.3:14677`);
    bench.frame(session, { kind: "offer", ids: [], address: told });
    bench.frame(session, answer());
    bench.frame(session, { kind: "bye" });
    bench.feed({ kind: "closed", session });
  };
  // Half of them come to be known by the port in a completed exchange's hello.
  for (let n = 0; n < 6; n++) tell(n, 2_000 + n);
  for (let n = 6; n < 16; n++) tell(n);
  assert.equal(bench.engine.sizes.candidates, 16);
  tell(16);
  tell(17, 2_017);
  assert.equal(bench.engine.sizes.candidates, 16);
});

Deno.test("nobody freshens or loses freshness by a budget that is spent", () => {
  const bench = responder({ config: THREE, nodes: { "45.1.2.3:14677": 3 } });
  bench.frame(IN, hello(14_677));
  const out = bench.frame(IN, offer(...[1, 2, 3, 4, 5].map(idOf)));
  assert.ok(!out.some(({ kind }) => kind === "address-changed" || kind === "close"));
});
