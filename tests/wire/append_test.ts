import assert from "node:assert/strict";
import { readStored, readStoredStatement, withoutStatements } from "../../src/wire/admit.ts";
import type { Attachment } from "../../src/wire/body.ts";
import { encodeBody } from "../../src/wire/body_encode.ts";
import {
  APPENDED_STATEMENTS,
  MAX_APPENDED_BYTES,
  MAX_BODY_BYTES,
  MAX_MESSAGE_BYTES,
  MAX_STATEMENT_BYTES,
} from "../../src/wire/limits.ts";
import { appendStatements, decodeEnvelope, encodeEnvelope } from "../../src/wire/message.ts";
import { asPublic, type Public } from "../../src/wire/privacy.ts";
import {
  type AdmittedStatement,
  encodeStatement,
  type Statement,
} from "../../src/wire/statement.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { LABELS, NOW, status, testKey } from "./support.ts";

const ANN = testKey(1);
const BOB = testKey(2);

function statementOf(n: number, part: Partial<Statement> = {}): AdmittedStatement {
  const whole: Statement = {
    type: 0,
    issuer: BOB.key,
    subject: ANN.key,
    issued: unixSeconds(NOW + n),
    consent: new Uint8Array(0),
    signature: new Uint8Array(64),
    stamp: new Uint8Array(8),
    ...part,
  };
  return readStoredStatement(encodeStatement(asPublic(whole)));
}

function message(body: Uint8Array, statements: readonly Statement[] = []): Public<Uint8Array> {
  const empty = { signature: new Uint8Array(64), stamp: new Uint8Array(8) };
  return encodeEnvelope({ body, key: ANN.key, ...empty, statements });
}

const some = (count: number): AdmittedStatement[] =>
  Array.from({ length: count }, (_, n) => statementOf(n));

Deno.test("no statement is longer than said", () => {
  const longest = statementOf(0, {
    type: 2,
    consent: new Uint8Array(64),
    issued: unixSeconds(2 ** 53 - 1),
  });
  assert.equal(encodeStatement(longest).length, MAX_STATEMENT_BYTES);
});

Deno.test("what is appended and taken off again leaves the message as it was", () => {
  const bare = message(encodeBody(status()));
  const sent = appendStatements(bare, some(APPENDED_STATEMENTS + 1));
  assert.equal(decodeEnvelope(sent).statements.length, APPENDED_STATEMENTS + 1);
  assert.ok(sent.length - bare.length <= MAX_APPENDED_BYTES);
  const back = withoutStatements(readStored(LABELS, sent));
  assert.deepEqual(back.bytes, bare);
  assert.deepEqual(back.statements, []);
  assert.equal(appendStatements(bare, []), bare);
});

Deno.test("no message is sent that is too large, or has more statements than any may", () => {
  const long = (bytes: number): Uint8Array => {
    const attachment = (length: number): Attachment => ({
      ...{ mediaType: "image/png", name: "a", alt: "" },
      bytes: new Uint8Array(length),
    });
    const room = bytes - encodeBody(status({ attachments: [attachment(60_000 - 8_000)] })).length;
    return encodeBody(status({ attachments: [attachment(60_000 - 8_000 + room)] }));
  };
  const bare = message(long(MAX_BODY_BYTES));
  const all = appendStatements(bare, some(60));
  assert.equal(decodeEnvelope(all).statements.length, 32);
  assert.ok(all.length <= MAX_MESSAGE_BYTES);
  // An envelope of an earlier version may be longer than a body alone makes it.
  const full = message(long(MAX_BODY_BYTES), some(32));
  assert.ok(appendStatements(full, some(32)).length <= MAX_MESSAGE_BYTES);
});
