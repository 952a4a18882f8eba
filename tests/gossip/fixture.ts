/** One engine by itself, with a clock and events made by the test. */
import {
  DEFAULT_CONFIG,
  Engine,
  type EngineOptions,
  type GossipConfig,
  type HelloFields,
  type InEvent,
  type InitialAddress,
  type MessageFact,
  type OutEvent,
  type Refinements,
  type Rng,
  type SessionId,
} from "../../src/gossip/mod.ts";
import { type NodeAddress, parseAddress } from "../../src/wire/address.ts";
import type { Frame, ResultCode } from "../../src/wire/frame.ts";
import { type MessageId, messageId } from "../../src/wire/ids.ts";
import { type UnixMs, unixSeconds } from "../../src/wire/time.ts";

/** When the tests begin. */
export const T0 = 1_800_000_000_000 as UnixMs;

/** Always the middle, always the first: what is drawn can be told beforehand. */
export const middleRng: Rng = { next: () => 0.5, below: () => 0 };

/** With `middleRng`, the time from one periodic exchange to the next. */
export const PERIOD_MS = 22_500;

/** What each side says in hello besides port and observed address. */
export const HELLO: HelloFields = {
  capabilities: 0,
  extraStampBits: 0,
  time: unixSeconds(1_800_000_000),
  horizon: unixSeconds(0),
  digest: new Uint8Array(8),
};

/** Reads an address. Throws when it isn't one. */
export function address(text: string): NodeAddress {
  const read = parseAddress(text);
  if (read === undefined) throw new TypeError(`Not an address: ${text}`);
  return read;
}

/** A message with an id that begins with a number. */
export function fact(n: number, size = 600): MessageFact {
  return { id: idOf(n), created: unixSeconds(1_800_000_000), size };
}

/** The id of {@linkcode fact}. */
export function idOf(n: number): MessageId {
  return messageId(new Uint8Array(32).fill(0).map((_, i) => (n >> (8 * i)) & 0xff));
}

/** A session's id. */
export function sessionOf(n: number): SessionId {
  return n as SessionId;
}

/** Some changes to the constants. */
export function configWith(
  changes: Partial<Omit<GossipConfig, "refinements">>,
  refinements: Partial<Refinements> = {},
): GossipConfig {
  return {
    ...DEFAULT_CONFIG,
    ...changes,
    refinements: { ...DEFAULT_CONFIG.refinements, ...refinements },
  };
}

/** An engine with a clock. */
export class Bench {
  readonly engine: Engine;
  readonly stored = new Set<MessageId>();
  now: UnixMs = T0;

  constructor(
    options: Partial<EngineOptions> & { readonly nodes?: Readonly<Record<string, number>> } = {},
  ) {
    const addresses: InitialAddress[] = Object.entries(options.nodes ?? {})
      .map(([text, freshness]) => ({ address: address(text), freshness, locator: false }));
    this.engine = new Engine({
      rng: middleRng,
      self: { port: 14_677, addresses: [] },
      known: this.stored,
      messages: [],
      addresses,
      hello: () => HELLO,
      ...options,
    });
  }

  /** Gives the engine an event, after so much time. */
  feed(event: InEvent, afterMs = 0): OutEvent[] {
    this.now = this.now + afterMs as UnixMs;
    return this.engine.handle(event, this.now);
  }

  /** Has the owner say something that is stored as soon as the engine wants that. */
  own(message: MessageFact, afterMs = 0): OutEvent[] {
    const bytes = Uint8Array.of(1);
    const event = { kind: "own-message", message, bytes, origin: "me" } as const;
    const out = this.feed(event, afterMs);
    const rest = out.filter(({ kind }) => kind !== "publish");
    if (rest.length < out.length) this.stored.add(message.id);
    return rest.length === out.length
      ? out
      : [...rest, ...this.feed({ kind: "injected", message })];
  }

  frame(session: SessionId, frame: Frame): OutEvent[] {
    return this.feed({ kind: "frame", session, frame });
  }

  accept(session: SessionId, remote: string, afterMs = 0): OutEvent[] {
    return this.feed({ kind: "accepted", session, remote: address(remote) }, afterMs);
  }

  admitted(session: SessionId, code: ResultCode, message?: MessageFact): OutEvent[] {
    if (message !== undefined) this.stored.add(message.id);
    return this.feed({ kind: "admitted", session, code, purpose: "offered", message });
  }
}

/** A peer's hello. */
export function hello(port: number, observed = "198.18.0.1:40000"): Frame {
  return { kind: "hello", port, observed: address(observed), ...HELLO };
}

/** What the engine says of that hello. */
export function greeted(remote: string, outbound: boolean): OutEvent {
  const { time, digest } = HELLO;
  const session = outbound ? OUT : IN;
  return { kind: "greeted", session, remote: address(remote), outbound, time, digest };
}

/** A peer's offer. */
export function offer(...ids: readonly MessageId[]): Frame {
  return { kind: "offer", ids, address: undefined };
}

/** A peer's answer. */
export function answer(...codes: readonly (0 | 1 | 2 | 3)[]): Frame {
  return { kind: "answer", codes, knewAddress: false, stems: 0 };
}

/** A peer in the tests of one engine. */
export const PEER = "45.1.2.3:14677";
/** Another one, of another group. */
export const OTHER = "46.1.2.3:14677";
/** The first inbound session. */
export const IN = sessionOf(2 ** 40);
/** The first session that the engine dials. */
export const OUT = sessionOf(1);

/** Sets the period. */
export const gossipTimer = {
  kind: "set-timer",
  timer: { kind: "gossip" },
  afterMs: PERIOD_MS,
} as const;

/** Sets the deadline of the next frame. */
export function frameTimer(session: SessionId, afterMs = 10_000): OutEvent {
  return { kind: "set-timer", timer: { kind: "frame-deadline", session }, afterMs };
}

/** Sets the deadline of the exchange. */
export function exchangeTimer(session: SessionId): OutEvent {
  return { kind: "set-timer", timer: { kind: "exchange-deadline", session }, afterMs: 60_000 };
}

/** Clears a deadline. */
export function clear(session: SessionId, kind: "frame-deadline" | "exchange-deadline"): OutEvent {
  return { kind: "clear-timer", timer: { kind, session } };
}

/** Sets the time at which the next message expires. */
export function ageTimer(afterMs = 3_600_000): OutEvent {
  return { kind: "set-timer", timer: { kind: "age" }, afterMs };
}

/** A started engine that knows nobody, with a connection from PEER on which hello is due. */
export function responder(options: ConstructorParameters<typeof Bench>[0] = {}): Bench {
  const bench = new Bench(options);
  bench.feed({ kind: "start" });
  bench.accept(IN, "45.1.2.3:50000");
  bench.feed({ kind: "opened", session: IN });
  return bench;
}

/** An engine that dialled PEER and has sent hello and offer. */
export function initiator(options: ConstructorParameters<typeof Bench>[0] = {}): Bench {
  const bench = new Bench({ nodes: { [PEER]: 6 }, ...options });
  bench.feed({ kind: "start" });
  bench.feed({ kind: "opened", session: OUT });
  return bench;
}

/** What an exchange with PEER is said to have done. */
export function summary(session: SessionId, changes: Record<string, unknown> = {}): OutEvent {
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
