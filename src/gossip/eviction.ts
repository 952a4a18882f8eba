/**
 * Who goes when space is short (docs/PROTOCOL.md section 7, "Keeping and dropping"): lowest
 * freshness first, among equals at random, weighted by all the bytes that the same prefix brought
 * in. Whoever floods thus loses what the flood brought, whatever identities signed it; whose message
 * it is doesn't count, and least of all whom the owner follows.
 *
 * ```
 * one pass    bytes of each place, messages of each freshness
 * one pass    of the lowest freshnesses all; of the one in which it stops, those with the smallest
 *             -ln(U) / weight: a weighted draw without putting back (Efraimidis and Spirakis 2006)
 * ```
 * The weights are those at the beginning of a plan: a plan frees a few hundredths of the store, so
 * they change little within it. A plan of a million messages takes some 500 ms in all and hands
 * control back every {@linkcode SLICE} messages.
 */
import type { Rng } from "./rng.ts";

/** Messages looked at before control is handed back: a few milliseconds. */
const SLICE = 8_192;

/** Places that can be told apart; 0 is no place: own messages and those of an earlier run. */
export const MAX_PLACE = 65_535;

/** What is stored, by slot. */
export interface Evictable {
  /** Slots are below this. */
  readonly slots: number;
  /** Freshness of the message in a slot, or -1 when there is none that may go. */
  freshnessAt(slot: number): number;
  /** Bytes that it takes on disk. */
  bytesAt(slot: number): number;
  /** Number of the place that delivered it, 0 to {@linkcode MAX_PLACE}. */
  placeAt(slot: number): number;
}

/** What is to be freed: both at least. */
export interface EvictionNeed {
  /** Bytes on disk. */
  readonly bytes: number;
  /** Messages. */
  readonly messages: number;
}

interface Survey {
  /** Bytes brought in by each place, messages and bytes at each freshness. */
  readonly byPlace: Float64Array;
  readonly messages: Map<number, number>;
  readonly bytes: Map<number, number>;
}

/**
 * Plans who goes. Yields to hand control back; in between nothing of `stored` may change. Answers
 * slots, fewer than needed only when there is no more.
 */
export function* planEviction(
  stored: Evictable,
  { need, rng }: { readonly need: EvictionNeed; readonly rng: Rng },
): Generator<void, number[]> {
  const survey = yield* lookOver(stored);
  const weights = weightsOf(survey.byPlace);
  let { bytes, messages } = need;
  let whole = -1;
  let boundary: number | undefined;
  for (const freshness of [...survey.messages.keys()].sort((a, b) => a - b)) {
    if (bytes <= 0 && messages <= 0) break;
    const bytesHere = survey.bytes.get(freshness) ?? 0;
    const messagesHere = survey.messages.get(freshness) ?? 0;
    if (bytesHere > bytes && messagesHere > messages) {
      boundary = freshness;
      break;
    }
    whole = freshness;
    bytes -= bytesHere;
    messages -= messagesHere;
  }
  const chosen: number[] = [];
  const draw = new Draw({ bytes, messages });
  for (let slot = 0; slot < stored.slots; slot++) {
    if (slot % SLICE === SLICE - 1) yield;
    const freshness = stored.freshnessAt(slot);
    if (freshness < 0) continue;
    if (freshness <= whole) chosen.push(slot);
    else if (freshness === boundary) {
      const weight = weights(stored.placeAt(slot));
      draw.add(-Math.log(1 - rng.next()) / weight, { slot, bytes: stored.bytesAt(slot) });
    }
  }
  return [...chosen, ...draw.slots()];
}

function* lookOver(stored: Evictable): Generator<void, Survey> {
  const byPlace = new Float64Array(MAX_PLACE + 1);
  const messages = new Map<number, number>();
  const bytes = new Map<number, number>();
  for (let slot = 0; slot < stored.slots; slot++) {
    if (slot % SLICE === SLICE - 1) yield;
    const freshness = stored.freshnessAt(slot);
    if (freshness < 0) continue;
    const size = stored.bytesAt(slot);
    const place = stored.placeAt(slot);
    byPlace[place] = (byPlace[place] ?? 0) + size;
    messages.set(freshness, (messages.get(freshness) ?? 0) + 1);
    bytes.set(freshness, (bytes.get(freshness) ?? 0) + size);
  }
  return { byPlace, messages, bytes };
}

/**
 * A place weighs what it brought. No place weighs as much as places do on average: were it a place
 * of its own, all that an earlier run stored would have to make room for whoever floods after it.
 */
function weightsOf(byPlace: Float64Array): (place: number) => number {
  let total = 0;
  let places = 0;
  for (let place = 1; place < byPlace.length; place++) {
    const bytes = byPlace[place] ?? 0;
    total += bytes;
    if (bytes > 0) places++;
  }
  const mean = places === 0 ? 1 : total / places;
  return (place) => (place === 0 ? mean : byPlace[place] || mean);
}

interface Drawn {
  readonly key: number;
  readonly slot: number;
  readonly bytes: number;
}

/** The smallest keys whose messages together free what is needed: a heap with the largest on top. */
class Draw {
  readonly #need: EvictionNeed;
  readonly #heap: Drawn[] = [];
  #bytes = 0;

  constructor(need: EvictionNeed) {
    this.#need = need;
  }

  add(key: number, { slot, bytes }: { readonly slot: number; readonly bytes: number }): void {
    const top = this.#heap[0];
    if (top !== undefined && key >= top.key && this.#enough(0, 0)) return;
    this.#push({ key, slot, bytes });
    for (let last = this.#heap[0]; last !== undefined; last = this.#heap[0]) {
      if (!this.#enough(last.bytes, 1)) return;
      this.#pop();
    }
  }

  slots(): number[] {
    return this.#heap.map(({ slot }) => slot);
  }

  /** Whether it is enough also without so much. */
  #enough(bytes: number, messages: number): boolean {
    return this.#bytes - bytes >= this.#need.bytes &&
      this.#heap.length - messages >= this.#need.messages;
  }

  #push(drawn: Drawn): void {
    const heap = this.#heap;
    this.#bytes += drawn.bytes;
    let at = heap.length;
    heap.push(drawn);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.key >= drawn.key) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = drawn;
  }

  #pop(): void {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined) return;
    this.#bytes -= top.bytes;
    if (heap.length === 0) return;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      const [left, right] = [heap[child], heap[child + 1]];
      if (left !== undefined && right !== undefined && right.key > left.key) child++;
      const larger = heap[child];
      if (larger === undefined || larger.key <= last.key) break;
      heap[at] = larger;
      at = child;
    }
    heap[at] = last;
  }
}
