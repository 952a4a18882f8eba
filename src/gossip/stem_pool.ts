/**
 * Messages on their stem (docs/PROTOCOL.md section 6): held here and nowhere else, so that nothing
 * tells that this node has them, until they become normal.
 *
 * Where there are too many, the newest of the source that holds most gives way, strangers' first: a
 * flood from one prefix drops itself, and can't show which messages are the owner's by being the only
 * ones that still leave.
 */
import type { NodeAddress } from "../wire/address.ts";
import type { MessageId } from "../wire/ids.ts";
import type { UnixMs } from "../wire/time.ts";
import type { GossipConfig } from "./config.ts";
import type { MessageFact } from "./events.ts";

/** A message on its stem. */
export interface StemMessage {
  /** What it is. */
  readonly fact: MessageFact;
  /** The envelope as it came. */
  readonly bytes: Uint8Array;
  /** What it is mapped to a stem peer by: an inbound prefix or an own identity. */
  readonly source: string;
  /** Who brought it, as `placeOf` says: it doesn't go back there. None for the owner's. */
  readonly place: string | undefined;
  /** Prefix that brought it, for which it counts once it is stored; none for the owner's. */
  readonly prefix: string | undefined;
  /** When it becomes normal if it wasn't seen to by then. */
  readonly embargoAt: UnixMs;
  /** Stem peers that it was sent to in vain, or for which there was no answer. */
  tried: readonly NodeAddress[];
  /** Source and `tried` in one: messages of the same route go to the same peer. */
  route: string;
  /** Times that it became normal and the store had no room for it. */
  readonly refusals: number;
  /** To be sent, being sent in an exchange, or done with but for its embargo. */
  state: "waiting" | "sending" | "passed";
}

/** The pool of one node. */
export class StemPool {
  readonly #config: GossipConfig;
  /** Oldest first. */
  readonly #held = new Map<MessageId, StemMessage>();
  /** Those that wait, oldest first. */
  readonly #waiting = new Set<StemMessage>();
  #bytes = 0;
  /** The first end of an embargo; unset after any change. */
  #next: UnixMs | undefined;

  /** Starts empty. */
  constructor(config: GossipConfig) {
    this.#config = config;
  }

  /** Messages held. */
  get size(): number {
    return this.#held.size;
  }

  /** Their bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Those that are to be sent, oldest first. */
  get waiting(): ReadonlySet<StemMessage> {
    return this.#waiting;
  }

  /** Whether a message is on its stem here. */
  has(id: MessageId): boolean {
    return this.#held.has(id);
  }

  /** A message on its stem here. */
  get(id: MessageId): StemMessage | undefined {
    return this.#held.get(id);
  }

  /** Takes in a message that isn't held yet; another may be dropped for it. Answers whether it was taken. */
  add(message: StemMessage): boolean {
    const { maxStems, maxStemBytes } = this.#config;
    const { fact: { id }, bytes: { length } } = message;
    this.#insert(message);
    while (this.size > maxStems || this.#bytes > maxStemBytes) {
      const victim = this.#crowded();
      // Only the owner's are left: one that comes on top waits in the outbox.
      if (victim === undefined || length > maxStemBytes) {
        this.remove(id);
        break;
      }
      this.remove(victim.fact.id);
    }
    return this.has(id);
  }

  /** Lets go of a message. */
  remove(id: MessageId): StemMessage | undefined {
    const message = this.#held.get(id);
    if (message === undefined) return undefined;
    this.#held.delete(id);
    this.#waiting.delete(message);
    this.#bytes -= message.bytes.length;
    this.#next = undefined;
    return message;
  }

  /** Changes where a message stands; nothing if it is gone. */
  move(id: MessageId, { state, tried }: Pick<StemMessage, "state"> & {
    /** A peer that it was sent to in vain. */
    readonly tried?: NodeAddress;
  }): void {
    const message = this.#held.get(id);
    if (message === undefined) return;
    message.state = state;
    if (tried !== undefined) {
      message.tried = [...message.tried, tried];
      message.route += ` not ${tried}`;
    }
    if (state === "waiting") this.#waiting.add(message);
    else this.#waiting.delete(message);
  }

  /** Messages whose embargo is over. */
  due(now: UnixMs): readonly StemMessage[] {
    return [...this.#held.values()].filter(({ embargoAt }) => embargoAt <= now);
  }

  /** When the next embargo is over, or `undefined` when nothing is held. */
  nextEmbargo(): UnixMs | undefined {
    if (this.#next === undefined) {
      for (const { embargoAt } of this.#held.values()) {
        if (this.#next === undefined || embargoAt < this.#next) this.#next = embargoAt;
      }
    }
    return this.#next;
  }

  #insert(message: StemMessage): void {
    this.#held.set(message.fact.id, message);
    if (message.state === "waiting") this.#waiting.add(message);
    this.#bytes += message.bytes.length;
    this.#next = undefined;
  }

  /** The newest of the source that holds the most bytes, the owner's aside. */
  #crowded(): StemMessage | undefined {
    const sources = new Map<string, { bytes: number; newest: StemMessage }>();
    for (const message of this.#held.values()) {
      if (message.place === undefined) continue;
      const { bytes = 0 } = sources.get(message.source) ?? {};
      sources.set(message.source, { bytes: bytes + message.bytes.length, newest: message });
    }
    let most: { bytes: number; newest: StemMessage } | undefined;
    for (const source of sources.values()) {
      if (most === undefined || source.bytes > most.bytes) most = source;
    }
    return most?.newest;
  }
}
