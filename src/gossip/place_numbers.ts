/** Small numbers for the prefixes that deliver messages: two bytes a message remember who did. */
import { MAX_PLACE } from "./eviction.ts";

/** Numbers from 1; in memory only, since on disk they would tell whom this node talked with. */
export class PlaceNumbers {
  readonly #numbers = new Map<string, number>();

  /**
   * The number of a prefix as `placeOf` names it. When all are given out, those of later prefixes are
   * shared: their messages go as one prefix's would.
   */
  of(place: string): number {
    const known = this.#numbers.get(place);
    if (known !== undefined) return known;
    if (this.#numbers.size === MAX_PLACE) return MAX_PLACE;
    const number = this.#numbers.size + 1;
    this.#numbers.set(place, number);
    return number;
  }
}
