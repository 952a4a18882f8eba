/** Small numbers for the prefixes that deliver messages: two bytes a message remember who did. */
import { MAX_PLACE } from "./eviction.ts";

/** Prefixes without a number of their own after which it is worth looking which are free again. */
const LOOK_AFTER = 4_096;

/** Numbers from 1; in memory only, since on disk they would tell whom this node talked with. */
export class PlaceNumbers {
  readonly #numbers = new Map<string, number>();
  readonly #most: number;
  /** Given back, to be given out again. */
  #free: number[] = [];
  #given = 0;
  /** How often there was none, since it was last looked which are free. */
  #missed = LOOK_AFTER;

  /** Numbers up to `most`: the last one is shared by all prefixes for which none is left. */
  constructor(most: number = MAX_PLACE) {
    this.#most = most;
  }

  /**
   * Whether all are given out, so that {@linkcode keepOnly} may find some; not again before it was
   * worth another look.
   */
  get short(): boolean {
    return this.#given === this.#most - 1 && this.#free.length === 0 && this.#missed >= LOOK_AFTER;
  }

  /**
   * The number of a prefix. When all are given out, later prefixes share the last one: their messages
   * go as one prefix's would.
   */
  of(prefix: string): number {
    const known = this.#numbers.get(prefix);
    if (known !== undefined) return known;
    const number = this.#next();
    if (number === undefined) {
      this.#missed++;
      return this.#most;
    }
    this.#numbers.set(prefix, number);
    return number;
  }

  /** Takes back the numbers of prefixes of which nothing is stored any more. */
  keepOnly(isUsed: (number: number) => boolean): void {
    this.#missed = 0;
    for (const [prefix, number] of this.#numbers) {
      if (isUsed(number)) continue;
      this.#numbers.delete(prefix);
      this.#free.push(number);
    }
  }

  #next(): number | undefined {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    return this.#given < this.#most - 1 ? ++this.#given : undefined;
  }
}
