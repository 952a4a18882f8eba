/**
 * Hands out pieces of one stretch of memory: all secrets of a process lie in pages that were locked
 * once, so that nothing native has to stay at hand for the next one.
 */
import type { SecretAllocator } from "./secret.ts";

/** Pieces begin at multiples of this, so that neighbours never share a word. */
const GRANULE_BYTES = 16;

interface Piece {
  readonly offset: number;
  readonly size: number;
  readonly bytes: Uint8Array;
}

/** An allocator over given memory; what doesn't fit any more comes from the heap. */
export class SecretArena implements SecretAllocator {
  readonly #memory: Uint8Array;
  /** In the order of their offsets. */
  #pieces: readonly Piece[] = [];

  /** Over memory that is the arena's alone from here on. */
  constructor(memory: Uint8Array) {
    this.#memory = memory;
    memory.fill(0);
  }

  /** Bytes of the arena that are lent out, with what is lost to rounding. */
  get used(): number {
    return this.#pieces.reduce((sum, { size }) => sum + size, 0);
  }

  /** Whether bytes lie in the arena, not on the heap. */
  holds(bytes: Uint8Array): boolean {
    return this.#pieces.some((piece) => piece.bytes === bytes);
  }

  /** Gives zero bytes: the first gap that is large enough, else the heap. */
  allocate(length: number): Uint8Array {
    const size = Math.max(1, Math.ceil(length / GRANULE_BYTES)) * GRANULE_BYTES;
    let offset = 0;
    let at = 0;
    for (const piece of this.#pieces) {
      if (piece.offset - offset >= size) break;
      offset = piece.offset + piece.size;
      at++;
    }
    if (offset + size > this.#memory.length) return new Uint8Array(length);
    const bytes = this.#memory.subarray(offset, offset + length);
    this.#pieces = this.#pieces.toSpliced(at, 0, { offset, size, bytes });
    return bytes;
  }

  /** Overwrites a piece and takes it back. Of what isn't its own it only does the first. */
  release(bytes: Uint8Array): void {
    bytes.fill(0);
    this.#pieces = this.#pieces.filter((piece) => piece.bytes !== bytes);
  }
}
