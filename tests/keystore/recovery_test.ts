import assert from "node:assert/strict";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import decodeQr from "qr/decode.js";
import { publicKeyOf } from "../../src/keystore/ed25519.ts";
import { KeystoreError } from "../../src/keystore/errors.ts";
import { argon2id } from "../../src/keystore/kdf.ts";
import { KDF_LIMITS, type KdfLimits } from "../../src/keystore/kdf_params.ts";
import { SeedSigner } from "../../src/keystore/keyring.ts";
import { makeRecovery, openRecoverySheet } from "../../src/keystore/make_recovery.ts";
import { decodeRecoveryHeader, RECOVERY_BYTES, sealRecovery } from "../../src/keystore/recovery.ts";
import {
  formatRecoverySheet,
  parseRecoverySheet,
  recoveryFileName,
  recoveryQrText,
} from "../../src/keystore/recovery_sheet.ts";
import { Secret } from "../../src/keystore/secret.ts";
import { formatIdentity } from "../../src/wire/ids.ts";
import { labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";
import { asPublic } from "../../src/wire/privacy.ts";
import { decodeStatement, encodeStatement, heirOf } from "../../src/wire/statement.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import vectors from "../vectors/recovery.json" with { type: "json" };
import { neitherSlowNorSecure } from "./fake_kdf.ts";

const LOW: KdfLimits = { floor: { memoryKiB: 64, passes: 1 }, ceiling: KDF_LIMITS.ceiling };
const LABELS = labelsOf(MAIN_NETWORK);
const [VECTOR] = vectors.sheets;
assert(VECTOR !== undefined);

function secretOf(text: string): Secret {
  return Secret.take(new TextEncoder().encode(text));
}

async function opening(text: string, passphrase: string = VECTOR!.passphrase): Promise<string> {
  try {
    const options = { labels: LABELS, passphrase: secretOf(passphrase), limits: LOW };
    await openRecoverySheet(text, options);
    return "open";
  } catch (error) {
    assert(error instanceof KeystoreError, String(error));
    return error.code;
  }
}

/** The block characters of a sheet as a picture, four pixels a module. */
function picture(sheet: string): { width: number; height: number; data: Uint8Array } {
  const drawn = sheet.slice(sheet.indexOf("scanned from paper:\n\n") + 21).split("\n").slice(0, -1);
  const columns = Math.max(...drawn.map((line) => [...line].length)) + 4;
  const [width, height] = [columns * 4, drawn.length * 8];
  const data = new Uint8Array(width * height * 4).fill(255);
  drawn.forEach((line, y) =>
    [...line].forEach((character, x) => {
      for (const half of [0, 1]) {
        if (character !== "█" && character !== (half === 0 ? "▀" : "▄")) continue;
        for (let i = 0; i < 16; i++) {
          const at = ((y * 8 + half * 4 + (i >> 2)) * width + x * 4 + (i & 3)) * 4;
          data.fill(0, at, at + 3);
        }
      }
    })
  );
  return { width, height, data };
}

Deno.test("recovery sheet: written and read as frozen", async () => {
  const { passphrase, identity, successor, certificate, heir, salt, nonce, sealed } = VECTOR;
  const opened = await openRecoverySheet(VECTOR.sheet, {
    labels: LABELS,
    passphrase: secretOf(passphrase),
    limits: LOW,
  });
  const { revocation } = opened;
  assert.deepEqual({
    identity: opened.identity,
    successor: opened.successor.use(bytesToHex),
    certificate: bytesToHex(encodeStatement(asPublic(revocation))),
    heir: bytesToHex(heirOf(LABELS, revocation.subject)),
  }, { identity, successor, certificate, heir });
  assert.deepEqual(decodeStatement(hexToBytes(certificate)), revocation);
  const bytes = hexToBytes(sealed);
  assert.equal(bytes.length, RECOVERY_BYTES);
  const header = decodeRecoveryHeader(bytes, LOW);
  assert.deepEqual([bytesToHex(header.salt), bytesToHex(header.nonce)], [salt, nonce]);
  const key = await argon2id(secretOf(passphrase), header);
  const recovery = { successor: Secret.take(hexToBytes(successor)), revocation };
  assert.equal(bytesToHex(sealRecovery(recovery, { key, labels: LABELS, header })), sealed);
  const sheet = { identity: opened.identity, network: "main", sealed: bytes };
  assert.equal(await formatRecoverySheet(sheet), VECTOR.sheet);
});

Deno.test("recovery sheet: every bad case of the vectors is refused for its reason", async () => {
  const found = [];
  for (const bad of vectors.bad) {
    const sealed = bad.sealed === undefined ? hexToBytes(VECTOR.sealed) : hexToBytes(bad.sealed);
    if (bad.offset !== undefined) sealed.set(hexToBytes(bad.bytes), bad.offset);
    found.push({ ...bad, verdict: await opening(recoveryQrText(sealed)) });
  }
  assert.deepEqual(found, vectors.bad);
});

Deno.test("recovery sheet: its QR code says the same, read from the printed blocks", () => {
  const text = decodeQr(picture(VECTOR.sheet));
  assert.equal(text, recoveryQrText(hexToBytes(VECTOR.sealed)));
  assert.equal(bytesToHex(parseRecoverySheet(text)), VECTOR.sealed);
});

Deno.test("recovery sheet: found however it was copied, and not at all when letters are missing", () => {
  const { sheet, sealed } = VECTOR;
  const copies = [
    sheet.toLowerCase(),
    sheet.replace(/\n/g, "\r\n"),
    `> ${sheet.slice(sheet.indexOf("-----BEGIN"), sheet.indexOf("The same as a QR"))}`,
    recoveryQrText(hexToBytes(sealed)).toLowerCase(),
  ];
  for (const copy of copies) assert.equal(bytesToHex(parseRecoverySheet(copy)), sealed);
  const damaged = (text: string): void => {
    assert.throws(
      () => parseRecoverySheet(text),
      (error) => error instanceof KeystoreError && error.code === "damaged",
    );
  };
  const end = sheet.indexOf("-----END GOSSAMER RECOVERY-----");
  for (let length = 0; length < end + 31; length += 7) damaged(sheet.slice(0, length));
  damaged(sheet.replace("-----BEGIN", "----BEGIN"));
  const block = sheet.slice(sheet.indexOf("-----BEGIN"));
  damaged(block.replace(/(?<=-----\n)[A-Z2-7]{5} /, ""));
  damaged(block.replace(/(?<=-----\n[A-Z2-7]{4})[A-Z2-7] /, "1 "));
});

Deno.test("recovery: each flipped byte is refused, and so is another passphrase or network", async () => {
  const seed = Secret.take(new Uint8Array(32).fill(3));
  const signer = new SeedSigner(seed.use(publicKeyOf), seed);
  const common = { labels: LABELS, passphrase: secretOf("seven words"), kdf: neitherSlowNorSecure };
  const made = await makeRecovery(signer, {
    ...common,
    now: unixSeconds(1_700_000_000),
    pause: () => Promise.resolve(),
    params: { memoryKiB: 65_536, passes: 3 },
  });
  const options = { ...common, limits: LOW };
  const opened = await openRecoverySheet(made.sheet, options);
  assert.equal(opened.identity, signer.key);
  assert.deepEqual(heirOf(LABELS, opened.successor.use(publicKeyOf)), made.heir);
  assert.equal(made.sheet.includes(formatIdentity(signer.key)), true);
  assert.equal(recoveryFileName(signer.key).slice(18, 26), formatIdentity(signer.key).slice(2, 10));
  const sealed = parseRecoverySheet(made.sheet);
  for (let at = 0; at < sealed.length; at++) {
    const copy = sealed.slice();
    copy[at]! ^= 1 << (at % 8);
    await assert.rejects(openRecoverySheet(recoveryQrText(copy), options), KeystoreError, `${at}`);
  }
  const wrong = { ...options, passphrase: secretOf("other words") };
  await assert.rejects(openRecoverySheet(made.sheet, wrong), /Wrong passphrase for the recovery/);
});
