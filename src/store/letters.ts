/**
 * The sealed inbox and sent folder (docs/PROTOCOL.md section 11). Letters go to the end of the last
 * segment; each pass writes it anew whether or not a letter came, so that its time tells nothing. When
 * all places are used, the oldest segment makes room.
 */
import type { MessageId } from "../wire/ids.ts";
import { Private } from "../wire/privacy.ts";
import type { Letter, LetterHead } from "./letter_codec.ts";
import {
  decodeSegment,
  encodeSegment,
  letterBytes,
  type LetterKind,
  letterName,
  MAX_LETTER_SEGMENTS,
  SEGMENT_ROOM,
} from "./letter_segments.ts";
import { damaged } from "./record_codec.ts";
import type { SealedRecords } from "./sealed.ts";
import { Turns } from "./turns.ts";

/** A letter as listed, and where it is. */
interface Entry extends LetterHead {
  readonly place: number;
}

/** A segment as it is known in memory. */
interface Place {
  readonly place: number;
  readonly number: number;
  readonly used: number;
}

/** What letters are opened with. */
export interface LettersOptions {
  /** Which. */
  readonly kind: LetterKind;
  /** Segments at most; {@linkcode MAX_LETTER_SEGMENTS} unless given. */
  readonly maxSegments?: number;
}

/** Letters, open for as long as their records are. Its methods throw a `StoreError`, "locked" for one. */
export class Letters {
  readonly #records: SealedRecords;
  readonly #kind: LetterKind;
  readonly #maxSegments: number;
  readonly #turns = new Turns();
  readonly #entries = new Map<MessageId, Entry>();
  /** In the order of their numbers, the last one being written. */
  #places: Place[] = [];
  #dropped = false;

  private constructor(records: SealedRecords, { kind, maxSegments }: LettersOptions) {
    this.#records = records;
    this.#kind = kind;
    this.#maxSegments = maxSegments ?? MAX_LETTER_SEGMENTS[kind];
  }

  /** Reads what there is. Throws a `StoreError`, "damaged" for what wasn't sealed there. */
  static async open(records: SealedRecords, options: LettersOptions): Promise<Letters> {
    const letters = new Letters(records, options);
    for (let place = 0; place < letters.#maxSegments; place++) {
      const bytes = await records.get(letterName(options.kind, place));
      if (bytes === undefined) break;
      const { number, letters: found } = decodeSegment(bytes);
      letters.#places.push({ place, number, used: sizeOf(found) });
      for (const letter of found) letters.#entries.set(letter.id, entryOf(letter, place));
    }
    letters.#places.sort((a, b) => a.number - b.number);
    return letters;
  }

  /** Letters kept. */
  get size(): number {
    return this.#entries.size;
  }

  /** Whether older letters had to make room since this was opened. */
  get dropped(): boolean {
    return this.#dropped;
  }

  /** Whether a message was kept as a letter. */
  has(id: MessageId): boolean {
    return this.#entries.has(id);
  }

  /** What a letter is listed by. */
  head(id: MessageId): LetterHead | undefined {
    return this.#entries.get(id);
  }

  /** All letters as listed, the first kept first. */
  heads(): readonly LetterHead[] {
    return [...this.#entries.values()];
  }

  /** Letters, in no set order; unknown ones are skipped. */
  read(ids: Iterable<MessageId>): Promise<Private<readonly Letter[]>> {
    const wanted = new Set(ids);
    return this.#turns.run(async () => {
      const places = new Set<number>();
      for (const id of wanted) {
        const entry = this.#entries.get(id);
        if (entry !== undefined) places.add(entry.place);
      }
      const found: Letter[] = [];
      for (const place of places) {
        found.push(...(await this.#read(place)).filter(({ id }) => wanted.has(id)));
      }
      return new Private(found);
    });
  }

  /** Keeps letters, those that are here aside, and writes the last segment in any case. */
  add(letters: Private<readonly Letter[]>): Promise<void> {
    return this.#turns.run(async () => {
      let waiting = letters.reveal().filter(({ id }) => !this.#entries.has(id));
      do waiting = await this.#append(waiting); while (waiting.length > 0);
    });
  }

  /** Destroys letters; unknown ones are skipped. */
  remove(ids: Iterable<MessageId>): Promise<void> {
    const gone = new Set(ids);
    return this.#turns.run(async () => {
      const places = new Set(
        [...gone].map((id) => this.#entries.get(id)?.place).filter((place) => place !== undefined),
      );
      for (const [i, known] of this.#places.entries()) {
        if (!places.has(known.place)) continue;
        const kept = (await this.#read(known.place)).filter(({ id }) => !gone.has(id));
        await this.#write(known, kept);
        this.#places[i] = { ...known, used: sizeOf(kept) };
      }
      for (const id of gone) this.#entries.delete(id);
    });
  }

  /** Writes the last segment with as many letters as fit; answers the others. */
  async #append(letters: readonly Letter[]): Promise<Letter[]> {
    const last = this.#places.at(-1) ?? await this.#newPlace();
    let used = last.used;
    let fits = 0;
    for (const letter of letters) {
      const size = letterBytes(letter);
      if (used + size > SEGMENT_ROOM) break;
      used += size;
      fits++;
    }
    if (fits === 0 && letters.length > 0) {
      await this.#newPlace();
      return [...letters];
    }
    const some = letters.slice(0, fits);
    await this.#write(last, [...await this.#read(last.place), ...some]);
    this.#places[this.#places.length - 1] = { ...last, used };
    for (const letter of some) this.#entries.set(letter.id, entryOf(letter, last.place));
    return letters.slice(fits);
  }

  /** An empty segment behind the last one, in the place of the first if there is no other. */
  async #newPlace(): Promise<Place> {
    const number = (this.#places.at(-1)?.number ?? 0) + 1;
    const isFull = this.#places.length >= this.#maxSegments;
    const place = isFull ? this.#places[0]?.place ?? 0 : this.#places.length;
    const made = { place, number, used: 0 };
    await this.#write(made, []);
    if (isFull) {
      this.#dropped = true;
      this.#places.shift();
      for (const [id, entry] of this.#entries) {
        if (entry.place === place) this.#entries.delete(id);
      }
    }
    this.#places.push(made);
    return made;
  }

  async #read(place: number): Promise<readonly Letter[]> {
    const bytes = await this.#records.get(letterName(this.#kind, place));
    if (bytes === undefined) throw damaged();
    return decodeSegment(bytes).letters;
  }

  async #write({ place, number }: Place, letters: readonly Letter[]): Promise<void> {
    const bytes = encodeSegment({ number, letters });
    await this.#records.put(letterName(this.#kind, place), bytes);
    bytes.fill(0);
  }
}

function sizeOf(letters: readonly Letter[]): number {
  return letters.reduce((sum, letter) => sum + letterBytes(letter), 0);
}

function entryOf({ id, key, from, to, sent, created }: Letter, place: number): Entry {
  return { id, key, from, to, sent, created, place };
}
