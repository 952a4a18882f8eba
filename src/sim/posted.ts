/**
 * Every message that was posted in a simulated network, in one table that all nodes share: what a
 * store would hold of it. Messages need no signatures here; their bytes begin with their id.
 */
import type { MessageFact, Rng } from "../gossip/mod.ts";
import { ID_BYTES, type MessageId, messageId } from "../wire/ids.ts";
import { type UnixMs, unixSeconds } from "../wire/time.ts";

/** A message, and what only the simulator knows of it. */
export interface Posted {
  /** Its place in the table. */
  readonly slot: number;
  /** What the engines know of it. */
  readonly fact: MessageFact;
  /** All of it, as it is sent: the very same array everywhere, by which it is recognized. */
  readonly bytes: Uint8Array;
  /** Index of the node whose owner wrote it. */
  readonly author: number;
  /** When. */
  readonly at: UnixMs;
}

/** The table. */
export class PostedMessages {
  readonly #rng: Rng;
  readonly #all: Posted[] = [];
  readonly #byId = new Map<MessageId, Posted>();
  readonly #byBytes = new Map<Uint8Array, Posted>();

  /** Starts empty; ids are drawn. */
  constructor(rng: Rng) {
    this.#rng = rng;
  }

  /** All of them, by slot. */
  get all(): readonly Posted[] {
    return this.#all;
  }

  /** Makes a message of so many bytes, at least an id's. */
  post({ author, at, size }: {
    readonly author: number;
    readonly at: UnixMs;
    readonly size: number;
  }): Posted {
    const bytes = new Uint8Array(Math.max(size, ID_BYTES));
    for (let i = 0; i < ID_BYTES; i++) bytes[i] = this.#rng.below(256);
    const id = messageId(bytes.subarray(0, ID_BYTES));
    const fact = { id, size: bytes.length, created: unixSeconds(Math.floor(at / 1000)) };
    const posted = { slot: this.#all.length, fact, bytes, author, at };
    this.#all.push(posted);
    this.#byId.set(id, posted);
    this.#byBytes.set(bytes, posted);
    return posted;
  }

  /** The message with that id. */
  get(id: MessageId): Posted | undefined {
    return this.#byId.get(id);
  }

  /** The message with these bytes, or `undefined` when they are none. */
  read(bytes: Uint8Array): Posted | undefined {
    return this.#byBytes.get(bytes);
  }
}
