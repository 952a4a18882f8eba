/**
 * The file of a backup (docs/PROTOCOL.md section 11): a sealed stream under a passphrase of its own,
 * written and read a chunk at a time.
 */
import type { Labels } from "../wire/labels.ts";
import { KeyFileError, WrongArchivePassphraseError } from "./errors.ts";
import { argon2id, type Kdf } from "./kdf.ts";
import type { KdfLimits, KdfParams } from "./kdf_params.ts";
import { CARRIED_FLOOR, SEALED_HEADER_BYTES, type SealedKind } from "./sealed_file.ts";
import {
  CHUNK_BYTES,
  MAX_CHUNKS,
  newStreamHeader,
  readStreamHeader,
  roundedChunks,
  SEALED_CHUNK_BYTES,
  StreamCipher,
} from "./sealed_stream.ts";
import type { Secret } from "./secret.ts";

/** First bytes of every backup (docs/PROTOCOL.md section 11). */
export const BACKUP_MAGIC = "gsmrback";
const KIND: SealedKind = { magic: BACKUP_MAGIC, what: "a backup" };

/** How a backup is sealed or opened. */
export interface BackupSeal {
  /** Labels of the network: a backup of one doesn't open in another. */
  readonly labels: Labels;
  /** The backup's own passphrase; stays the caller's to wipe. */
  readonly passphrase: Secret;
  /** Argon2id when left out. */
  readonly kdf?: Kdf;
  /** Random bytes; the system's when left out: others are for vectors. */
  readonly random?: (length: number) => Uint8Array;
  /** {@linkcode CARRIED_FLOOR} when left out: lower ones are for tests. */
  readonly params?: KdfParams;
  /** What a file may ask for: others than the default are for tests. */
  readonly limits?: KdfLimits;
}

/**
 * Seals contents of any length into the pieces of a file. Takes about four seconds before the first.
 * Throws a `RangeError` over 4 GiB.
 */
export async function* sealBackup(
  contents: AsyncIterable<Uint8Array>,
  { labels, passphrase, kdf = argon2id, random = systemRandom, params = CARRIED_FLOOR }: BackupSeal,
): AsyncGenerator<Uint8Array> {
  const header = newStreamHeader({ params, random });
  using key = await kdf(passphrase, { salt: header.salt, params });
  const cipher = new StreamCipher({ key, label: labels.backup }, { header, kind: KIND });
  yield cipher.head;
  let index = 0;
  let held: Uint8Array | undefined;
  // One chunk is always held back, since the last one is sealed otherwise.
  for await (const chunk of inChunks(contents)) {
    if (held !== undefined) yield cipher.seal(held, { index: index++, last: false });
    if (index >= MAX_CHUNKS - 1) throw new RangeError("A backup has at most 4 GiB");
    held = chunk;
  }
  const chunks = roundedChunks(index + (held === undefined ? 0 : 1));
  held ??= new Uint8Array(CHUNK_BYTES);
  for (; index < chunks; index++) {
    yield cipher.seal(held, { index, last: index === chunks - 1 });
    held = new Uint8Array(CHUNK_BYTES);
  }
}

/** An open backup, which can be read more than once. */
export class BackupFile {
  readonly #path: string;
  readonly #cipher: StreamCipher;
  readonly #chunks: number;
  readonly #key: Secret;

  private constructor(
    path: string,
    { cipher, chunks, key }: { cipher: StreamCipher; chunks: number; key: Secret },
  ) {
    this.#path = path;
    this.#cipher = cipher;
    this.#chunks = chunks;
    this.#key = key;
  }

  /**
   * Looks, without any passphrase, whether there is a file of a backup's form and size. Throws as
   * {@linkcode BackupFile.open} does, but for a wrong passphrase.
   */
  static async look(
    path: string,
    { limits }: Partial<Pick<BackupSeal, "limits">> = {},
  ): Promise<void> {
    const { head, size } = await readHead(path);
    readStreamHeader(head, { kind: KIND, fileBytes: size, limits });
  }

  /**
   * Opens a file as far as its first chunk. Throws a `KeyFileError` for what is none or was cut off,
   * a {@linkcode WrongArchivePassphraseError}, or the system's error.
   */
  static async open(path: string, seal: BackupSeal): Promise<BackupFile> {
    const { labels, passphrase, kdf = argon2id, limits } = seal;
    const { head, size } = await readHead(path);
    const { header, chunks } = readStreamHeader(head, { kind: KIND, fileBytes: size, limits });
    const key = await kdf(passphrase, { salt: header.salt, params: header.params });
    const cipher = new StreamCipher({ key, label: labels.backup }, { header, kind: KIND });
    const file = new BackupFile(path, { cipher, chunks, key });
    try {
      for await (const chunk of file.chunks()) {
        chunk.fill(0);
        break;
      }
      return file;
    } catch (error) {
      key.wipe();
      throw error;
    }
  }

  /** Bytes of the contents, fill included. */
  get bytes(): number {
    return this.#chunks * CHUNK_BYTES;
  }

  /**
   * The contents, a chunk at a time. Throws a `KeyFileError` "damaged" for a chunk that isn't what
   * was sealed there, a {@linkcode WrongArchivePassphraseError} when that is the first.
   */
  async *chunks(): AsyncGenerator<Uint8Array> {
    using file = await Deno.open(this.#path);
    await file.seek(SEALED_HEADER_BYTES, Deno.SeekMode.Start);
    for (let index = 0; index < this.#chunks; index++) {
      const sealed = new Uint8Array(SEALED_CHUNK_BYTES);
      if (await fill(file, sealed) < sealed.length) throw cutOff();
      const chunk = this.#cipher.open(sealed, { index, last: index === this.#chunks - 1 });
      if (chunk !== undefined) yield chunk;
      else if (index === 0) throw new WrongArchivePassphraseError("the backup");
      else throw new KeyFileError("damaged", `The backup is damaged in its part ${index + 1}`);
    }
  }

  /** Wipes the key. */
  [Symbol.dispose](): void {
    this.#key.wipe();
  }
}

/** Cuts bytes into full chunks; the last one is filled up with zeros. */
async function* inChunks(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let chunk = new Uint8Array(CHUNK_BYTES);
  let used = 0;
  for await (const piece of pieces) {
    for (let rest = piece; rest.length > 0;) {
      const taken = rest.subarray(0, CHUNK_BYTES - used);
      chunk.set(taken, used);
      used += taken.length;
      rest = rest.subarray(taken.length);
      if (used < CHUNK_BYTES) continue;
      yield chunk;
      chunk = new Uint8Array(CHUNK_BYTES);
      used = 0;
    }
  }
  if (used > 0) yield chunk;
}

async function readHead(path: string): Promise<{ head: Uint8Array; size: number }> {
  using file = await Deno.open(path);
  const head = new Uint8Array(SEALED_HEADER_BYTES);
  const length = await fill(file, head);
  return { head: head.subarray(0, length), size: (await file.stat()).size };
}

/** Reads until the buffer is full or nothing comes; answers how much. */
async function fill(file: Deno.FsFile, buffer: Uint8Array): Promise<number> {
  let length = 0;
  while (length < buffer.length) {
    const n = await file.read(buffer.subarray(length));
    if (n === null) break;
    length += n;
  }
  return length;
}

function cutOff(): KeyFileError {
  return new KeyFileError("damaged", "The backup was cut off");
}

function systemRandom(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}
