/**
 * Statements about identities in `public.kv` (docs/PROTOCOL.md section 4), found by their subject and
 * by their issuer. All that were seen are kept, up to caps; which of them count is decided elsewhere.
 */
import { bytesToHex } from "@noble/hashes/utils.js";
import type { IdentityKey } from "../wire/ids.ts";
import { type AdmittedStatement, type Statement, STATEMENT_TYPES } from "../wire/statement.ts";
import { STATEMENT_DISK_BYTES } from "./disk_use.ts";
import {
  allStatements,
  issuedKey,
  revocationKey,
  revocationsBy,
  statementBehind,
  statementCountKey,
  statementKey,
  statementOrderKey,
  statementsAbout,
  statementsBy,
  typeIn,
} from "./keys.ts";
import type { Kv, KvKey, KvMutation } from "./kv_port.ts";
import {
  decodeFact,
  decodeStatementRow,
  encodeFact,
  encodeStatementRow,
  nothing,
  type PublicBytes,
  type StatementRow,
} from "./public_rows.ts";
import { StatementCounts } from "./statement_counts.ts";
import { Turns } from "./turns.ts";

/** Most verifications and withdrawals kept about one subject, and most by one issuer. */
export const MAX_STATEMENTS_EACH = 4_096;
/**
 * How many go at random when there is one too many of them: as many rows are read for that as there
 * are, so it has to be worth it.
 */
const DROPPED_EACH = 64;
/** Revocations by one issuer that are kept while nobody knows which of them fits the heir. */
export const MAX_REVOCATIONS = 64;
/** Statements looked at in one place when some must go of all. */
const SAMPLE = 16;
/** Statements in one commit, of at most three rows each. */
const COMMIT = 256;
/** Statements remembered as stored: a popular author's come with every message. */
const RECENT = 8_192;

/** What became of a statement: kept, there already, or refused because there is no room for its kind. */
export type StatementOutcome = "stored" | "known" | "full";

/** Told what comes and goes, once it is on disk. */
export interface StatementWatch {
  /** Statements were stored, in the order of their coming. */
  stored(rows: readonly StatementRow[]): void;
  /** Statements went to make room. */
  gone(statements: readonly AdmittedStatement[]): void;
}

/** What statements are judged by before they are kept. */
export interface StatementRules {
  /**
   * Whether a successor fits the heir that this identity was seen with first; `undefined` while none
   * is known, and for other successors where more than one is.
   */
  fits(issuer: IdentityKey, successor: IdentityKey): Promise<boolean | undefined>;
}

const NO_RULES: StatementRules = { fits: () => Promise.resolve(undefined) };

/** The statements that this node has seen. */
export class Statements {
  readonly #kv: Kv<PublicBytes>;
  readonly #rules: StatementRules;
  readonly #turns = new Turns();
  readonly #counts: StatementCounts;
  readonly #watches: StatementWatch[] = [];
  /** By what tells them apart, to what they are signed and stamped with. */
  readonly #recent = new Map<string, string>();
  /** Judged good, not on disk yet. */
  #waiting: StatementRow[] = [];
  #stored: number;
  #order: number;
  #maxBytes = Infinity;

  private constructor(
    kv: Kv<PublicBytes>,
    { stored, order, rules }: { stored: number; order: number; rules: StatementRules },
  ) {
    this.#kv = kv;
    this.#counts = new StatementCounts(kv);
    this.#rules = rules;
    this.#stored = stored;
    this.#order = order;
  }

  /** Over `public.kv`. Throws a `WireError` for a row that this program never wrote. */
  static async open(
    kv: Kv<PublicBytes>,
    rules: StatementRules = NO_RULES,
  ): Promise<Statements> {
    const [count, last] = await Promise.all([kv.get(statementCountKey), kv.get(statementOrderKey)]);
    const order = last === undefined ? 0 : Number(decodeFact(last));
    if (count !== undefined) {
      return new Statements(kv, { stored: Number(decodeFact(count)), order, rules });
    }
    // Written by a version that didn't count them.
    let stored = 0;
    for await (const _row of kv.list({ prefix: allStatements })) stored++;
    return new Statements(kv, { stored, order, rules });
  }

  /** How many there are. */
  get size(): number {
    return this.#stored;
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

  /** Has somebody told from now on what comes and goes. */
  watch(watch: StatementWatch): void {
    this.#watches.push(watch);
  }

  /**
   * Keeps statements, in their order, and says what became of each. Of two with the same type,
   * issuer, subject and time the first is kept. They are on disk when it returns, together where there
   * was room. Throws a `StoreError` when the disk fails; some of those before may be kept then.
   */
  put(batch: readonly AdmittedStatement[]): Promise<StatementOutcome[]> {
    return this.#turns.run(async () => {
      try {
        const isStored = await Promise.all(batch.map((statement) => this.#isStored(statement)));
        const named = new Set<string>();
        const outcomes: StatementOutcome[] = [];
        for (const [i, statement] of batch.entries()) {
          const name = nameOf(statement);
          const isKnown = isStored[i] === true || named.has(name);
          const outcome = isKnown ? "known" : await this.#take(statement);
          if (outcome === "stored") named.add(name);
          outcomes.push(outcome);
        }
        await this.#flush();
        return outcomes;
      } catch (error) {
        this.#waiting = [];
        this.#counts.clear();
        throw error;
      }
    });
  }

  /** Statements about an identity, in the order of issuer, type and time. */
  async about(subject: IdentityKey): Promise<AdmittedStatement[]> {
    return (await this.rowsAbout(subject)).map(({ statement }) => statement);
  }

  /** The same with the order in which they came. */
  async rowsAbout(subject: IdentityKey): Promise<StatementRow[]> {
    const found: StatementRow[] = [];
    for await (const { value } of this.#kv.list({ prefix: statementsAbout(subject) })) {
      found.push(decodeStatementRow(value));
    }
    return found;
  }

  /** Statements by an identity, in the order of subject, type and time. */
  async by(issuer: IdentityKey): Promise<AdmittedStatement[]> {
    return (await this.#behind(statementsBy(issuer))).map(({ statement }) => statement);
  }

  /** Revocations by an identity, with the order in which they came. */
  async revocationsBy(issuer: IdentityKey): Promise<StatementRow[]> {
    return await this.#behind(revocationsBy(issuer));
  }

  /** Which of these identities revoked their keys, as far as is known here. Throws a `StoreError`. */
  async revokedOf(keys: Iterable<IdentityKey>): Promise<ReadonlySet<IdentityKey>> {
    const revoked = new Set<IdentityKey>();
    if (this.#stored === 0) return revoked;
    for (const key of new Set(keys)) {
      if (await this.#hasRevoked(key)) revoked.add(key);
    }
    return revoked;
  }

  /** All of them, in the order of subject, issuer, type and time. */
  async *all(): AsyncIterable<AdmittedStatement> {
    for await (const { value } of this.#kv.list({ prefix: allStatements })) {
      yield decodeStatementRow(value).statement;
    }
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

  async #behind(prefix: KvKey): Promise<StatementRow[]> {
    const found: StatementRow[] = [];
    for await (const { key } of this.#kv.list({ prefix })) {
      const bytes = await this.#kv.get(statementBehind(key));
      if (bytes !== undefined) found.push(decodeStatementRow(bytes));
    }
    return found;
  }

  async #hasRevoked(key: IdentityKey): Promise<boolean> {
    const limit = 1;
    for await (const _row of this.#kv.list({ prefix: revocationsBy(key), limit })) return true;
    return false;
  }

  async #isStored(statement: AdmittedStatement): Promise<boolean> {
    if (this.#recent.has(nameOf(statement))) return true;
    const stored = await this.#kv.get(statementKey(statement));
    if (stored === undefined) return false;
    this.#remember(decodeStatementRow(stored).statement);
    return true;
  }

  async #take(statement: AdmittedStatement): Promise<StatementOutcome> {
    const isRevocation = statement.type === STATEMENT_TYPES.revoke;
    const hasRoom = isRevocation
      ? await this.#admitsRevocation(statement)
      : await this.#hasRoom(statement);
    if (!hasRoom || !await this.#makeRoom(statement)) return "full";
    this.#waiting.push({ order: this.#order + this.#waiting.length + 1, statement });
    this.#counts.change(statement, 1);
    return "stored";
  }

  /** One that fits the heir and one other; as long as nobody knows which fits, some more. */
  async #admitsRevocation({ issuer, subject }: AdmittedStatement): Promise<boolean> {
    const { revocations } = await this.#counts.of("issuer", issuer);
    if (revocations.length === 0) return true;
    const fits = await this.#rules.fits(issuer, subject);
    if (fits === undefined) return revocations.length < MAX_REVOCATIONS;
    for (const other of revocations) {
      if (await this.#rules.fits(issuer, other) === fits) return false;
    }
    return true;
  }

  async #hasRoom({ issuer, subject }: AdmittedStatement): Promise<boolean> {
    const sides = [["subject", subject, statementsAbout], [
      "issuer",
      issuer,
      statementsBy,
    ]] as const;
    for (const [side, key, rowsOf] of sides) {
      if ((await this.#counts.of(side, key)).others < MAX_STATEMENTS_EACH) continue;
      if (!await this.#dropOf(rowsOf(key), side)) return false;
    }
    return true;
  }

  /** Lets some go when there are too many in all; answers whether this one may stay. */
  async #makeRoom({ type }: AdmittedStatement): Promise<boolean> {
    const over = (): number =>
      this.diskBytes + (this.#waiting.length + 1) * STATEMENT_DISK_BYTES - this.#maxBytes;
    if (over() <= 0) return true;
    await this.#dropSome();
    return over() <= 0 || (type === STATEMENT_TYPES.revoke && over() <= this.#maxBytes);
  }

  /** Deletes some of an identity's drawn at random; `false` when there are none to delete. */
  async #dropOf(prefix: KvKey, side: "subject" | "issuer"): Promise<boolean> {
    await this.#flush();
    const keys: KvKey[] = [];
    for await (const { key } of this.#kv.list({ prefix })) {
      if (typeIn(key) === STATEMENT_TYPES.revoke) continue;
      keys.push(side === "subject" ? key : statementBehind(key));
    }
    const gone: AdmittedStatement[] = [];
    for (const key of drawn(keys, DROPPED_EACH)) {
      const bytes = await this.#kv.get(key);
      if (bytes !== undefined) gone.push(decodeStatementRow(bytes).statement);
    }
    await this.#delete(gone);
    return gone.length > 0;
  }

  /** Deletes what stands at a place drawn at random, but for revocations. */
  async #dropSome(): Promise<void> {
    await this.#flush();
    const start = [...allStatements, crypto.getRandomValues(new Uint8Array(32))];
    const ranges = [{ prefix: allStatements, start }, { prefix: allStatements }];
    for (const range of ranges) {
      const found: AdmittedStatement[] = [];
      for await (const { value } of this.#kv.list({ ...range, limit: SAMPLE })) {
        const { statement } = decodeStatementRow(value);
        if (statement.type !== STATEMENT_TYPES.revoke) found.push(statement);
      }
      if (found.length === 0) continue;
      return await this.#delete(found);
    }
  }

  async #delete(gone: readonly AdmittedStatement[]): Promise<void> {
    const keys = gone.flatMap((statement) => [statementKey(statement), issuedKey(statement)]);
    await this.#commit(keys.map((key) => ({ kind: "delete", key })), { by: -gone.length });
    for (const statement of gone) {
      this.#recent.delete(nameOf(statement));
      this.#counts.change(statement, -1);
    }
    for (const watch of this.#watches) watch.gone(gone);
  }

  /** Writes what waits, in as few commits as the database allows. */
  async #flush(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let at = 0; at < waiting.length; at += COMMIT) {
      const rows = waiting.slice(at, at + COMMIT);
      const mutations = rows.flatMap(statementRows);
      const order = rows.at(-1)?.order ?? this.#order;
      await this.#commit(mutations, { by: rows.length, order });
      for (const { statement } of rows) this.#remember(statement);
      for (const watch of this.#watches) watch.stored(rows);
    }
  }

  /** Commits changes with the new counts. */
  async #commit(
    mutations: readonly KvMutation<PublicBytes>[],
    { by, order = this.#order }: { readonly by: number; readonly order?: number },
  ): Promise<void> {
    const stored = this.#stored + by;
    await this.#kv.commit([
      ...mutations,
      { kind: "set", key: statementCountKey, value: encodeFact(stored) },
      { kind: "set", key: statementOrderKey, value: encodeFact(order) },
    ]);
    this.#stored = stored;
    this.#order = order;
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

/** The rows of a statement: itself, and what it is found by. */
export function statementRows(row: StatementRow): (KvMutation<PublicBytes> & { kind: "set" })[] {
  const findable = [issuedKey(row.statement)];
  if (row.statement.type === STATEMENT_TYPES.revoke) findable.push(revocationKey(row.statement));
  return [
    { kind: "set", key: statementKey(row.statement), value: encodeStatementRow(row) },
    ...findable.map((key) => ({ kind: "set", key, value: nothing() }) as const),
  ];
}

/** Some of a list, each with the same chance. */
function drawn<T>(items: T[], most: number): T[] {
  const n = Math.min(most, items.length);
  const chance = crypto.getRandomValues(new Uint32Array(n));
  for (let i = 0; i < n; i++) {
    const j = i + Math.floor((chance[i] ?? 0) / 2 ** 32 * (items.length - i));
    const item = items[j];
    if (item === undefined) continue;
    items[j] = items[i] ?? item;
    items[i] = item;
  }
  return items.slice(0, n);
}

function nameOf({ type, issuer, subject, issued }: Statement): string {
  return `${type} ${issuer} ${subject} ${issued}`;
}

function proofOf({ consent, signature, stamp }: Statement): string {
  return `${bytesToHex(consent)} ${bytesToHex(signature)} ${bytesToHex(stamp)}`;
}
