/**
 * Every message that was posted in a simulated network, in one table that all nodes share: what a
 * store would hold of it. Messages need no signatures here; their bytes begin with their id.
 */
import type { MessageFact, Rng, SyncColumns } from "../gossip/mod.ts";
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
export class PostedMessages implements SyncColumns {
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

  /** See {@linkcode SyncColumns.compare}. */
  compare(slotA: number, slotB: number): number {
    const [a, b] = [this.#at(slotA), this.#at(slotB)];
    return a.fact.created - b.fact.created || (a.fact.id < b.fact.id ? -1 : a === b ? 0 : 1);
  }

  /** See {@linkcode SyncColumns.createdOf}. */
  createdOf(slot: number): number {
    return this.#at(slot).fact.created;
  }

  /** See {@linkcode SyncColumns.idOf}. */
  idOf(slot: number): Uint8Array {
    return this.#at(slot).bytes.subarray(0, ID_BYTES);
  }

  /** The message with that id. */
  get(id: MessageId): Posted | undefined {
    return this.#byId.get(id);
  }

  /** The message with these bytes, or `undefined` when they are none. */
  read(bytes: Uint8Array): Posted | undefined {
    return this.#byBytes.get(bytes);
  }

  #at(slot: number): Posted {
    const posted = this.#all[slot];
    if (posted === undefined) throw new RangeError(`There is no slot ${slot}`);
    return posted;
  }
}
