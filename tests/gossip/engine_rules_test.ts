/** When the engine starts exchanges, whom it asks, and what it makes of addresses. */
import assert from "node:assert/strict";
import type { OutEvent } from "../../src/gossip/mod.ts";
import { ANSWER, RESULT } from "../../src/wire/frame.ts";
import {
  address,
  answer,
  Bench,
  clear,
  configWith,
  exchangeTimer,
  fact,
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
  // Not all come back at the same moment: a random part of a quarter is added.
  assert.deepEqual(dialled(75_999), []);
  assert.deepEqual(dialled(1), [address(PEER)]);
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

Deno.test("what the DHT names is a candidate by the rule for what its teller may name", () => {
  const heard = (text: string, from: string): number => {
    const bench = new Bench();
    const event = { kind: "address-heard", address: address(text), source: "dht" } as const;
    bench.feed({ ...event, from: address(from) });
    return bench.engine.sizes.candidates;
  };
  const outside = "8.8.4.4:6881";
  assert.equal(heard("41.1.2.3:14677", outside), 1);
  for (const no of ["10.0.0.1:14677", "127.0.0.1:14677", "41.1.2.3:22", "224.0.0.1:14677"]) {
    assert.equal(heard(no, outside), 0, no);
  }
  assert.equal(heard("10.0.0.1:14677", "10.9.9.9:6881"), 1);
});

Deno.test("an own message rides on the next exchange; without `ride` it starts one", () => {
  const quiet = new Bench({ config: configWith({ stem: false }), nodes: { [PEER]: 6 } });
  quiet.feed({ kind: "start" });
  quiet.feed({ kind: "dial-failed", session: OUT });
  const changed = { kind: "freshness-changed", id: idOf(1), freshness: 6 } as const;
  assert.deepEqual(quiet.own(fact(1), 1_000), [changed]);

  const eager = new Bench({
    config: configWith({ stem: false }, { ride: false }),
    nodes: { [PEER]: 6 },
  });
  eager.feed({ kind: "start" });
  eager.feed({ kind: "dial-failed", session: OUT });
  assert.deepEqual(eager.own(fact(1), 1_000), [
    changed,
    { kind: "dial", session: sessionOf(2), address: address(PEER) },
    exchangeTimer(sessionOf(2)),
  ]);
});

Deno.test("four exchanges start in a second; more wait and become one", () => {
  const nodes = Object.fromEntries([1, 2, 3, 4, 5, 6].map((i) => [`4${i}.1.2.3:14677`, 6]));
  const config = configWith({ retries: 0, stem: false }, { ride: false });
  const bench = new Bench({ nodes, config });
  bench.feed({ kind: "start" });
  let next = 1;
  const injectAndFail = (): number => {
    const out = bench.own(fact(next), 10);
    bench.feed({ kind: "dial-failed", session: sessionOf(++next) });
    return out.filter(({ kind }) => kind === "dial").length;
  };
  bench.feed({ kind: "dial-failed", session: sessionOf(1) });
  assert.deepEqual([1, 2, 3].map(injectAndFail), [1, 1, 1]);
  const waiting = bench.own(fact(50), 10);
  assert.deepEqual(waiting.slice(1), [
    { kind: "set-timer", timer: { kind: "dial" }, afterMs: 960 },
  ]);
  assert.equal(bench.own(fact(51)).length, 1);
  const later = bench.feed({ kind: "timer", timer: { kind: "dial" } }, 960);
  assert.equal(later.filter(({ kind }) => kind === "dial").length, 1);
});

Deno.test("no fifth outbound exchange is opened; the end of one lets the next start", () => {
  const nodes = Object.fromEntries([1, 2, 3, 4, 5, 6].map((i) => [`4${i}.1.2.3:14677`, 6]));
  const bench = new Bench({ nodes, config: configWith({ stem: false }, { ride: false }) });
  bench.feed({ kind: "start" });
  const dials = [1, 2, 3, 4].map((n) =>
    bench.own(fact(n), 1_000)
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
  const bench = new Bench({
    nodes,
    config: configWith({ maxOutbound: 10, stem: false }, { ride: false }),
  });
  bench.feed({ kind: "start" });
  const offered = [1, 2, 3, 4].map((n) => {
    const sent = bench.feed({ kind: "opened", session: sessionOf(n) })[1];
    bench.frame(sessionOf(n), hello(14_677, `62.5.5.5:${40_000 + n}`));
    bench.own(fact(n), 1_000);
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
  ]);
});

Deno.test("a message waits for its first peer, however long this node is alone or off", () => {
  const day = 86_400_000;
  const alone = new Bench();
  alone.feed({ kind: "start" });
  alone.feed({ kind: "injected", message: fact(1) });
  const old = new Bench({ messages: [{ message: fact(1), freshness: 6 }] });
  old.feed({ kind: "start" }, day);
  for (const bench of [alone, old]) {
    bench.feed({ kind: "timer", timer: { kind: "age" } }, day);
    bench.accept(IN, "45.1.2.3:50000");
    bench.feed({ kind: "opened", session: IN });
    bench.frame(IN, hello(0));
    const offered = bench.frame(IN, offer()).find((event) =>
      event.kind === "send" && event.frame.kind === "offer"
    );
    assert.deepEqual(offered, { kind: "send", session: IN, frame: offer(idOf(1)) });
  }
});

Deno.test("a message whose bytes are gone is offered no more", () => {
  const bench = responder();
  bench.feed({ kind: "injected", message: fact(1) });
  assert.deepEqual(bench.feed({ kind: "message-gone", id: idOf(1) }), [
    { kind: "freshness-changed", id: idOf(1), freshness: 0 },
  ]);
  bench.frame(IN, hello(0));
  assert.deepEqual(bench.frame(IN, offer())[2], { kind: "send", session: IN, frame: offer() });
});

Deno.test("a clock that is set back moves no deadline by that much", () => {
  const bench = new Bench({
    config: configWith({ stem: false }, { ride: false }),
    nodes: { [PEER]: 6 },
  });
  bench.feed({ kind: "start" });
  bench.feed({ kind: "dial-failed", session: OUT });
  const out = bench.own(fact(1), -86_400_000);
  assert.equal(out.filter(({ kind }) => kind === "dial").length, 1);
});

Deno.test("what a peer accepted is not offered to it again: it could accept for ever", () => {
  const bench = initiator({ nodes: { [PEER]: 6 } });
  bench.frame(OUT, hello(14_677));
  bench.frame(OUT, answer());
  bench.frame(OUT, offer());
  bench.feed({ kind: "closed", session: OUT });
  bench.feed({ kind: "injected", message: fact(1) });
  bench.feed({ kind: "timer", timer: { kind: "gossip" } });
  const second = sessionOf(2);
  const offered = (event: OutEvent): readonly string[] =>
    event.kind === "send" && event.frame.kind === "offer" ? event.frame.ids : [];
  assert.deepEqual(bench.feed({ kind: "opened", session: second }).flatMap(offered), [idOf(1)]);
  bench.frame(second, hello(14_677));
  bench.frame(second, answer(ANSWER.want));
  bench.frame(second, offer());
  bench.frame(second, { kind: "result", code: RESULT.accepted });
  // It goes on at once, as after anything novel, and that is the end of it.
  bench.feed({ kind: "closed", session: second });
  assert.deepEqual(bench.feed({ kind: "opened", session: sessionOf(3) }).flatMap(offered), []);
});
