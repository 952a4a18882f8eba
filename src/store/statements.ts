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
import {
  issuedKey,
  statementBehind,
  statementKey,
  statementsAbout,
  statementsBy,
  typeIn,
} from "./keys.ts";
import type { Kv, KvKey } from "./kv_port.ts";
import { nothing, type PublicBytes } from "./public_rows.ts";
import { Turns } from "./turns.ts";

/** Most statements kept about one subject, and most by one issuer. */
export const MAX_STATEMENTS_EACH = 4_096;
/** Revocations by one issuer that are kept when the issuer has no room for more statements. */
export const MAX_REVOCATIONS = 64;
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

  /** Over `public.kv`. */
  constructor(kv: Kv<PublicBytes>) {
    this.#kv = kv;
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
    if (!await this.#hasRoom(statement)) return "full";
    await this.#kv.commit([
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
