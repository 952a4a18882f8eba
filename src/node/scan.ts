/** Searches every byte of a data folder for what must not be in it any more. */
import { Buffer } from "node:buffer";

const CHUNK_BYTES = 1_048_576;

/** What must not be found. */
export interface Forbidden {
  /** What it is, in words that tell nothing of it. */
  readonly what: string;
  /** The bytes; few ones would be found by chance. */
  readonly bytes: Uint8Array;
  /** Names of files in which it may stand, by their beginning. */
  readonly except?: string;
}

/** Answers what was found, in words; empty is what one hopes for. Throws the system's error. */
export async function scanFolder(
  dir: string,
  forbidden: readonly Forbidden[],
): Promise<readonly string[]> {
  const found = new Set<string>();
  for await (const { name, isFile } of Deno.readDir(dir)) {
    if (!isFile) continue;
    const wanted = forbidden.filter(({ except }) =>
      except === undefined || !name.startsWith(except)
    );
    for (const what of await scanFile(`${dir}/${name}`, wanted)) found.add(`${what} in ${name}`);
  }
  return [...found].sort();
}

async function scanFile(path: string, wanted: readonly Forbidden[]): Promise<readonly string[]> {
  const overlap = Math.max(1, ...wanted.map(({ bytes }) => bytes.length)) - 1;
  const window = Buffer.alloc(overlap + CHUNK_BYTES);
  const found = new Set<string>();
  using file = await Deno.open(path);
  let kept = 0;
  while (true) {
    const n = await file.read(window.subarray(kept));
    if (n === null) return [...found];
    const filled = window.subarray(0, kept + n);
    for (const { what, bytes } of wanted) {
      if (filled.includes(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))) {
        found.add(what);
      }
    }
    kept = Math.min(overlap, filled.length);
    filled.copyWithin(0, filled.length - kept);
  }
}
