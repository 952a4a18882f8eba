/** The stem in exchanges: what goes along with them, and that nobody can see what is on its stem. */
import assert from "node:assert/strict";
import type { OutEvent, SessionId } from "../../src/gossip/mod.ts";
import { ANSWER, RESULT, type ResultCode } from "../../src/wire/frame.ts";
import {
  address,
  answer,
  Bench,
  configWith,
  fact,
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
} from "./fixture.ts";

const BYTES = Uint8Array.of(7);

/** What the owner says, for an engine that knows PEER alone. */
function own(n: number): Parameters<Bench["feed"]>[0] {
  return { kind: "own-message", message: fact(n), bytes: BYTES, origin: "me" };
}

function frames(out: readonly OutEvent[], kind: string): readonly unknown[] {
  return out.flatMap((event) =>
    event.kind === "send" && event.frame.kind === kind ? [event.frame] : []
  );
}

/** PEER hands a stem message on; what that brought forth. */
function arrive(bench: Bench, n: number, code: ResultCode = RESULT.accepted): OutEvent[] {
  bench.frame(IN, { kind: "stem", bytes: BYTES });
  const message = code === RESULT.accepted ? fact(n) : undefined;
  return bench.feed({ kind: "admitted", session: IN, code, purpose: "stem", message });
}

/** A responder to whom PEER is about to hand on so many stem messages. */
function relay(stems: number, nodes: Record<string, number> = { [OTHER]: 6 }): Bench {
  const bench = responder({ nodes });
  // What it dialled at its start is of no interest here.
  bench.feed({ kind: "dial-failed", session: OUT });
  bench.frame(IN, hello(14_677));
  bench.frame(IN, offer());
  bench.frame(IN, { kind: "answer", codes: [], knewAddress: false, stems });
  return bench;
}

Deno.test("an own message goes along with the next exchange, behind what is wanted, announced", () => {
  const bench = initiator({ messages: [{ message: fact(1), freshness: 6 }] });
  assert.deepEqual(bench.feed(own(2)), []);
  bench.frame(OUT, hello(14_677));
  bench.frame(OUT, answer(ANSWER.want));
  const out = bench.frame(OUT, offer());
  assert.deepEqual(frames(out, "answer"), [
    { kind: "answer", codes: [], knewAddress: false, stems: 1 },
  ]);
  const sent = out.filter((event) =>
    event.kind === "send-message" || (event.kind === "send" && event.frame.kind === "stem")
  );
  assert.deepEqual(sent.map(({ kind }) => kind), ["send-message", "send"]);
  // The exchange is over when both were answered.
  bench.frame(OUT, { kind: "result", code: RESULT.accepted });
  const end = bench.frame(OUT, { kind: "result", code: RESULT.accepted });
  const ended = end.find((event) => event.kind === "exchange-ended");
  assert.ok(ended?.kind === "exchange-ended" && ended.summary.completed);
  assert.equal(ended.summary.delivered, 1, "A stem message counts as delivered");
});

Deno.test("the next exchange is with the stem peer; with `--eager` it starts at once", () => {
  const nodes = Object.fromEntries(
    Array.from({ length: 30 }, (_, i) => [`${30 + i}.1.2.3:14677`, 6]),
  );
  const eager = new Bench({ nodes, config: configWith({}, { ride: false }) });
  eager.feed({ kind: "start" });
  eager.feed({ kind: "dial-failed", session: OUT });
  assert.equal(eager.feed(own(1), 5_000).filter(({ kind }) => kind === "dial").length, 1);

  const quiet = new Bench({ nodes, config: configWith({ retries: 0 }) });
  quiet.feed({ kind: "start" });
  quiet.feed({ kind: "dial-failed", session: OUT });
  assert.deepEqual(quiet.feed(own(1), 5_000), []);
  const dialled = quiet.feed({ kind: "timer", timer: { kind: "gossip" } }, 20_000)
    .flatMap((event) => event.kind === "dial" ? [event.address] : []);
  assert.equal(dialled.length, 1);
  quiet.feed({ kind: "opened", session: sessionOf(2) });
  quiet.frame(sessionOf(2), hello(14_677));
  quiet.frame(sessionOf(2), answer());
  assert.equal(frames(quiet.frame(sessionOf(2), offer()), "stem").length, 1);
});

Deno.test("somebody else's stem message starts an exchange with a stem peer at once", () => {
  const bench = relay(2);
  const out = arrive(bench, 1);
  assert.deepEqual(frames(out, "result"), [{ kind: "result", code: RESULT.accepted }]);
  const dials = out.flatMap((event) => event.kind === "dial" ? [event.address] : []);
  assert.deepEqual(dials, [address(OTHER)]);
  bench.feed({ kind: "opened", session: sessionOf(2) });
  bench.frame(sessionOf(2), hello(14_677));
  bench.frame(sessionOf(2), answer());
  assert.equal(frames(bench.frame(sessionOf(2), offer()), "stem").length, 1);
});

Deno.test("it isn't handed back to whom it came from: then it is normal", () => {
  const out = arrive(relay(1, { [PEER]: 6 }), 1);
  assert.deepEqual(out.filter(({ kind }) => kind === "publish"), [
    { kind: "publish", id: idOf(1), bytes: BYTES, prefix: "45.1.2.0/24" },
  ]);
  assert.equal(out.some(({ kind }) => kind === "dial"), false);
});

Deno.test("what comes from one host counts for the host, whatever ports its hellos claim", () => {
  const prefixes: string[] = [];
  for (let n = 0; n < 3; n++) {
    const bench = responder({ nodes: {} });
    const session = sessionOf(2 ** 40 + 10 + n);
    bench.accept(session, `10.1.2.3:${50_000 + n}`, 1_000);
    bench.feed({ kind: "opened", session });
    bench.frame(session, hello(20_000 + n));
    bench.frame(session, offer(idOf(10 + n)));
    bench.frame(session, { kind: "answer", codes: [], knewAddress: false, stems: 1 });
    const out = [
      ...bench.frame(session, { kind: "message", bytes: BYTES }),
      ...bench.frame(session, { kind: "stem", bytes: BYTES }),
      ...bench.feed({
        kind: "admitted",
        session,
        code: RESULT.accepted,
        purpose: "offered",
        message: fact(10 + n),
      }),
      // Nobody is known to whom it could go on: it is normal at once.
      ...bench.feed({
        kind: "admitted",
        session,
        code: RESULT.accepted,
        purpose: "stem",
        message: fact(20 + n),
      }),
    ];
    const kinds = out.flatMap((event) =>
      event.kind === "admit" || event.kind === "publish" ? [event] : []
    );
    assert.deepEqual(kinds.map(({ kind }) => kind), ["admit", "admit", "publish"]);
    prefixes.push(...kinds.map(({ prefix }) => prefix ?? "none"));
  }
  assert.deepEqual(new Set(prefixes), new Set(["10.1.2.3"]));
});

Deno.test("what is on its stem is wanted when offered, and offered to nobody", () => {
  const bench = relay(1);
  arrive(bench, 1);
  assert.equal(bench.engine.sizes.stems, 1);
  const second = sessionOf(2 ** 40 + 1);
  bench.accept(second, "60.1.2.3:50000");
  bench.feed({ kind: "opened", session: second });
  bench.frame(second, hello(0));
  const out = bench.frame(second, offer(idOf(1)));
  assert.deepEqual(frames(out, "answer"), [
    { kind: "answer", codes: [ANSWER.want], knewAddress: false, stems: 0 },
  ]);
  assert.deepEqual(frames(out, "offer").map((frame) => (frame as { ids: unknown }).ids), [[]]);
  bench.frame(second, answer());
  bench.frame(second, { kind: "message", bytes: BYTES });
  bench.admitted(second, RESULT.accepted, fact(1));
  // As a normal message it leaves the stem, without being published besides.
  assert.deepEqual([bench.engine.sizes.stems, bench.engine.sizes.fresh], [0, 1]);
});

Deno.test("known or not, the answer is accepted; forged is forged, and blamed", () => {
  const bench = relay(3, { [OTHER]: 6, [PEER]: 6 });
  const result = (out: readonly OutEvent[]): unknown => frames(out, "result");
  const accepted = [{ kind: "result", code: RESULT.accepted }];
  assert.deepEqual(result(arrive(bench, 1)), accepted);
  assert.deepEqual(result(arrive(bench, 2, RESULT.known)), accepted);
  const out = arrive(bench, 3, RESULT.forged);
  assert.deepEqual(result(out), [{ kind: "result", code: RESULT.forged }]);
  assert.ok(out.some((event) => event.kind === "address-changed" && event.freshness === 5));
  assert.ok(out.some((event) => event.kind === "close"));
});

Deno.test("a stem message that was normal meanwhile is no second time, and goes nowhere", () => {
  const bench = relay(2);
  bench.frame(IN, { kind: "stem", bytes: BYTES });
  bench.stored.add(idOf(1));
  const verdict = { code: RESULT.accepted, purpose: "stem", message: fact(1) } as const;
  const out = bench.feed({ kind: "admitted", session: IN, ...verdict });
  assert.equal(out.some(({ kind }) => kind === "publish" || kind === "dial"), false);
  assert.equal(bench.engine.sizes.stems, 0);
});

Deno.test("at the end of its embargo it is published, and offered once it is stored", () => {
  const bench = relay(1);
  const timer = arrive(bench, 1).find((event) =>
    event.kind === "set-timer" && event.timer.kind === "stem"
  );
  assert.ok(timer?.kind === "set-timer" && timer.afterMs > 15_000);
  const out = bench.feed({ kind: "timer", timer: { kind: "stem" } }, timer.afterMs);
  assert.equal(out.filter(({ kind }) => kind === "publish").length, 1);
  assert.equal(bench.engine.sizes.fresh, 0);
  const stored = bench.feed({ kind: "injected", message: fact(1) });
  assert.equal(bench.engine.sizes.fresh, 1);
  assert.equal(stored.some(({ kind }) => kind === "dial"), false);
});

Deno.test("a flood of stem messages: bounded, in at most one exchange more at a time, and gossip goes on", () => {
  const nodes = { [OTHER]: 6, "47.1.2.3:14677": 6, "48.1.2.3:14677": 6 };
  const bench = relay(5_000, nodes);
  for (let n = 1; n <= 2_000; n++) arrive(bench, n);
  const { stems, sessions, inbound } = bench.engine.sizes;
  assert.ok(stems <= 1_024);
  // Two stem peers at most are dialled for it, so places are left for what else is to be said.
  assert.ok(sessions - inbound <= 2, `${sessions - inbound}`);
  const out = bench.feed({ kind: "timer", timer: { kind: "gossip" } }, 20_000);
  assert.equal(out.filter(({ kind }) => kind === "dial").length, 1);
});

Deno.test("an own message doesn't go along with an exchange that a peer brought about", () => {
  for (const provoke of ["stem", "message"] as const) {
    const bench = relay(provoke === "stem" ? 1 : 0);
    bench.feed(own(9));
    if (provoke === "stem") arrive(bench, 1);
    else {
      const other = sessionOf(2 ** 40 + 1);
      bench.accept(other, "60.1.2.3:50000");
      bench.feed({ kind: "opened", session: other });
      bench.frame(other, hello(0));
      bench.frame(other, offer(idOf(1)));
      bench.frame(other, answer());
      bench.frame(other, { kind: "message", bytes: BYTES });
      bench.admitted(other, RESULT.accepted, fact(1));
    }
    const stemsIn = (session: SessionId): number => {
      const [offered] = frames(bench.feed({ kind: "opened", session }), "offer");
      const { ids } = offered as { readonly ids: readonly string[] };
      bench.frame(session, hello(14_677));
      bench.frame(session, answer(...ids.map(() => ANSWER.known)));
      const stems = frames(bench.frame(session, offer()), "stem").length;
      for (let n = 0; n < stems; n++) {
        bench.frame(session, { kind: "result", code: RESULT.accepted });
      }
      bench.feed({ kind: "closed", session });
      return stems;
    };
    // The spy at the other end finds what it sent itself, and nothing else.
    assert.equal(stemsIn(sessionOf(2)), provoke === "stem" ? 1 : 0);
    // Whatever else peers bring about, and then the period.
    const next = bench.feed({ kind: "timer", timer: { kind: "gossip" } }, 5_000);
    const dial = next.find((event) => event.kind === "dial");
    assert.ok(dial?.kind === "dial");
    assert.equal(stemsIn(dial.session), 1);
  }
});
