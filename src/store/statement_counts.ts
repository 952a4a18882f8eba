/**
 * How many statements there are about and by an identity, so that a new one needn't count the others.
 * In memory for those asked for last: identities are free, so not for all of them.
 */
import { ID_BYTES, type IdentityKey, identityKey } from "../wire/ids.ts";
import { type Statement, STATEMENT_TYPES } from "../wire/statement.ts";
import { statementsAbout, statementsBy, typeIn } from "./keys.ts";
import type { Kv } from "./kv_port.ts";
import type { PublicBytes } from "./public_rows.ts";

/** Identities whose counts are kept, on either side: some 4 MB. */
const KEPT = 16_384;

/** What is stored on one side of an identity. */
export interface StatementCount {
  /** Verifications and withdrawals. */
  readonly others: number;
  /** Of revocations by it, whom they name; nothing on the subject's side. */
  readonly revocations: readonly IdentityKey[];
}

/** Whether it is about statements that name an identity or about its own. */
export type Side = "subject" | "issuer";

/** What of a statement is counted. */
export type Counted = Pick<Statement, "type" | "issuer" | "subject">;

/** Counts; its owner tells of every change and asks for nothing while one is under way. */
export class StatementCounts {
  readonly #kv: Kv<PublicBytes>;
  readonly #counts = new Map<string, StatementCount>();

  /** Over `public.kv`. */
  constructor(kv: Kv<PublicBytes>) {
    this.#kv = kv;
  }

  /** What is stored about or by an identity. Throws a `StoreError` when the disk fails. */
  async of(side: Side, key: IdentityKey): Promise<StatementCount> {
    const name = nameOf(side, key);
    const known = this.#counts.get(name);
    if (known !== undefined) return known;
    const prefix = side === "subject" ? statementsAbout(key) : statementsBy(key);
    let others = 0;
    const revocations: IdentityKey[] = [];
    for await (const row of this.#kv.list({ prefix })) {
      if (typeIn(row.key) !== STATEMENT_TYPES.revoke) others++;
      else if (side === "issuer") revocations.push(subjectIn(row.key));
    }
    const count = { others, revocations };
    this.#keep(name, count);
    return count;
  }

  /** One more, or one fewer. */
  change({ type, issuer, subject }: Counted, by: 1 | -1): void {
    for (const [side, key] of [["subject", subject], ["issuer", issuer]] as const) {
      const name = nameOf(side, key);
      const count = this.#counts.get(name);
      if (count === undefined) continue;
      if (type !== STATEMENT_TYPES.revoke) {
        this.#keep(name, { ...count, others: count.others + by });
      } else if (side === "issuer" && by === 1) {
        this.#keep(name, { ...count, revocations: [...count.revocations, subject] });
      }
    }
  }

  /** Forgets all: what was told didn't come to be. */
  clear(): void {
    this.#counts.clear();
  }

  #keep(name: string, count: StatementCount): void {
    this.#counts.delete(name);
    this.#counts.set(name, count);
    if (this.#counts.size <= KEPT) return;
    for (const oldest of this.#counts.keys()) {
      this.#counts.delete(oldest);
      return;
    }
  }
}

function nameOf(side: Side, key: IdentityKey): string {
  return side === "subject" ? `s${key}` : `i${key}`;
}

/** Whom a statement found by its issuer is about. */
function subjectIn(key: readonly unknown[]): IdentityKey {
  const subject = key[2];
  if (!(subject instanceof Uint8Array) || subject.length !== ID_BYTES) {
    throw new RangeError("Not the key of a statement");
  }
  return identityKey(subject);
}
