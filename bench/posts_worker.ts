/** Makes the posts of some authors; one worker a core (see `posts.ts`). */
import { parentPort, workerData } from "node:worker_threads";
import { Author } from "../tests/e2e/harness/author.ts";

/** What a worker is asked: posts number `first`, `first + step` … below `posts`. */
export interface Order {
  readonly first: number;
  readonly step: number;
  readonly posts: number;
  readonly authors: number;
  /** Bytes of each character. */
  readonly width: 1 | 3;
  /** Seconds between two posts of an author. */
  readonly spacing: number;
  /** Seconds since 1970 of each author's first post. */
  readonly since: number;
}

/** Code points in each text. */
const TEXT_POINTS = 140;
/** Posts in one answer. */
const CHUNK = 64;

/** What a worker says: posts by number; last of all an empty chunk. */
export type Chunk = [index: number, bytes: Uint8Array][];

function work({ first, step, posts, authors, width, spacing, since }: Order): void {
  const own = new Map<number, Author>();
  let chunk: Chunk = [];
  for (let n = first; n < posts; n += step) {
    const index = n % authors;
    const author = own.get(index) ?? new Author();
    own.set(index, author);
    const text = width === 1 ? latin(n) : `${n} `.padEnd(TEXT_POINTS, "\u6642\u5149");
    const created = since + spacing * Math.floor(n / authors);
    // Profiles change seldom: the same one comes with each post of an author.
    const profile = { name: `Author ${index}`, updated: since };
    chunk.push([n, author.post(text, { created, ...profile }).bytes]);
    if (chunk.length === CHUNK) {
      parentPort?.postMessage(chunk);
      chunk = [];
    }
  }
  if (chunk.length > 0) parentPort?.postMessage(chunk);
  parentPort?.postMessage([]);
}

function latin(n: number): string {
  const words = `Post ${n} of a bench, with about as many words in it as people write when they `;
  return words.padEnd(TEXT_POINTS, "have a little over a hundred characters to say it in. ");
}

work(workerData);
