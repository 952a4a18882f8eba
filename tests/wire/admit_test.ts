import assert from "node:assert/strict";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import {
  admission,
  admit,
  type AdmitContext,
  readStored,
  readStoredStatement,
  statementsOf,
} from "../../src/wire/admit.ts";
import { encodeBody } from "../../src/wire/body_encode.ts";
import { RESULT } from "../../src/wire/frame.ts";
import { parseMessageId } from "../../src/wire/ids.ts";
import { decodeEnvelope, messageIdOf } from "../../src/wire/message.ts";
import { asPublic } from "../../src/wire/privacy.ts";
import { encodeStatement } from "../../src/wire/statement.ts";
import { decideLater } from "../../src/wire/verify.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import vectors from "../vectors/admit.json" with { type: "json" };
import { envelope, LABELS, NOW, statement, testKey, verify } from "./support.ts";

interface Case {
  readonly name: string;
  readonly hex: string;
  readonly verdict: string;
  readonly kept?: string;
  readonly statements?: number;
  readonly known?: boolean;
  readonly extraStampBits?: number;
  readonly expected?: string;
}
const cases: readonly Case[] = vectors.cases;

const BLAMED = ["malformed", "tooLarge", "unstamped", "forged"];
const CODES = new Map<string, number>(Object.entries(RESULT));

const context: AdmitContext = {
  labels: LABELS,
  now: NOW,
  known: () => false,
  verify,
  extraStampBits: 0,
};

function contextOf(item: Case): AdmitContext {
  const expected = item.expected === undefined ? undefined : parseMessageId(item.expected);
  return {
    ...context,
    now: unixSeconds(vectors.now),
    known: () => item.known ?? false,
    extraStampBits: item.extraStampBits ?? 0,
    ...(expected === undefined ? {} : { expected }),
  };
}

Deno.test("admit vectors: each gets its verdict, and what is kept is what should be", () => {
  for (const item of cases) {
    const bytes = hexToBytes(item.hex);
    const verdict = admit(bytes, contextOf(item));
    if (item.verdict === "accept") {
      assert(verdict.kind === "accept", item.name);
      const { message } = verdict;
      assert.equal(bytesToHex(message.bytes), item.kept ?? item.hex, item.name);
      assert.equal(message.id, messageIdOf(LABELS, decodeEnvelope(bytes)), item.name);
      assert.equal(message.statements.length, item.statements ?? 0, item.name);
      assert.deepEqual(readStored(LABELS, message.bytes), message, item.name);
    } else if (BLAMED.includes(item.verdict)) {
      assert.deepEqual(verdict, { kind: "reject", code: CODES.get(item.verdict) }, item.name);
    } else {
      const id = messageIdOf(LABELS, decodeEnvelope(bytes));
      assert.deepEqual(verdict, { kind: "ignore", code: CODES.get(item.verdict), id }, item.name);
    }
  }
});

Deno.test("admit vectors: deciding later comes to the same, asking for the same signatures", async () => {
  for (const item of cases) {
    const bytes = hexToBytes(item.hex);
    const [atOnce, later]: [string[], string[]] = [[], []];
    const noted = (asked: string[]): typeof verify => (key, signature, data) => {
      asked.push(bytesToHex(signature));
      return verify(key, signature, data);
    };
    const expected = admit(bytes, { ...contextOf(item), verify: noted(atOnce) });
    const checking = admission(bytes, contextOf(item));
    const first = checking.next();
    const verdict = await decideLater(checking, {
      first,
      verify: (...asked) => Promise.resolve(noted(later)(...asked)),
    });
    assert.deepEqual(verdict, expected, item.name);
    assert.deepEqual(later, atOnce, item.name);
    assert.equal(first.done === true, later.length === 0, item.name);
  }
});

Deno.test("admit vectors cover every verdict but too large, whose bytes tests/wire/limits has", () => {
  const named = new Set(cases.map((item) => item.verdict));
  const all = [...Object.keys(RESULT).filter((name) => !/^(accepted|tooLarge)$/.test(name))];
  assert.deepEqual([...named].sort(), [...all, "accept"].sort());
});

Deno.test("admit with a byte changed: refused, or the same message without what was changed", () => {
  const bob = testKey(2);
  const alice = testKey(1);
  const plain = envelope(alice);
  const good = envelope(alice, { statements: [statement({ issuer: bob, subject: alice.key })] });
  // Where the 8 bytes of both stamps begin: the message's stands before the list of statements.
  const stampAt = plain.length - 1 - 8;
  const statementStampAt = good.length - 8;
  const check = (at: number, change: number): void => {
    const bytes = good.slice();
    bytes[at]! ^= change;
    const verdict = admit(bytes, context);
    if (verdict.kind === "reject") return;
    // A changed `created` says another time before it is seen to be forged.
    if (verdict.kind === "ignore") return assert.equal(verdict.code, RESULT.outsideLifetime);
    assert(at >= stampAt, `byte ${at}`);
    // Another stamp may do as well; then it is the same message and the same statement.
    if (at < stampAt + 8 || at >= statementStampAt) return;
    assert.deepEqual(new Uint8Array(verdict.message.bytes), plain, `byte ${at}`);
    assert.deepEqual(verdict.message.statements, [], `byte ${at}`);
  };
  for (let at = 0; at < good.length; at++) check(at, 1 << at % 8);
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), check),
    { numRuns: 300 },
  );
});

Deno.test("admit refuses every beginning of a message, and bytes after its end", () => {
  const good = envelope(testKey(1));
  for (let end = 0; end < good.length; end++) {
    const verdict = admit(good.subarray(0, end), context);
    assert.deepEqual(verdict, { kind: "reject", code: RESULT.malformed });
  }
  const longer = new Uint8Array([...good, 0]);
  assert.deepEqual(admit(longer, context), { kind: "reject", code: RESULT.malformed });
});

Deno.test("admit gives a verdict on any bytes", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
    assert.deepEqual(admit(bytes, context), { kind: "reject", code: RESULT.malformed });
  }));
});

Deno.test("admit keeps no reference to the bytes it was given", () => {
  const good = envelope(testKey(1));
  const bytes = good.slice();
  const verdict = admit(bytes, context);
  assert(verdict.kind === "accept");
  bytes.fill(0);
  assert.deepEqual(new Uint8Array(verdict.message.bytes), good);
});

Deno.test("admit asks for a signature check only after all cheaper ones, and only once", () => {
  const asked: string[] = [];
  const counting: AdmitContext = {
    ...context,
    verify: (key, signature, data) => {
      asked.push(key);
      return verify(key, signature, data);
    },
  };
  for (const item of cases) {
    if (["malformed", "outsideLifetime", "known", "unstamped", "busy"].includes(item.verdict)) {
      if (item.name.startsWith("type 4")) continue;
      admit(hexToBytes(item.hex), { ...contextOf(item), verify: counting.verify });
      assert.deepEqual(asked, [], item.name);
    }
  }
  const alice = testKey(1);
  admit(envelope(alice), counting);
  assert.deepEqual(asked, [alice.key]);
});

Deno.test("admit doesn't verify an appended statement again that is known byte by byte", () => {
  const alice = testKey(1);
  const bob = testKey(2);
  const item = statement({ issuer: bob, subject: alice.key });
  const bytes = envelope(alice, { statements: [item] });
  const verified: string[] = [];
  const verdict = admit(bytes, {
    ...context,
    knownStatement: (other) => bytesToHex(other.signature) === bytesToHex(item.signature),
    verify: (key, signature, data) => {
      verified.push(key);
      return verify(key, signature, data);
    },
  });
  assert(verdict.kind === "accept");
  assert.deepEqual(verdict.message.statements, [item]);
  assert.deepEqual(verified, [alice.key]);
});

Deno.test("statements over what their link may cost are stripped, known ones cost nothing", () => {
  const alice = testKey(1);
  const [first, second, third] = [2, 3, 4].map((n) =>
    statement({ issuer: testKey(n), subject: alice.key })
  );
  assert.ok(first && second && third);
  const bytes = envelope(alice, { statements: [first, second, third] });
  const judge = (novelStatements: number): unknown => {
    const verdict = admit(bytes, {
      ...context,
      knownStatement: (other) => bytesToHex(other.signature) === bytesToHex(first.signature),
      novelStatements,
    });
    assert(verdict.kind === "accept");
    return [verdict.message.statements, verdict.novelStatements];
  };
  assert.deepEqual(judge(2), [[first, second, third], 2]);
  assert.deepEqual(judge(1), [[first, second], 1]);
  assert.deepEqual(judge(0), [[first], 0]);
});

Deno.test("statementsOf gives the statement of a type 4 and those appended to the others", () => {
  const alice = testKey(1);
  const once = testKey(4);
  const item = statement({ issuer: testKey(2), subject: alice.key });
  const body = encodeBody({ kind: "statement", created: NOW, statement: item });
  for (const bytes of [envelope(once, { body }), envelope(alice, { statements: [item] })]) {
    const verdict = admit(bytes, context);
    assert(verdict.kind === "accept");
    assert.deepEqual(statementsOf(verdict.message), [item]);
  }
});

Deno.test("readStored and readStoredStatement throw on corrupt bytes", () => {
  const good = envelope(testKey(1));
  assert.throws(() => readStored(LABELS, asPublic(good.subarray(1))), /corrupt/);
  assert.throws(() => readStored(LABELS, asPublic(new Uint8Array())), /corrupt/);
  const item = asPublic(statement({ issuer: testKey(2), subject: testKey(1).key }));
  assert.deepEqual(readStoredStatement(encodeStatement(item)), item);
  assert.throws(() => readStoredStatement(asPublic(new Uint8Array(3))), /corrupt/);
});

Deno.test("admit: what is older than the horizon is outside its lifetime here, and nobody's fault", () => {
  const good = cases.find(({ verdict, known }) => verdict === "accept" && !known);
  assert.ok(good);
  const bytes = hexToBytes(good.hex);
  const accepted = admit(bytes, contextOf(good));
  assert.ok(accepted.kind === "accept");
  const { id, body } = accepted.message;
  const above = (horizon: number): AdmitContext => ({
    ...contextOf(good),
    horizon: unixSeconds(horizon),
  });
  assert.deepEqual(admit(bytes, above(body.created)), accepted);
  assert.deepEqual(admit(bytes, above(body.created + 1)), {
    kind: "ignore",
    code: RESULT.outsideLifetime,
    id,
  });
  // What is stored stays known, however old.
  const known = { ...above(body.created + 1), known: () => true };
  assert.deepEqual(admit(bytes, known), { kind: "ignore", code: RESULT.known, id });
});
