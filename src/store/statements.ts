/**
 * Statements about identities in `public.kv` (docs/PROTOCOL.md section 4), found by their subject and
 * by their issuer. All that were seen are kept, up to caps; which of them count is decided elsewhere.
 */
import { readStoredStatement } from "../wire/admit.ts";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { IdentityKey } from "../wire/ids.ts";
import {
  type AdmittedStatement,
  encodeStatement,
  type Statement,
  STATEMENT_TYPES,
} from "../wire/statement.ts";
import { STATEMENT_DISK_BYTES } from "./disk_use.ts";
import {
  allStatements,
  issuedKey,
  statementBehind,
  statementCountKey,
  statementKey,
  statementsAbout,
  statementsBy,
  typeIn,
} from "./keys.ts";
import type { Kv, KvKey, KvMutation } from "./kv_port.ts";
import { decodeFact, encodeFact, nothing, type PublicBytes } from "./public_rows.ts";
import { Turns } from "./turns.ts";

/** Most statements kept about one subject, and most by one issuer. */
export const MAX_STATEMENTS_EACH = 4_096;
/** Revocations by one issuer that are kept when the issuer has no room for more statements. */
export const MAX_REVOCATIONS = 64;
/** Statements looked at in one place when some must go. */
const SAMPLE = 16;
/** Statements remembered as stored: a popular author's come with every message. */
const RECENT = 8_192;

/** What became of a statement: kept, there already, or refused because its subject or issuer has too many. */
export type StatementOutcome = "stored" | "known" | "full";

/** The statements that this node has seen. */
export class Statements {
  readonly #kv: Kv<PublicBytes>;
  readonly #turns = new Turns();
  /** By what tells them apart, to what they are signed and stamped with. */
  readonly #recent = new Map<string, string>();
  #stored: number;
  #maxBytes = Infinity;

  private constructor(kv: Kv<PublicBytes>, stored: number) {
    this.#kv = kv;
    this.#stored = stored;
  }

  /** Over `public.kv`. Throws a `WireError` for a row that this program never wrote. */
  static async open(kv: Kv<PublicBytes>): Promise<Statements> {
    const bytes = await kv.get(statementCountKey);
    if (bytes !== undefined) return new Statements(kv, Number(decodeFact(bytes)));
    // Written by a version that didn't count them.
    let stored = 0;
    for await (const _row of kv.list({ prefix: allStatements })) stored++;
    return new Statements(kv, stored);
  }

  /** Bytes that they take on disk, about. */
  get diskBytes(): number {
    return this.#stored * STATEMENT_DISK_BYTES;
  }

  /**
   * Bytes that they may take on disk. Over it some at random go for each new one, never revocations;
   * these are kept beyond it, up to twice as much.
   */
  limit(bytes: number): void {
    this.#maxBytes = bytes;
  }

  /**
   * Keeps statements, in their order, and says what became of each. Of two with the same type,
   * issuer, subject and time the first is kept. Throws a `StoreError` when the disk fails; those
   * before it are kept then.
   */
  put(batch: readonly AdmittedStatement[]): Promise<StatementOutcome[]> {
    return this.#turns.run(async () => {
      const outcomes: StatementOutcome[] = [];
      for (const statement of batch) outcomes.push(await this.#put(statement));
      return outcomes;
    });
  }

  /** Statements about an identity, in the order of issuer, type and time. */
  async about(subject: IdentityKey): Promise<AdmittedStatement[]> {
    const found: AdmittedStatement[] = [];
    for await (const { value } of this.#kv.list({ prefix: statementsAbout(subject) })) {
      found.push(readStoredStatement(value));
    }
    return found;
  }

  /** Statements by an identity, in the order of subject, type and time. */
  async by(issuer: IdentityKey): Promise<AdmittedStatement[]> {
    const found: AdmittedStatement[] = [];
    for await (const { key } of this.#kv.list({ prefix: statementsBy(issuer) })) {
      const bytes = await this.#kv.get(statementBehind(key));
      if (bytes !== undefined) found.push(readStoredStatement(bytes));
    }
    return found;
  }

  /**
   * Whether exactly this statement, every byte, was stored or seen stored lately: it needs no second
   * check. `false` says nothing.
   */
  recentlyStored(statement: Statement): boolean {
    return this.#recent.get(nameOf(statement)) === proofOf(statement);
  }

  /** Ends when every change so far is on disk, or failed. */
  idle(): Promise<void> {
    return this.#turns.idle();
  }

  async #put(statement: AdmittedStatement): Promise<StatementOutcome> {
    if (this.#recent.has(nameOf(statement))) return "known";
    const key = statementKey(statement);
    const stored = await this.#kv.get(key);
    if (stored !== undefined) {
      this.#remember(readStoredStatement(stored));
      return "known";
    }
    if (!await this.#hasRoom(statement) || !await this.#makeRoom(statement)) return "full";
    await this.#change(1, [
      { kind: "set", key, value: encodeStatement(statement) },
      { kind: "set", key: issuedKey(statement), value: nothing() },
    ]);
    this.#remember(statement);
    return "stored";
  }

  async #hasRoom({ type, issuer, subject }: AdmittedStatement): Promise<boolean> {
    const issued = statementsBy(issuer);
    if (type === STATEMENT_TYPES.revoke) {
      const isRevocation = (key: KvKey): boolean => typeIn(key) === STATEMENT_TYPES.revoke;
      return await this.#count(issued, isRevocation) < MAX_REVOCATIONS;
    }
    return await this.#count(issued) < MAX_STATEMENTS_EACH &&
      await this.#count(statementsAbout(subject)) < MAX_STATEMENTS_EACH;
  }

  /** Lets some go when there are too many in all; answers whether this one may stay. */
  async #makeRoom({ type }: AdmittedStatement): Promise<boolean> {
    const over = (): number => this.diskBytes + STATEMENT_DISK_BYTES - this.#maxBytes;
    if (over() <= 0) return true;
    await this.#dropSome();
    return over() <= 0 || (type === STATEMENT_TYPES.revoke && over() <= this.#maxBytes);
  }

  /** Deletes what stands at a place drawn at random, but for revocations. */
  async #dropSome(): Promise<void> {
    const start = [...allStatements, crypto.getRandomValues(new Uint8Array(32))];
    const ranges = [{ prefix: allStatements, start }, { prefix: allStatements }];
    for (const range of ranges) {
      const found: AdmittedStatement[] = [];
      for await (const { value } of this.#kv.list({ ...range, limit: SAMPLE })) {
        const statement = readStoredStatement(value);
        if (statement.type !== STATEMENT_TYPES.revoke) found.push(statement);
      }
      if (found.length === 0) continue;
      const keys = found.flatMap((statement) => [statementKey(statement), issuedKey(statement)]);
      await this.#change(-found.length, keys.map((key) => ({ kind: "delete", key })));
      for (const statement of found) this.#recent.delete(nameOf(statement));
      return;
    }
  }

  /** Commits changes with the new count. */
  async #change(by: number, mutations: readonly KvMutation<PublicBytes>[]): Promise<void> {
    const stored = this.#stored + by;
    await this.#kv.commit([
      ...mutations,
      { kind: "set", key: statementCountKey, value: encodeFact(stored) },
    ]);
    this.#stored = stored;
  }

  async #count(prefix: KvKey, counts: (key: KvKey) => boolean = () => true): Promise<number> {
    let count = 0;
    for await (const { key } of this.#kv.list({ prefix })) if (counts(key)) count++;
    return count;
  }

  #remember(statement: Statement): void {
    this.#recent.set(nameOf(statement), proofOf(statement));
    if (this.#recent.size <= RECENT) return;
    for (const oldest of this.#recent.keys()) {
      this.#recent.delete(oldest);
      return;
    }
  }
}

function nameOf({ type, issuer, subject, issued }: Statement): string {
  return `${type} ${issuer} ${subject} ${issued}`;
}

function proofOf({ consent, signature, stamp }: Statement): string {
  return `${bytesToHex(consent)} ${bytesToHex(signature)} ${bytesToHex(stamp)}`;
}
