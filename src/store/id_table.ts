/**
 * Ids of 32 bytes in one flat array, found by hashing (pure, in memory). A message costs 32 bytes
 * here and about 8 in the table, a fifth of what strings in a `Map` cost; with a million messages
 * that is what lets a small machine take part.
 *
 * Each id has a slot, a small whole number that other columns are indexed by. Slots are used again.
 */
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { ID_BYTES } from "../wire/ids.ts";

const EMPTY = -1;
const FIRST_CAPACITY = 256;
/** Table places per slot: the emptier, the shorter the search. */
const PLACES_PER_SLOT = 2;

/** Open addressing with linear probing over ids that live in a column. */
export class IdTable {
  readonly #salt: number;
  #capacity = FIRST_CAPACITY;
  #ids = new Uint8Array(FIRST_CAPACITY * ID_BYTES);
  #places = new Int32Array(FIRST_CAPACITY * PLACES_PER_SLOT).fill(EMPTY);
  readonly #wanted = new Uint8Array(ID_BYTES);
  #free: number[] = [];
  /** Slots that were ever used. */
  #used = 0;

  /** `salt` is random, so that nobody can make ids that crowd in one place. */
  constructor(salt: number) {
    this.#salt = salt | 0;
  }

  /** Slots that exist; columns grow to it when it changes. */
  get capacity(): number {
    return this.#capacity;
  }

  /** Ids held. */
  get size(): number {
    return this.#used - this.#free.length;
  }

  /** Slots that were ever used: all that hold an id are below it. */
  get used(): number {
    return this.#used;
  }

  /** The slot of an id given in hex, or -1. */
  find(id: string): number {
    // Asked several times for each message that comes: no garbage for it.
    this.#wanted.setFromHex(id);
    return this.#places[this.#search(this.#wanted)] ?? EMPTY;
  }

  /** Adds an id that isn't there yet and answers its slot. */
  add(id: string): number {
    if (this.#free.length === 0 && this.#used === this.#capacity) this.#grow();
    const slot = this.#free.pop() ?? this.#used++;
    const bytes = hexToBytes(id);
    this.#places[this.#search(bytes)] = slot;
    this.#ids.set(bytes, slot * ID_BYTES);
    return slot;
  }

  /** Frees a slot that holds an id. */
  remove(slot: number): void {
    const mask = this.#places.length - 1;
    let hole = this.#search(this.#bytes(slot));
    this.#places[hole] = EMPTY;
    this.#free.push(slot);
    // What was pushed past the hole moves back, or a later search would stop at the hole.
    for (let at = (hole + 1) & mask;; at = (at + 1) & mask) {
      const moved = this.#places[at] ?? EMPTY;
      if (moved === EMPTY) return;
      const home = this.#home(this.#bytes(moved));
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        this.#places[hole] = moved;
        this.#places[at] = EMPTY;
        hole = at;
      }
    }
  }

  /** The id in a slot, in hex. */
  at(slot: number): string {
    return bytesToHex(this.#bytes(slot));
  }

  /** The bytes of the id in a slot, not copied: good until the next change. */
  bytesAt(slot: number): Uint8Array {
    return this.#bytes(slot);
  }

  /** Orders the ids in two slots. */
  compare(a: number, b: number): number {
    const from = a * ID_BYTES;
    const other = b * ID_BYTES;
    for (let i = 0; i < ID_BYTES; i++) {
      const order = (this.#ids[from + i] ?? 0) - (this.#ids[other + i] ?? 0);
      if (order !== 0) return order;
    }
    return 0;
  }

  /** Whether the id in a slot begins with these bytes, and then with this half of a byte, if any. */
  beginsWith(slot: number, prefix: Uint8Array, highHalf: number | undefined): boolean {
    const from = slot * ID_BYTES;
    for (let i = 0; i < prefix.length; i++) if (this.#ids[from + i] !== prefix[i]) return false;
    return highHalf === undefined || (this.#ids[from + prefix.length] ?? 0) >> 4 === highHalf;
  }

  #bytes(slot: number): Uint8Array {
    return this.#ids.subarray(slot * ID_BYTES, (slot + 1) * ID_BYTES);
  }

  /** The place of an id, or the empty one where it would go. */
  #search(id: Uint8Array): number {
    const mask = this.#places.length - 1;
    for (let at = this.#home(id);; at = (at + 1) & mask) {
      const slot = this.#places[at] ?? EMPTY;
      if (slot === EMPTY || this.beginsWith(slot, id, undefined)) return at;
    }
  }

  #home(id: Uint8Array): number {
    // Ids are hashes already: folding eight bytes in with the salt spreads them.
    const low = word(id, 0) ^ this.#salt;
    const mixed = Math.imul(low, 0x9e3779b1) ^ Math.imul(word(id, 4) + this.#salt, 0x85ebca6b);
    return (mixed ^ mixed >>> 15) & (this.#places.length - 1);
  }

  #grow(): void {
    this.#capacity *= 2;
    const ids = new Uint8Array(this.#capacity * ID_BYTES);
    ids.set(this.#ids);
    this.#ids = ids;
    this.#places = new Int32Array(this.#capacity * PLACES_PER_SLOT).fill(EMPTY);
    for (let slot = 0; slot < this.#used; slot++) {
      this.#places[this.#search(this.#bytes(slot))] = slot;
    }
  }
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | (bytes[at + 1] ?? 0) << 8 | (bytes[at + 2] ?? 0) << 16 |
    (bytes[at + 3] ?? 0) << 24;
}
