/**
 * Real posts for benchmarks: signed and stamped as the protocol demands, by many authors. A stamp
 * is work by design (16,384 hashes on average for each post), so every core makes some, and a set
 * is kept for a week in the system's folder for temporary files.
 */
import { join } from "node:path";
import { tmpdir } from "node:os";
import { Worker } from "node:worker_threads";
import type { Chunk, Order } from "./posts_worker.ts";

/** How many posts of 140 characters, by how many authors. */
export interface PostsOptions {
  readonly posts: number;
  readonly authors: number;
  /** Bytes of each character; 1 unless given, which makes posts of 317 bytes; 3 makes them 600. */
  readonly width?: 1 | 3;
  /** Seconds between two posts of an author; 10 unless given. */
  readonly spacing?: number;
}

/** Seconds for which a kept set is used: well within a message's lifetime. */
const KEPT_S = 7 * 86_400;

/** Makes the posts, or takes the ones kept. In order of time, authors taking turns. */
export async function makePosts(options: PostsOptions): Promise<Uint8Array[]> {
  const { posts, authors, width = 1, spacing = 10 } = options;
  const path = join(tmpdir(), `gossamer-bench-${posts}-${authors}-${width}-${spacing}.posts`);
  const kept = await readKept(path);
  if (kept !== undefined) return kept;
  const made = await mineAll(options);
  const partial = `${path}.${crypto.randomUUID()}`;
  await Deno.writeFile(partial, join32(made));
  await Deno.rename(partial, path);
  return made;
}

async function mineAll(
  { posts, authors, width = 1, spacing = 10 }: PostsOptions,
): Promise<Uint8Array[]> {
  const step = Math.max(1, navigator.hardwareConcurrency);
  const since = Math.floor(Date.now() / 10_000) * 10 - spacing * Math.ceil(posts / authors);
  const made: Uint8Array[] = new Array(posts);
  await Promise.all(
    Array.from(
      { length: step },
      (_, first) =>
        work({ first, step, posts, authors, width, spacing, since }, (index, bytes) => {
          made[index] = bytes;
        }),
    ),
  );
  return made;
}

function work(order: Order, take: (index: number, bytes: Uint8Array) => void): Promise<void> {
  const worker = new Worker(new URL("./posts_worker.ts", import.meta.url), { workerData: order });
  return new Promise((resolve, reject) => {
    worker.on("message", (chunk: Chunk) => {
      for (const [index, bytes] of chunk) take(index, bytes);
      if (chunk.length > 0) return;
      resolve();
      worker.terminate();
    });
    worker.on("error", reject);
    // After the last chunk this comes too late to matter.
    worker.on("exit", () => reject(new Error("A worker ended early")));
  });
}

async function readKept(path: string): Promise<Uint8Array[] | undefined> {
  try {
    const { mtime } = await Deno.stat(path);
    if (mtime === null || Date.now() - mtime.getTime() > KEPT_S * 1_000) return undefined;
    return split32(await Deno.readFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Each part behind its length, u32be. */
function join32(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
  const view = new DataView(whole.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length);
    whole.set(part, at + 4);
    at += 4 + part.length;
  }
  return whole;
}

function split32(whole: Uint8Array): Uint8Array[] {
  const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < whole.length;) {
    const length = view.getUint32(at);
    parts.push(whole.slice(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return parts;
}
