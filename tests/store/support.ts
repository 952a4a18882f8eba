/** Messages, temporary folders and faulty databases for the tests of the store. */
import { StoreError, type StoreErrorCode } from "../../src/store/errors.ts";
import type { Kv } from "../../src/store/kv_port.ts";
import type { NewMessage } from "../../src/store/public.ts";
import { readStored, readStoredStatement } from "../../src/wire/admit.ts";
import type { Body, Markup, Profile, StatusBody } from "../../src/wire/body.ts";
import { encodeBody } from "../../src/wire/body_encode.ts";
import { type IdentityKey, identityKey, type MessageId } from "../../src/wire/ids.ts";
import { type Labels, labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";
import { type AdmittedMessage, encodeEnvelope } from "../../src/wire/message.ts";
import {
  type AdmittedStatement,
  encodeStatement,
  type Statement,
} from "../../src/wire/statement.ts";
import { asPublic } from "../../src/wire/privacy.ts";
import { type UnixSeconds, unixSeconds } from "../../src/wire/time.ts";

/** The labels of all these tests. */
export const LABELS: Labels = labelsOf(MAIN_NETWORK);
/** A time like any other. */
export const NOW: UnixSeconds = unixSeconds(1_800_000_000);

/** A key that signs nothing: 32 bytes with a number in them. */
export function keyOf(n: number): IdentityKey {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(0, n);
  bytes[31] = 1;
  return identityKey(bytes);
}

/** A profile with that name, updated then. */
export function profileOf(name: string, updated: number = NOW): Profile {
  return { updated: unixSeconds(updated), name, bio: "", link: "", heir: new Uint8Array(32) };
}

/** A status; `n` in its text tells it from others. */
export function statusBody(
  n: number,
  part: { created?: number; replyTo?: MessageId; profile?: Profile; text?: string } = {},
): StatusBody {
  const created = unixSeconds(part.created ?? NOW);
  const reply: Markup[] = part.replyTo === undefined
    ? []
    : [{ start: 0, end: 0, type: 3, value: part.replyTo }];
  return {
    kind: "status",
    created,
    text: part.text ?? `number ${n}`,
    markup: reply,
    attachments: [],
    profile: part.profile ?? profileOf("", Math.min(NOW, created)),
  };
}

/**
 * A message as the store gets it back from disk: its signature and stamp are zeros, for the store
 * checks neither.
 */
export function stored(key: IdentityKey, body: Body): AdmittedMessage {
  return readStored(
    LABELS,
    encodeEnvelope({
      body: encodeBody(body),
      key,
      signature: new Uint8Array(64),
      stamp: new Uint8Array(8),
      statements: [],
    }),
  );
}

/** The n-th status by the n-th of `authors` authors, created `n` seconds after NOW. */
export function numbered(n: number, authors = 10): AdmittedMessage {
  return stored(keyOf(n % authors), statusBody(n, { created: NOW + n, profile: profileOf("x") }));
}

/** What the store is given of messages. */
export function fresh(messages: readonly AdmittedMessage[], freshness = 6): NewMessage[] {
  return messages.map((message) => ({ message, freshness, storedAt: NOW }));
}

/** A statement as if admitted. */
export function statementOf(part: Partial<Statement>): AdmittedStatement {
  const whole = {
    type: 0 as const,
    issuer: keyOf(1),
    subject: keyOf(2),
    issued: NOW,
    consent: new Uint8Array(0),
    signature: new Uint8Array(64),
    stamp: new Uint8Array(8),
    ...part,
  };
  return readStoredStatement(encodeStatement(asPublic(whole)));
}

/** A temporary folder, removed when the test is over. */
export async function withFolder(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** For `assert.rejects`: a `StoreError` of this code whose message says all of these. */
export function storeErrorOf(code: StoreErrorCode, ...says: string[]): (error: unknown) => boolean {
  return (error) =>
    error instanceof StoreError && error.code === code &&
    says.every((part) => error.message.includes(part));
}

/** A database of which the n-th commit from now on fails, as on a full disk; 0 is the next. */
export function failing<V extends Uint8Array>(
  kv: Kv<V>,
  shouldFail: (commit: number) => boolean,
): Kv<V> {
  let commits = 0;
  return {
    get: (key) => kv.get(key),
    list: (range) => kv.list(range),
    commit: (mutations) =>
      shouldFail(commits++)
        ? Promise.reject(new StoreError("full", "The disk is full"))
        : kv.commit(mutations),
    close: () => kv.close(),
  };
}
