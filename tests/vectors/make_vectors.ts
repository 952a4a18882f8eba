/**
 * Writes the frozen vectors of bodies, statements, messages and admission:
 * `deno run -A tests/vectors/make_vectors.ts`. Not part of the tests: what it writes is frozen, and a
 * difference after a change of the code means that the protocol changed.
 */
import { bytesToHex } from "@noble/hashes/utils.js";
import { encodeBody } from "../../src/wire/body_encode.ts";
import type { Body } from "../../src/wire/body.ts";
import { idBytes, messageId, parseMessageId } from "../../src/wire/ids.ts";
import { labelsOf, parseNetworkName } from "../../src/wire/labels.ts";
import { decodeEnvelope, messageIdOf, signedBytes } from "../../src/wire/message.ts";
import { decode, encode, type Value } from "../../src/wire/msgpack.ts";
import { encodeSealed } from "../../src/wire/sealed_message.ts";
import {
  consentBytes,
  type Statement,
  statementSignedBytes,
  statementValue,
} from "../../src/wire/statement.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import {
  envelope,
  LABELS,
  NOW,
  PROFILE,
  statement,
  status,
  testKey,
} from "../wire/support.ts";

const alice = testKey(1);
const bob = testKey(2);
const carol = testKey(3);
const once = testKey(4);
const zero32 = new Uint8Array(32);
const hourly = unixSeconds(NOW - NOW % 3600);
const otherNetwork = parseNetworkName("test");
if (otherNetwork === undefined) throw new Error("Not a network name");
const otherLabels = labelsOf(otherNetwork);

const hex = (value: Value): string => bytesToHex(encode(value));

/** JSON with bins as `{"bin": hex}`. */
function toJson(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? { bin: bytesToHex(value) } : value;
}

/** One line a case, so that a change shows in a diff. */
async function write(name: string, parts: Record<string, unknown>): Promise<void> {
  const lines = Object.entries(parts).map(([key, value]) => {
    if (!Array.isArray(value)) return `  ${JSON.stringify(key)}: ${JSON.stringify(value, toJson)}`;
    const cases = value.map((item) => `    ${JSON.stringify(item, toJson)}`).join(",\n");
    return `  ${JSON.stringify(key)}: [\n${cases}\n  ]`;
  });
  await Deno.writeTextFile(new URL(`${name}.json`, import.meta.url), `{\n${lines.join(",\n")}\n}\n`);
}

const verifies = statement({ issuer: bob, subject: alice.key });
const withdraws = statement({ type: 1, issuer: bob, subject: alice.key });
const ends = statement({ type: 2, issuer: alice, subject: alice.key });
const handsOver = statement({ type: 2, issuer: alice, subject: carol.key, successor: carol });
const aboutCarol = statement({ issuer: bob, subject: carol.key });
const early = statement({ issuer: bob, subject: alice.key, issued: NOW + 901 });
const justInTime = statement({ issuer: bob, subject: alice.key, issued: NOW + 900 });
const elsewhere = statement({ issuer: bob, subject: alice.key, labels: otherLabels });
const unstamped: Statement = { ...verifies, stamp: new Uint8Array(8) };
const forged = statement({ issuer: { ...bob, sign: carol.sign }, subject: alice.key });
const noConsent = statement({ type: 2, issuer: alice, subject: carol.key });
const idleConsent = statement({ issuer: bob, subject: alice.key, consent: new Uint8Array(64) });
const badConsent = statement({ type: 2, issuer: alice, subject: carol.key, successor: bob });
const laterType: Value = [3, ...list(statementValue(verifies)).slice(1)];

function list(value: Value): readonly Value[] {
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) throw new Error();
  return value;
}

async function writeBodies(): Promise<void> {
  const file = { mediaType: "image/png", name: "a.png", bytes: new Uint8Array(3), alt: "Dot" };
  const good: [string, Body][] = [
    ["status", status()],
    ["status with everything", status({
      text: "Grüße 😀\n#x",
      markup: [
        { start: 0, end: 5, type: 0, value: "https://example.org/" },
        { start: 0, end: 0, type: 3, value: "00".repeat(32) },
        { start: 900, end: 2, type: 2 ** 40, value: "ranges and types are the reader's care" },
      ],
      attachments: [file, { mediaType: "", name: "../x", bytes: new Uint8Array(), alt: "" }],
      profile: { updated: NOW, name: "Älice", bio: "Bio", link: "example.org", heir: zero32.map(() => 7) },
    })],
    ["empty status at time 0", status({
      created: unixSeconds(0),
      text: "",
      profile: { ...PROFILE, updated: unixSeconds(0), name: "" },
    })],
    ["private", { kind: "private", created: hourly, sealed: encodeSealed({ suite: 1, enc: zero32, ct: new Uint8Array(1040) }) }],
    ["private of a later suite", { kind: "private", created: hourly, sealed: encodeSealed({ suite: 2, enc: new Uint8Array(3), ct: new Uint8Array() }) }],
    ["profile", { kind: "profile", created: NOW, profile: PROFILE }],
    ["retraction", { kind: "retraction", created: NOW, id: messageId(zero32) }],
    ["statement", { kind: "statement", created: NOW, statement: handsOver }],
  ];
  const profile: Value = [NOW, "", "", "", zero32];
  const sealed = (value: Value): Value => [1, hourly, encode(value)];
  const bad: [string, Value][] = [
    ["not an array", 0],
    ["empty array", []],
    ["type alone", [0]],
    ["type 16", [16, NOW]],
    ["type 2^32, which is 0 in 32 bits", [2 ** 32, NOW, "", [], [], profile]],
    ["type in a str", ["0", NOW, "", [], [], profile]],
    ["created in a str", [0, "0", "", [], [], profile]],
    ["unknown type without a time", [5, null]],
    ["status of arity 5", [0, NOW, "", [], []]],
    ["status of arity 7", [0, NOW, "", [], [], profile, null]],
    ["text in a bin", [0, NOW, new Uint8Array(), [], [], profile]],
    ["text of 141", [0, NOW, "x".repeat(141), [], [], profile]],
    ["markup missing", [0, NOW, "", null, [], profile]],
    ["markup of arity 3", [0, NOW, "", [[0, 0, 0]], [], profile]],
    ["markup value in a bin", [0, NOW, "", [[0, 0, 0, new Uint8Array()]], [], profile]],
    ["attachment of arity 3", [0, NOW, "", [], [["", "", new Uint8Array()]], profile]],
    ["attachment with bytes in a str", [0, NOW, "", [], [["", "", "", ""]], profile]],
    ["profile of arity 4", [0, NOW, "", [], [], [NOW, "", "", ""]]],
    ["profile newer than its message", [0, NOW, "", [], [], [NOW + 1, "", "", "", zero32]]],
    ["heir of 31 bytes", [0, NOW, "", [], [], [NOW, "", "", "", zero32.subarray(1)]]],
    ["private at an odd time", [1, hourly + 10, encode([1, zero32, new Uint8Array(1040)])]],
    ["private with a sealed array", [1, hourly, [1, zero32, new Uint8Array(1040)]]],
    ["private with a ciphertext of 1,039", sealed([1, zero32, new Uint8Array(1039)])],
    ["private with a ciphertext of 1,041", sealed([1, zero32, new Uint8Array(1041)])],
    ["private with an empty ciphertext", sealed([1, zero32, new Uint8Array()])],
    ["private with an encapsulated key of 33", sealed([1, new Uint8Array(33), new Uint8Array(1040)])],
    ["private of a later suite and arity 4", sealed([2, zero32, new Uint8Array(), null])],
    ["private with nothing sealed", [1, hourly, new Uint8Array()]],
    ["profile alone of arity 2", [2, NOW]],
    ["profile alone, newer than its message", [2, NOW, [NOW + 1, "", "", "", zero32]]],
    ["retraction of 31 bytes", [3, NOW, zero32.subarray(1)]],
    ["retraction of arity 4", [3, NOW, zero32, null]],
    ["statement of a later type", [4, NOW, laterType]],
    ["statement of arity 6", [4, NOW, list(statementValue(verifies)).slice(0, 6)]],
  ];
  const nested = "91".repeat(6) + "90";
  const raw = [
    { name: "nothing", hex: "" },
    { name: "time not in its shortest form", hex: hex([3, NOW, zero32]).replace("ce", "cf00000000") },
    { name: "a byte after the end", hex: hex([3, NOW, zero32]) + "00" },
    { name: "unknown type 7 deep", hex: "9305ce6b49d200" + nested.slice(2) },
    { name: "unknown type with a float", hex: "9305ce6b49d200cb3ff0000000000000" },
    { name: "unknown type with a map", hex: "9305ce6b49d20080" },
    { name: "unknown type with a control character", hex: "9305ce6b49d200a11b" },
  ];
  const unknown: [string, Value][] = [
    ["type 5 with nothing more", [5, NOW]],
    ["type 15 with anything", [15, NOW, null, true, "x", [zero32, [[[[]]]]], 2 ** 53 - 1]],
  ];
  await write("body", {
    about: "Bodies (docs/PROTOCOL.md section 3). {\"bin\": hex} is a bin.",
    good: good.map(([name, body]) => ({ name, hex: bytesToHex(encodeBody(body)), body })),
    unknown: unknown.map(([name, value]) => ({
      name,
      hex: hex(value),
      body: { kind: "unknown", type: list(value)[0], created: NOW },
    })),
    malformed: [...bad.map(([name, value]) => ({ name, hex: hex(value) })), ...raw],
  });
}

async function writeStatements(): Promise<void> {
  const cases: [string, Statement, string][] = [
    ["verification", verifies, "valid"],
    ["withdrawal", withdraws, "valid"],
    ["revocation", ends, "valid"],
    ["revocation with a successor", handsOver, "valid"],
    ["issued 900 s ahead", justInTime, "valid"],
    ["issued 901 s ahead", early, "early"],
    ["of another network", elsewhere, "unstamped"],
    ["stamp of zeros", unstamped, "unstamped"],
    ["signed by another key", forged, "forged"],
    ["issued at another time than signed", { ...verifies, issued: unixSeconds(NOW - 1) }, "forged"],
    ["type changed after signing", { ...verifies, type: 1 }, "forged"],
    ["successor without consent", noConsent, "unfit"],
    ["verification with a consent", idleConsent, "unfit"],
    ["consent by another key", badConsent, "forged"],
  ];
  const v = list(statementValue(verifies));
  const put = (at: number, value: Value): Value => v.map((old, i) => i === at ? value : old);
  const bad: [string, Value][] = [
    ["type 3", laterType],
    ["type 2^32", put(0, 2 ** 32)],
    ["type nil", put(0, null)],
    ["arity 6", v.slice(0, 6)],
    ["arity 8", [...v, null]],
    ["issuer of 31 bytes", put(1, zero32.subarray(1))],
    ["issuer of 33 bytes", put(1, new Uint8Array(33))],
    ["subject of 31 bytes", put(2, zero32.subarray(1))],
    ["issuer in hex", put(1, bob.key)],
    ["issued nil", put(3, null)],
    ["consent of 63 bytes", put(4, new Uint8Array(63))],
    ["consent of 65 bytes", put(4, new Uint8Array(65))],
    ["consent nil", put(4, null)],
    ["signature of 63 bytes", put(5, new Uint8Array(63))],
    ["signature of 65 bytes", put(5, new Uint8Array(65))],
    ["stamp of 7 bytes", put(6, new Uint8Array(7))],
    ["stamp of 9 bytes", put(6, new Uint8Array(9))],
  ];
  await write("statement", {
    about: "Statements (docs/PROTOCOL.md section 4) of network main. Seeds: 32 times 01, 02, 03.",
    now: NOW,
    cases: cases.map(([name, item, check]) => ({
      name,
      hex: hex(statementValue(item)),
      signed: bytesToHex(statementSignedBytes(LABELS, item)),
      consentOver: bytesToHex(consentBytes(LABELS, item.issuer)),
      check,
    })),
    malformed: bad.map(([name, value]) => ({ name, hex: hex(value) })),
  });
}

/** An envelope with one field replaced, unsigned and unstamped as it then is. */
function replaced(at: number, value: Value, base: Uint8Array = envelope(alice)): string {
  return hex(list(decode(base)).map((old, i) => i === at ? value : old));
}

async function writeMessages(): Promise<void> {
  const plain = envelope(alice);
  const carrying = envelope(alice, { statements: [verifies, ends] });
  const items = list(decode(plain));
  const bad: [string, Value][] = [
    ["arity 5", items.slice(0, 5)],
    ["arity 7", [...items, null]],
    ["empty array", []],
    ["statements nil", [...items.slice(0, 5), null]],
  ];
  const malformed = [
    ...bad.map(([name, value]) => ({ name, hex: hex(value) })),
    { name: "version 0", hex: replaced(0, 0) },
    { name: "version 2", hex: replaced(0, 2) },
    { name: "version 2^32+1, which is 1 in 32 bits", hex: replaced(0, 2 ** 32 + 1) },
    { name: "body in an array", hex: replaced(1, []) },
    { name: "body in a str", hex: replaced(1, "x") },
    { name: "key of 31 bytes", hex: replaced(2, zero32.subarray(1)) },
    { name: "key of 33 bytes", hex: replaced(2, new Uint8Array(33)) },
    { name: "signature of 63 bytes", hex: replaced(3, new Uint8Array(63)) },
    { name: "signature of 65 bytes", hex: replaced(3, new Uint8Array(65)) },
    { name: "stamp of 7 bytes", hex: replaced(4, new Uint8Array(7)) },
    { name: "stamp of 9 bytes", hex: replaced(4, new Uint8Array(9)) },
    { name: "stamp as a number", hex: replaced(4, 7) },
    { name: "statement of arity 6", hex: replaced(5, [list(statementValue(verifies)).slice(0, 6)]) },
    { name: "a byte after the end", hex: bytesToHex(plain) + "00" },
    { name: "array16 in place of a fixarray", hex: "dc0006" + bytesToHex(plain).slice(2) },
    { name: "body's length in bin16", hex: bytesToHex(plain).replace(/^9601c4/, "9601c500") },
  ];
  const good = [["plain", plain], ["with statements", carrying]] as const;
  await write("message", {
    about: "Envelopes (docs/PROTOCOL.md section 3) of network main, not admitted: decoded alone.",
    good: good.map(([name, bytes]) => {
      const parts = decodeEnvelope(bytes);
      return {
        name,
        hex: bytesToHex(bytes),
        id: messageIdOf(LABELS, parts),
        signed: bytesToHex(signedBytes(LABELS, parts.body)),
        body: bytesToHex(parts.body),
        key: parts.key,
        signature: bytesToHex(parts.signature),
        stamp: bytesToHex(parts.stamp),
        statements: parts.statements.map((item) => hex(statementValue(item))),
      };
    }),
    malformed,
  });
}

interface AdmitCase {
  readonly name: string;
  readonly bytes: Uint8Array | string;
  readonly verdict: string;
  /** What is kept, when it isn't what came. */
  readonly kept?: Uint8Array;
  readonly statements?: number;
  readonly known?: true;
  readonly extraStampBits?: number;
  readonly expected?: string;
}

async function writeAdmission(): Promise<void> {
  const at = (created: number): Uint8Array =>
    encodeBody({ kind: "retraction", created: unixSeconds(created), id: messageId(zero32) });
  const sealed = encodeSealed({ suite: 1, enc: zero32, ct: new Uint8Array(1040) });
  const hidden = encodeBody({ kind: "private", created: hourly, sealed });
  const carry = (item: Statement): Uint8Array =>
    envelope(once, { body: encodeBody({ kind: "statement", created: NOW, statement: item }) });
  const append = (...statements: Statement[]): Uint8Array => envelope(alice, { statements });
  const plain = envelope(alice);
  const plainId = messageIdOf(LABELS, decodeEnvelope(plain));
  const anId = parseMessageId("ab".repeat(32));
  if (anId === undefined) throw new Error("Not an id");
  const badBody = encode([0, NOW, "x".repeat(141), [], [], [NOW, "", "", "", zero32]]);
  const twin = statement({ issuer: bob, subject: alice.key, stamp: verifies.stamp.slice() });
  const cases: AdmitCase[] = [
    { name: "status", bytes: plain, verdict: "accept" },
    { name: "status that was asked for", bytes: plain, expected: plainId, verdict: "accept" },
    { name: "private", bytes: envelope(once, { body: hidden }), verdict: "accept" },
    { name: "unknown type 5", bytes: unknownType(5), verdict: "accept" },
    { name: "unknown type 15", bytes: unknownType(15), verdict: "accept" },
    { name: "900 s ahead", bytes: envelope(alice, { body: at(NOW + 900) }), verdict: "accept" },
    { name: "901 s ahead", bytes: envelope(alice, { body: at(NOW + 901) }), verdict: "outsideLifetime" },
    { name: "30 days old", bytes: envelope(alice, { body: at(NOW - 2_592_000) }), verdict: "accept" },
    { name: "30 days and 1 s old", bytes: envelope(alice, { body: at(NOW - 2_592_001) }), verdict: "outsideLifetime" },
    { name: "in the year 285 million", bytes: envelope(alice, { body: at(2 ** 53 - 1) }), verdict: "outsideLifetime" },
    { name: "already known", bytes: plain, known: true, verdict: "known" },
    { name: "known before its bad signature is looked at", bytes: envelope(alice, { signature: new Uint8Array(64) }), known: true, verdict: "known" },
    { name: "old and known", bytes: envelope(alice, { body: at(NOW - 2_592_001) }), known: true, verdict: "outsideLifetime" },
    { name: "another one than was asked for", bytes: plain, expected: anId, verdict: "malformed" },
    { name: "another one than was asked for, old", bytes: envelope(alice, { body: at(0) }), expected: anId, verdict: "malformed" },
    { name: "a malformed body", bytes: replaced(1, badBody), verdict: "malformed" },
    { name: "body of type 16", bytes: replaced(1, encode([16, NOW])), verdict: "malformed" },
    { name: "empty body", bytes: replaced(1, new Uint8Array()), verdict: "malformed" },
    { name: "nothing", bytes: "", verdict: "malformed" },
    { name: "one bit under the base", bytes: envelope(alice, { bits: 13 }), verdict: "unstamped" },
    { name: "stamp before signature", bytes: envelope(alice, { bits: 13, signature: new Uint8Array(64) }), verdict: "unstamped" },
    { name: "private, one bit under its 17", bytes: envelope(once, { body: hidden, bits: 16 }), verdict: "unstamped" },
    { name: "of another network", bytes: envelope(alice, { labels: otherLabels, bits: 20 }), verdict: "unstamped" },
    { name: "the base when 4 more are asked", bytes: plain, extraStampBits: 4, verdict: "busy" },
    { name: "one under what is asked", bytes: envelope(alice, { bits: 17 }), extraStampBits: 4, verdict: "busy" },
    { name: "what is asked", bytes: envelope(alice, { bits: 18 }), extraStampBits: 4, verdict: "accept" },
    { name: "under the base when more is asked", bytes: envelope(alice, { bits: 13 }), extraStampBits: 4, verdict: "unstamped" },
    { name: "signature of zeros", bytes: envelope(alice, { signature: new Uint8Array(64) }), verdict: "forged" },
    { name: "signed by another key", bytes: envelope({ ...alice, sign: bob.sign }), verdict: "forged" },
    { name: "signed without its label", bytes: envelope({ ...alice, sign: (data) => alice.sign(data.subarray(LABELS.message.length)) }), verdict: "forged" },
    { name: "type 4 with a verification", bytes: carry(verifies), verdict: "accept" },
    { name: "type 4 with a revocation and its successor", bytes: carry(handsOver), verdict: "accept" },
    { name: "type 4, early statement", bytes: carry(early), verdict: "outsideLifetime" },
    { name: "type 4, unstamped statement", bytes: carry(unstamped), verdict: "unstamped" },
    { name: "type 4, forged statement", bytes: carry(forged), verdict: "forged" },
    { name: "type 4, statement of another network", bytes: carry(elsewhere), verdict: "unstamped" },
    { name: "type 4, successor without consent", bytes: carry(noConsent), verdict: "malformed" },
    { name: "type 4, consent by another key", bytes: carry(badConsent), verdict: "forged" },
    { name: "appended verification, withdrawal and revocation", bytes: append(verifies, withdraws, ends), statements: 3, verdict: "accept" },
    { name: "appended revocation of the author, who names another", bytes: append(handsOver), statements: 1, verdict: "accept" },
    { name: "appended revocation that names the author", bytes: envelope(carol, { statements: [handsOver] }), statements: 1, verdict: "accept" },
    { name: "foreign statement", bytes: append(aboutCarol, verifies), kept: append(verifies), statements: 1, verdict: "accept" },
    { name: "the same twice", bytes: append(verifies, withdraws, twin), kept: append(verifies, withdraws), statements: 2, verdict: "accept" },
    { name: "a bad copy before the good one", bytes: append(unstamped, verifies), kept: append(verifies), statements: 1, verdict: "accept" },
    { name: "forged, early, foreign network, without consent", bytes: append(forged, early, elsewhere, noConsent), kept: plain, statements: 0, verdict: "accept" },
    { name: "statement of a later type", bytes: replaced(5, [laterType, statementValue(ends)]), kept: append(ends), statements: 1, verdict: "accept" },
    { name: "statement of another form", bytes: replaced(5, [[]]), verdict: "malformed" },
    { name: "appended to a private one", bytes: envelope(once, { body: hidden, statements: [statement({ issuer: bob, subject: once.key })] }), kept: envelope(once, { body: hidden }), statements: 0, verdict: "accept" },
    { name: "appended to type 4", bytes: replaced(5, [statementValue(statement({ issuer: bob, subject: once.key }))], carry(verifies)), kept: carry(verifies), statements: 0, verdict: "accept" },
  ];
  await write("admit", {
    about: "Admission (docs/PROTOCOL.md section 3) on network main. Verdicts are `accept` or the name of a result code.",
    now: NOW,
    cases: cases.map(({ bytes, kept, ...rest }) => ({
      ...rest,
      hex: typeof bytes === "string" ? bytes : bytesToHex(bytes),
      ...(kept === undefined ? {} : { kept: bytesToHex(kept) }),
    })),
  });
}

function unknownType(type: number): Uint8Array {
  return envelope(alice, { body: encode([type, NOW, "for later", [idBytes(bob.key)]]) });
}

await writeBodies();
await writeStatements();
await writeMessages();
await writeAdmission();
