import assert from "node:assert/strict";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import {
  IdentityNameError,
  KeyFileError,
  TooManyIdentitiesError,
} from "../../src/keystore/errors.ts";
import { argon2id } from "../../src/keystore/kdf.ts";
import { KDF_LIMITS, type KdfLimits } from "../../src/keystore/kdf_params.ts";
import {
  checkLocalName,
  decodeKeyContents,
  encodeKeyContents,
  HEIR_BYTES,
  KEY_CONTENTS_BYTES,
  type KeyContents,
  MAX_IDENTITIES,
} from "../../src/keystore/key_contents.ts";
import {
  decodeKeyFileHeader,
  KEY_FILE_BYTES,
  openKeyFile,
  sealKeyFile,
  vacantKey,
} from "../../src/keystore/key_file.ts";
import { Secret } from "../../src/keystore/secret.ts";
import { type Labels, labelsOf, MAIN_NETWORK, parseNetworkName } from "../../src/wire/labels.ts";
import { Private } from "../../src/wire/privacy.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import vectors from "../vectors/key_file.json" with { type: "json" };

const LOW: KdfLimits = { floor: { memoryKiB: 64, passes: 1 }, ceiling: KDF_LIMITS.ceiling };
const LABELS = labelsOf(MAIN_NETWORK);

type FileVector = typeof vectors.files[number];

function secretOf(hex: string): Secret {
  return Secret.take(hexToBytes(hex));
}

function labelsFor(vector: FileVector): Labels {
  return labelsOf(parseNetworkName(vector.network)!);
}

interface PlainContents {
  storeKey: string;
  /** Without an heir: zeros. */
  identities: { seed: string; name: string; created: number; heir?: string }[];
}

function contentsOf(vector: PlainContents): KeyContents {
  return {
    storeKey: secretOf(vector.storeKey),
    entries: vector.identities.map(({ seed, name, created, heir }) => ({
      seed: secretOf(seed),
      created: unixSeconds(created),
      name: new Private(name),
      heir: heir === undefined ? new Uint8Array(HEIR_BYTES) : hexToBytes(heir),
    })),
  };
}

function plain({ storeKey, entries }: KeyContents): PlainContents {
  return {
    storeKey: storeKey.use(bytesToHex),
    identities: entries.map(({ seed, created, name, heir }) => ({
      seed: seed.use(bytesToHex),
      name: name.reveal(),
      created,
      heir: bytesToHex(heir),
    })),
  };
}

/** What opening answers: "open", or the code of the refusal. Anything else thrown fails the test. */
function opening(file: Uint8Array, key: Secret, labels: Labels = LABELS): string {
  try {
    decodeKeyFileHeader(file, LOW);
  } catch (error) {
    assert(error instanceof KeyFileError, String(error));
    return error.code;
  }
  return openKeyFile(file, { key, labels }) === undefined ? "wrong-passphrase" : "open";
}

function fileOf(vector: FileVector): Uint8Array {
  return Uint8Array.from(atob(vector.file), (char) => char.charCodeAt(0));
}

const TWO = vectors.files[1]!;

for (const vector of vectors.files) {
  Deno.test(`key file "${vector.name}" is written and read as frozen`, async () => {
    const labels = labelsFor(vector);
    const file = fileOf(vector);
    const header = decodeKeyFileHeader(file, LOW);
    assert.deepEqual(header, {
      params: { memoryKiB: vector.memoryKiB, passes: vector.passes },
      salt: hexToBytes(vector.salt),
      nonce: hexToBytes(vector.nonce),
    });
    const key = vector.passphrase === null
      ? vacantKey(labels, header.salt)
      : await argon2id(secretOf(vector.passphrase), header);
    assert.equal(key.use(bytesToHex), vector.key);

    const opened = openKeyFile(file, { key, labels });
    assert(opened !== undefined);
    const contents = opened.use((bytes) => decodeKeyContents(bytes));
    assert.deepEqual(plain(contents), {
      storeKey: vector.storeKey,
      identities: vector.identities.map(({ seed, name, created }) => ({
        seed,
        name,
        created,
        heir: "00".repeat(HEIR_BYTES),
      })),
    });

    const encoded = encodeKeyContents(contentsOf(vector));
    assert.equal(encoded.use((bytes) => bytesToHex(sha256(bytes))), vector.contentsSha256);
    const sealed = sealKeyFile(encoded, { key, labels, header });
    assert.equal(bytesToHex(sealed), bytesToHex(file));
    assert.equal(bytesToHex(sha256(file)), vector.fileSha256);

    const elsewhere = labelsOf(parseNetworkName("elsewhere")!);
    assert.equal(opening(file, key, elsewhere), "wrong-passphrase");
  });
}

Deno.test("key file: every bad case is refused for its reason", () => {
  const key = secretOf(TWO.key);
  const verdicts = vectors.bad.map((bad) => {
    let file = fileOf(TWO);
    if (bad.truncate !== undefined) file = file.slice(0, bad.truncate);
    if (bad.append !== undefined) file = Uint8Array.from([...file, ...hexToBytes(bad.append)]);
    if (bad.offset !== undefined) file.set(hexToBytes(bad.bytes), bad.offset);
    return { ...bad, verdict: opening(file, key) };
  });
  assert.deepEqual(verdicts, vectors.bad);
});

Deno.test("key contents: every bad case is refused, and what is taken encodes to the same", () => {
  for (const bad of vectors.badContents) {
    const contents = encodeKeyContents(contentsOf(TWO));
    contents.use((bytes) => {
      bytes.set(hexToBytes(bad.bytes), bad.offset);
      if (bad.valid) {
        const again = encodeKeyContents(decodeKeyContents(bytes));
        assert.equal(again.use(bytesToHex), bytesToHex(bytes), bad.name);
      } else {
        assert.throws(
          () => decodeKeyContents(bytes),
          (error) => error instanceof KeyFileError && error.code === "damaged",
          bad.name,
        );
      }
    });
  }
});

Deno.test("key file: any length but its own is refused before anything is read", () => {
  const file = fileOf(TWO);
  const longer = new Uint8Array(KEY_FILE_BYTES + 100);
  longer.set(file);
  fc.assert(fc.property(fc.nat(longer.length - 1), (length) => {
    const expected = length === KEY_FILE_BYTES ? "open" : "damaged";
    assert.equal(opening(longer.subarray(0, length), secretOf(TWO.key)), expected);
  }));
});

Deno.test("key file: each flipped bit of the header, and of the blob, is refused", () => {
  const file = fileOf(TWO);
  const key = secretOf(TWO.key);
  const flipped = (bit: number): string => {
    const copy = file.slice();
    copy[bit >> 3]! ^= 1 << (bit & 7);
    return opening(copy, key);
  };
  for (let bit = 0; bit < 64 * 8; bit++) assert.notEqual(flipped(bit), "open", `bit ${bit}`);
  fc.assert(fc.property(
    fc.integer({ min: 64 * 8, max: KEY_FILE_BYTES * 8 - 1 }),
    (bit) => flipped(bit) === "wrong-passphrase",
  ));
});

Deno.test("key file: parameters are taken from floor to ceiling and no further", () => {
  const verdict = (memoryKiB: number, passes: number): string => {
    const file = fileOf(TWO);
    file[10] = passes;
    new DataView(file.buffer).setUint32(12, memoryKiB);
    try {
      decodeKeyFileHeader(file);
      return "taken";
    } catch (error) {
      assert(error instanceof KeyFileError);
      return error.code;
    }
  };
  assert.deepEqual(
    [[65_536, 3], [1_048_576, 16], [65_535, 3], [65_536, 2], [1_048_577, 16], [1_048_576, 17]]
      .map(([memory, passes]) => verdict(memory!, passes!)),
    ["taken", "taken", "unsupported", "unsupported", "unsupported", "unsupported"],
  );
});

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const names = fc.string({ unit: "grapheme-composite", maxLength: 64 }).filter((name) => {
  try {
    checkLocalName(name);
    return true;
  } catch {
    return false;
  }
});
const anyContents = fc.record({
  storeKey: bytes32.map((bytes) => bytesToHex(bytes)),
  identities: fc.array(
    fc.record({
      seed: bytes32.map((bytes) => bytesToHex(bytes)),
      name: names,
      created: fc.maxSafeNat(),
      heir: bytes32.map((bytes) => bytesToHex(bytes)),
    }, { noNullPrototype: true }),
    { maxLength: MAX_IDENTITIES },
  ),
}, { noNullPrototype: true });

Deno.test("key contents come back as they went in, in one size", () => {
  fc.assert(fc.property(anyContents, (contents) => {
    const encoded = encodeKeyContents(contentsOf(contents));
    assert.equal(encoded.length, KEY_CONTENTS_BYTES);
    assert.deepEqual(encoded.use((bytes) => plain(decodeKeyContents(bytes))), contents);
  }));
});

Deno.test("key contents: random bytes are refused, or are an encoding", () => {
  const noise = fc.uint8Array({ minLength: 700, maxLength: 700 });
  fc.assert(fc.property(fc.nat(20), noise, (count, head) => {
    const bytes = new Uint8Array(KEY_CONTENTS_BYTES);
    bytes.set(head);
    bytes[0] = count;
    bytes.fill(0, 33, 112);
    try {
      const again = encodeKeyContents(decodeKeyContents(bytes));
      assert.equal(again.use(bytesToHex), bytesToHex(bytes));
    } catch (error) {
      assert(error instanceof KeyFileError && error.code === "damaged", String(error));
    }
  }));
});

Deno.test("key contents hold 16 identities, not 17", () => {
  const one = contentsOf(TWO).entries[0]!;
  const of = (count: number): KeyContents => ({
    storeKey: new Secret(32),
    entries: Array.from({ length: count }, () => one),
  });
  assert.equal(encodeKeyContents(of(MAX_IDENTITIES)).length, KEY_CONTENTS_BYTES);
  assert.throws(() => encodeKeyContents(of(MAX_IDENTITIES + 1)), TooManyIdentitiesError);
});

Deno.test("local names are at most 64 code points of clean text", () => {
  const good = ["", "alice", "x".repeat(64), "😀".repeat(64), "Zoë 🇩🇪"];
  const bad = [
    "x".repeat(65),
    "😀".repeat(65),
    "a\nb",
    "a\u0000",
    "\u001b[31m",
    "\u0085",
    "\u007f",
    "\ud800",
  ];
  assert.deepEqual(good.map((name) => checkLocalName(name).reveal()), good);
  for (const name of bad) assert.throws(() => checkLocalName(name), IdentityNameError);
});
