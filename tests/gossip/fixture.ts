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

  frame(session: SessionId, frame: Frame): OutEvent[] {
    return this.feed({ kind: "frame", session, frame });
  }

  accept(session: SessionId, remote: string, afterMs = 0): OutEvent[] {
    return this.feed({ kind: "accepted", session, remote: address(remote) }, afterMs);
  }

  admitted(session: SessionId, code: ResultCode, message?: MessageFact): OutEvent[] {
    if (message !== undefined) this.stored.add(message.id);
    return this.feed({ kind: "admitted", session, code, message });
  }
}

/** A peer's hello. */
export function hello(port: number, observed = "198.18.0.1:40000"): Frame {
  return { kind: "hello", port, observed: address(observed), ...HELLO };
}

/** A peer's offer. */
export function offer(...ids: readonly MessageId[]): Frame {
  return { kind: "offer", ids, address: undefined };
}

/** A peer's answer. */
export function answer(...codes: readonly (0 | 1 | 2 | 3)[]): Frame {
  return { kind: "answer", codes, knewAddress: false, stems: 0 };
}
