import assert from "node:assert/strict";
import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";
import { sha256 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { BackupFile, sealBackup } from "../../src/keystore/backup_file.ts";
import { KeyFileError, WrongArchivePassphraseError } from "../../src/keystore/errors.ts";
import { KDF_FLOOR } from "../../src/keystore/kdf_params.ts";
import {
  CHUNK_BYTES,
  chunksIn,
  MAX_CHUNKS,
  MIN_CHUNKS,
  roundedChunks,
  SEALED_CHUNK_BYTES,
} from "../../src/keystore/sealed_stream.ts";
import { Secret } from "../../src/keystore/secret.ts";
import { labelsOf, MAIN_NETWORK, parseNetworkName } from "../../src/wire/labels.ts";
import vectors from "../vectors/backup.json" with { type: "json" };
import { neitherSlowNorSecure } from "./fake_kdf.ts";

const LABELS = labelsOf(MAIN_NETWORK);
const SEAL = {
  labels: LABELS,
  kdf: neitherSlowNorSecure,
  params: KDF_FLOOR,
  limits: { floor: KDF_FLOOR, ceiling: KDF_FLOOR },
};
const secret = (text: string): Secret => Secret.take(new TextEncoder().encode(text));
const HEAD = 64;

async function* pieces(...all: Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const piece of all) yield await Promise.resolve(piece);
}

async function sealed(
  contents: Uint8Array,
  random?: (n: number) => Uint8Array,
): Promise<Uint8Array> {
  using passphrase = secret("seven words");
  const parts: Uint8Array[] = [];
  const seal = { ...SEAL, passphrase, ...(random === undefined ? {} : { random }) };
  for await (const part of sealBackup(pieces(contents), seal)) parts.push(part);
  return concatBytes(...parts);
}

/** What a file opens to, wholly. */
async function opened(
  bytes: Uint8Array,
  { words = "seven words", labels = LABELS } = {},
): Promise<Uint8Array> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, bytes);
    using passphrase = secret(words);
    using file = await BackupFile.open(path, { ...SEAL, labels, passphrase });
    const chunks: Uint8Array[] = [];
    for await (const chunk of file.chunks()) chunks.push(chunk);
    return concatBytes(...chunks);
  } finally {
    await Deno.remove(path);
  }
}

const chunkAt = (file: Uint8Array, i: number): Uint8Array =>
  file.slice(HEAD + i * SEALED_CHUNK_BYTES, HEAD + (i + 1) * SEALED_CHUNK_BYTES);

Deno.test("roundedChunks: at least 16, at most an eighth more, and a fixed point of itself", () => {
  assert.deepEqual([0, 1, 16, 17, 19, 100, 1000].map(roundedChunks), [
    16,
    16,
    16,
    18,
    20,
    104,
    1024,
  ]);
  fc.assert(fc.property(fc.integer({ min: 1, max: MAX_CHUNKS }), (needed) => {
    const chunks = roundedChunks(needed);
    assert.ok(chunks >= needed && chunks >= MIN_CHUNKS && chunks <= MAX_CHUNKS);
    if (needed >= MIN_CHUNKS) assert.ok(chunks - needed < needed / 8);
    assert.equal(roundedChunks(chunks), chunks);
  }));
});

Deno.test("chunksIn: only the sizes that files have", () => {
  const size = (chunks: number): number => HEAD + chunks * SEALED_CHUNK_BYTES;
  assert.equal(chunksIn(size(16)), 16);
  assert.equal(chunksIn(size(MAX_CHUNKS)), MAX_CHUNKS);
  const bad = [0, HEAD, size(15), size(17), size(16) - 1, size(16) + 1, size(MAX_CHUNKS * 2)];
  for (const bytes of bad) assert.equal(chunksIn(bytes), undefined);
});

Deno.test("a backup's size is one of few, whatever it holds, and it opens to that and zeros", async () => {
  for (const length of [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, 16 * CHUNK_BYTES]) {
    const contents = new Uint8Array(length).fill(7);
    const file = await sealed(contents);
    assert.equal(file.length, HEAD + 16 * SEALED_CHUNK_BYTES);
    const plain = await opened(file);
    assert.deepEqual(plain.slice(0, length), contents);
    assert.ok(plain.slice(length).every((byte) => byte === 0));
  }
  const more = await sealed(new Uint8Array(16 * CHUNK_BYTES + 1).fill(7));
  assert.equal(more.length, HEAD + 18 * SEALED_CHUNK_BYTES);
  assert.equal((await opened(more))[16 * CHUNK_BYTES], 7);
});

Deno.test("chunks that are swapped, repeated, cut off, flipped or another file's are noticed", async () => {
  const contents = new Uint8Array(18 * CHUNK_BYTES).fill(9);
  const file = await sealed(contents);
  const other = await sealed(contents);
  const head = file.slice(0, HEAD);
  const all = Array.from({ length: 18 }, (_, i) => chunkAt(file, i));
  const damaged = (error: unknown): boolean =>
    error instanceof KeyFileError && error.code === "damaged";
  const swapped = concatBytes(head, ...all.with(3, all[4] ?? head).with(4, all[3] ?? head));
  await assert.rejects(opened(swapped), damaged);
  await assert.rejects(opened(concatBytes(head, ...all.with(5, all[4] ?? head))), damaged);
  await assert.rejects(opened(concatBytes(head, ...all.slice(0, 16))), damaged);
  await assert.rejects(opened(concatBytes(head, ...all.with(5, chunkAt(other, 5)))), damaged);
  await assert.rejects(opened(concatBytes(head, ...all, ...all.slice(0, 2))), damaged);
  await assert.rejects(opened(file.slice(0, -1)), damaged);
  const flipped = file.slice();
  flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
  await assert.rejects(opened(flipped), damaged);
  // All there is to say of the first chunk is that it doesn't open.
  const headFlipped = file.slice();
  headFlipped[33] = (headFlipped[33] ?? 0) ^ 1;
  await assert.rejects(opened(headFlipped), WrongArchivePassphraseError);
  await assert.rejects(opened(concatBytes(head, ...all.toReversed())), WrongArchivePassphraseError);
});

Deno.test("a wrong passphrase and another network don't open it", async () => {
  const file = await sealed(new Uint8Array(5));
  await assert.rejects(opened(file, { words: "other words" }), WrongArchivePassphraseError);
  const network = parseNetworkName("closed");
  assert.ok(network !== undefined);
  await assert.rejects(opened(file, { labels: labelsOf(network) }), WrongArchivePassphraseError);
});

Deno.test("headers of newer versions and of what costs too much are refused before any work", async () => {
  const file = await sealed(new Uint8Array(5));
  const cases: [number, number, string][] = [
    [0, 0x58, "damaged"],
    [8, 2, "unsupported"],
    [9, 2, "unsupported"],
    [10, 255, "unsupported"],
    [11, 2, "unsupported"],
    [12, 0xff, "unsupported"],
    [53, 1, "damaged"],
    [60, 1, "unsupported"],
  ];
  for (const [at, byte, code] of cases) {
    const changed = file.slice();
    changed[at] = byte;
    await assert.rejects(
      opened(changed),
      (error) => error instanceof KeyFileError && error.code === code,
      `byte ${at}`,
    );
  }
  for (const length of [0, 7, 63, 64]) {
    await assert.rejects(opened(file.slice(0, length)), KeyFileError);
  }
});

Deno.test("the frozen vector", async () => {
  const numbers = hexToBytes(vectors.random);
  let used = 0;
  const random = (length: number): Uint8Array => numbers.slice(used, used += length);
  const file = await sealed(hexToBytes(vectors.contents), random);
  assert.equal(bytesToHex(file.slice(0, HEAD)), vectors.header);
  assert.equal(bytesToHex(file.slice(HEAD, HEAD + 64)), vectors.firstBytes);
  assert.equal(bytesToHex(file.slice(-64)), vectors.lastBytes);
  assert.equal(bytesToHex(sha256(file)), vectors.sha256);
});
