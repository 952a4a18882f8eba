/**
 * Any events in any order: the engine never throws, stays within its bounds, and every connection
 * that it opened or took is closed at the latest when its deadlines have passed. Half of the frames
 * are what the protocol expects next, so that runs get beyond the first violation.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  DEFAULT_CONFIG,
  type GossipConfig,
  type InEvent,
  type OutEvent,
  seededRng,
  type SessionId,
} from "../../src/gossip/mod.ts";
import { ANSWER, type Frame, RESULT, type ResultCode } from "../../src/wire/frame.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { address, Bench, fact, HELLO, idOf, offer, sessionOf } from "./fixture.ts";

const INBOUND = 2 ** 40;

/** Small bounds, so that runs of a few hundred events reach them. */
const SMALL: GossipConfig = {
  ...DEFAULT_CONFIG,
  bodyBytes: 40,
  maxFresh: 6,
  maxPlaces: 2,
  maxHeldIds: 5,
  maxOutboundInAll: 6,
  maxInbound: 5,
  maxInboundPerPrefix: 2,
  maxInboundPerGroup: 3,
  maxBuckets: 4,
  maxKnown: 4,
  maxCandidates: 4,
  maxPerGroup: 2,
  keptKnown: 2,
};

const ADDRESSES = [
  "45.1.2.3:14677",
  "45.1.2.4:14677",
  "45.1.9.9:14677",
  "46.1.1.1:443",
  "47.1.1.1:22",
  "192.168.0.9:14677",
  "127.0.0.1:9999",
  "[2001:470::1]:14677",
].map(address);

const inboundSessions = fc.integer({ min: INBOUND, max: INBOUND + 5 }).map(sessionOf);
const sessions = fc.oneof(fc.integer({ min: 1, max: 8 }).map(sessionOf), inboundSessions);
const addresses = fc.constantFrom(...ADDRESSES);
const ids = fc.nat(12).map(idOf);
const bytes = fc.uint8Array({ maxLength: 30 });
const results = fc.constantFrom<ResultCode>(...Object.values(RESULT));

const frames: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({
    kind: fc.constant("hello" as const),
    port: fc.constantFrom(0, 22, 14_677),
    observed: addresses,
  }).map((fields) => ({ ...HELLO, ...fields })),
  fc.record({
    kind: fc.constant("offer" as const),
    ids: fc.array(ids, { maxLength: 17 }),
    address: fc.option(addresses, { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant("answer" as const),
    codes: fc.array(fc.constantFrom(...Object.values(ANSWER)), { maxLength: 3 }),
    knewAddress: fc.boolean(),
    stems: fc.nat(2),
  }),
  fc.record({ kind: fc.constantFrom("message" as const, "stem" as const), bytes }),
  fc.record({ kind: fc.constant("result" as const), code: results }),
  fc.constant<Frame>({ kind: "bye" }),
  fc.constant<Frame>({ kind: "busy", seconds: 600 }),
  fc.constant<Frame>({ kind: "fetch", ids: [] }),
  fc.constant<Frame>({
    kind: "sync",
    from: unixSeconds(0),
    to: unixSeconds(1),
    bytes: new Uint8Array(),
  }),
);

type Action =
  | { readonly do: "event"; readonly event: InEvent }
  /** What a peer that keeps the rules would do next. */
  | { readonly do: "good"; readonly session: SessionId; readonly choice: number };

const actions: fc.Arbitrary<{ action: Action; afterMs: number }> = fc.record({
  afterMs: fc.constantFrom(-5_000, 0, 0, 50, 400, 16_000),
  action: fc.oneof(
    {
      weight: 40,
      arbitrary: fc.record({
        do: fc.constant("good" as const),
        session: sessions,
        choice: fc.nat(20),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.oneof<fc.Arbitrary<InEvent>[]>(
        fc.record({
          kind: fc.constant("accepted" as const),
          session: inboundSessions,
          remote: addresses,
        }),
        fc.record({ kind: fc.constant("opened" as const), session: sessions }),
        fc.record({ kind: fc.constant("frame" as const), session: sessions, frame: frames }),
        fc.record({
          kind: fc.constantFrom("bad-frame" as const, "closed" as const, "dial-failed" as const),
          session: sessions,
        }),
        fc.record({
          kind: fc.constant("admitted" as const),
          session: sessions,
          code: results,
          purpose: fc.constantFrom("offered" as const, "stem" as const, "sync" as const),
          message: fc.option(fc.nat(12).map((n) => fact(n, 10)), { nil: undefined }),
        }),
        fc.nat(12).map((n): InEvent => ({ kind: "injected", message: fact(n, 10) })),
        fc.record({
          kind: fc.constant("address-heard" as const),
          address: addresses,
          source: fc.constantFrom(
            "locator" as const,
            "beacon" as const,
            "mdns" as const,
          ),
        }),
        fc.record({
          kind: fc.constant("address-heard" as const),
          address: addresses,
          source: fc.constant("dht" as const),
          from: addresses,
        }),
        fc.constantFrom("gossip" as const, "dial" as const, "candidates" as const, "age" as const)
          .map((kind): InEvent => ({ kind: "timer", timer: { kind } })),
        fc.record({
          kind: fc.constantFrom("frame-deadline" as const, "exchange-deadline" as const),
          session: sessions,
        }).map((timer): InEvent => ({ kind: "timer", timer })),
        fc.nat(20).map((n): InEvent => ({ kind: n === 0 ? "stop" : "start" })),
      ).map((event): Action => ({ do: "event", event })),
    },
  ),
});

/** An engine with a record of what it has open, which timers are set, and what each peer owes. */
class World {
  readonly bench: Bench;
  readonly open = new Set<SessionId>();
  readonly timers = new Map<string, InEvent>();
  /** Exchanges that were completed with something given or taken. */
  useful = 0;
  readonly #closing = new Set<SessionId>();
  readonly #said = new Map<SessionId, Frame[]>();
  readonly #heard = new Map<SessionId, OutEvent[]>();
  #admits: SessionId[] = [];

  constructor(seed: number) {
    this.bench = new Bench({ rng: seededRng(seed), config: SMALL, nodes: { "45.1.2.3:14677": 6 } });
    this.feed({ kind: "start" }, 0);
  }

  feed(event: InEvent, afterMs: number): void {
    if (event.kind === "frame") {
      this.#said.set(event.session, [...this.#said.get(event.session) ?? [], event.frame]);
    }
    if (event.kind === "closed" || event.kind === "dial-failed") {
      this.open.delete(event.session);
      this.#closing.delete(event.session);
      this.#admits = this.#admits.filter((other) => other !== event.session);
      this.#said.delete(event.session);
      this.#heard.delete(event.session);
    }
    for (const out of this.bench.feed(event, afterMs)) this.#note(out);
  }

  good(session: SessionId, choice: number): void {
    const said = this.#said.get(session) ?? [];
    const heard = this.#heard.get(session) ?? [];
    const events: InEvent[] = [];
    const frame = (frame: Frame): void => void events.push({ kind: "frame", session, frame });
    const offered = heard.flatMap((out) =>
      out.kind === "send" && out.frame.kind === "offer" ? out.frame.ids : []
    );
    const wanted =
      heard.flatMap((out) =>
        out.kind === "send" && out.frame.kind === "answer"
          ? out.frame.codes.filter((code) => code === ANSWER.want)
          : []
      ).length;
    const has = (kind: Frame["kind"]): number => said.filter((one) => one.kind === kind).length;
    const sends = heard.filter(({ kind }) => kind === "send-message").length;
    const mine = offer(...[1, 2, 3].map((i) => idOf((choice + i) % 13)));
    const reply: Frame = {
      kind: "answer",
      codes: offered.map((_, i) => (choice + i) % 2 === 0 ? ANSWER.want : ANSWER.known),
      knewAddress: false,
      stems: 0,
    };
    const inbound = session >= INBOUND;
    if (this.#closing.has(session)) {
      events.push({ kind: "closed", session });
    } else if (!this.open.has(session)) {
      if (!inbound) return;
      const remote = ADDRESSES[choice % ADDRESSES.length]!;
      events.push({ kind: "accepted", session, remote });
    } else if (said.length === 0) {
      events.push({ kind: "opened", session });
      frame({ kind: "hello", port: 14_677, observed: ADDRESSES[0]!, ...HELLO });
      frame(inbound ? mine : reply);
    } else if (has(inbound ? "answer" : "offer") === 0) {
      frame(inbound ? reply : mine);
    } else if (this.#admits.includes(session)) {
      this.#admits = this.#admits.filter((other) => other !== session);
      const code = choice === 0 ? RESULT.forged : choice < 5 ? RESULT.known : RESULT.accepted;
      const message = code === RESULT.accepted ? fact(choice % 13, 10) : undefined;
      events.push({ kind: "admitted", session, code, purpose: "offered", message });
    } else if (has("message") < wanted) {
      frame({ kind: "message", bytes: new Uint8Array(choice % 15) });
    } else if (has("result") < sends) {
      frame({ kind: "result", code: choice % 2 === 0 ? RESULT.accepted : RESULT.known });
    } else {
      frame({ kind: "bye" });
    }
    for (const event of events) this.feed(event, 0);
  }

  #note(out: OutEvent): void {
    if (out.kind === "dial" || out.kind === "handshake") this.open.add(out.session);
    if (out.kind === "close") {
      this.open.delete(out.session);
      this.#closing.add(out.session);
    }
    if (out.kind === "exchange-ended" && out.summary.completed) {
      if (out.summary.received + out.summary.delivered > 0) this.useful++;
    }
    if (out.kind === "admit") this.#admits.push(out.session);
    if (out.kind === "send" || out.kind === "send-message") {
      assert.ok(this.open.has(out.session), "sends on an open session only");
      this.#heard.set(out.session, [...this.#heard.get(out.session) ?? [], out]);
    }
    if (out.kind === "set-timer" && "session" in out.timer) {
      this.timers.set(`${out.timer.kind} ${out.timer.session}`, {
        kind: "timer",
        timer: out.timer,
      });
      assert.ok(out.afterMs <= 60_000);
    }
    if (out.kind === "clear-timer" && "session" in out.timer) {
      this.timers.delete(`${out.timer.kind} ${out.timer.session}`);
    }
  }
}

Deno.test("any events in any order: no throw, bounded, and stop closes everything", () => {
  let useful = 0;
  fc.assert(
    fc.property(fc.array(actions, { maxLength: 150, size: "max" }), fc.nat(), (steps, seed) => {
      const world = new World(seed);
      for (const { action, afterMs } of steps) {
        if (action.do === "good") world.good(action.session, action.choice);
        else world.feed(action.event, afterMs);
        const sizes = world.bench.engine.sizes;
        assert.ok(sizes.sessions - sizes.inbound <= 6 && sizes.inbound <= 10, "sessions");
        assert.ok(sizes.fresh <= 6 && sizes.inFlight <= 5, "messages");
        assert.ok(sizes.known <= 4 && sizes.candidates <= 4, "addresses");
        assert.ok(sizes.inboundPrefixes <= 4, "prefixes");
      }
      world.feed({ kind: "stop" }, 0);
      assert.deepEqual([...world.open], []);
      assert.deepEqual([...world.timers.keys()], []);
      useful += world.useful;
    }),
    { numRuns: 300 },
  );
  // Or the runs would never get beyond the first frames.
  assert.ok(useful > 30, `${useful} exchanges came to something`);
});

Deno.test("when its deadlines have passed, every connection is closed", () => {
  fc.assert(
    fc.property(fc.array(actions, { maxLength: 150, size: "max" }), fc.nat(), (steps, seed) => {
      const world = new World(seed);
      for (const { action, afterMs } of steps) {
        if (action.do === "good") world.good(action.session, action.choice);
        else if (action.event.kind !== "stop") world.feed(action.event, afterMs);
      }
      // Sessions of now; what the engine dials meanwhile is another matter.
      const left = [...world.open];
      for (const [, event] of [...world.timers]) world.feed(event, 0);
      assert.deepEqual(left.filter((session) => world.open.has(session)), []);
    }),
    { numRuns: 300 },
  );
});
