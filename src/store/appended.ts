/**
 * Which statements are appended to messages of an author that are sent on (docs/PROTOCOL.md
 * section 4): half those first seen, half drawn anew for each message, and the author's revocation.
 * What is chosen from is read once for each author and kept up with what comes and goes.
 */
import type { IdentityKey } from "../wire/ids.ts";
import { APPENDED_STATEMENTS } from "../wire/limits.ts";
import { type AdmittedStatement, type Statement, STATEMENT_TYPES } from "../wire/statement.ts";
import type { StatementRow } from "./public_rows.ts";
import type { Heirs } from "./heirs.ts";
import type { Statements } from "./statements.ts";

/** Statements that go along because they came first. */
const FIRST = APPENDED_STATEMENTS / 2;
/** Of all others, those drawn from: a sample that is itself drawn at random. */
const SAMPLE = 36;
/** Authors whose choice is kept in memory: some 12 MB at most. */
const AUTHORS = 1_024;
/** Authors of whom is remembered that there is nothing. */
const NOBODY = 16_384;

/** What is chosen from for one author. */
interface Choice {
  revocation: AdmittedStatement | undefined;
  /** In the order of coming. */
  first: AdmittedStatement[];
  sample: AdmittedStatement[];
  /** How many there were to draw the sample from. */
  seen: number;
}

/** What it works with. */
export interface AppendedPorts {
  /** What was seen. */
  readonly statements: Statements;
  /** Which revocation fits. */
  readonly heirs: Pick<Heirs, "fits">;
  /** A whole number from 0, below `n`, that nobody can foretell. */
  readonly below: (n: number) => number;
}

/** Chooses statements. The same for everybody: nothing that is the owner's own has a part in it. */
export class Appended {
  readonly #ports: AppendedPorts;
  readonly #choices = new Map<IdentityKey, Choice>();
  readonly #nobody = new Set<IdentityKey>();
  /** Changes so far, to notice one while a choice was read. */
  #changes = 0;

  /** Follows what comes and goes from now on. */
  constructor(ports: AppendedPorts) {
    this.#ports = ports;
    ports.statements.watch({
      stored: (rows) => rows.forEach(({ statement }) => this.#came(statement)),
      gone: (statements) => statements.forEach((statement) => this.#went(statement)),
    });
  }

  /** What goes along with one message of an author, in any order. Throws a `StoreError`. */
  async of(author: IdentityKey): Promise<readonly AdmittedStatement[]> {
    if (this.#ports.statements.size === 0 || this.#nobody.has(author)) return [];
    const choice = this.#choices.get(author) ?? await this.#read(author);
    if (choice === undefined) return [];
    this.#keep(author, choice);
    const { below } = this.#ports;
    const some = shuffled(choice.sample, below).slice(0, FIRST);
    const chosen = shuffled([...choice.first, ...some], below);
    // Where there is no room, the last ones are left out.
    return choice.revocation === undefined ? chosen : [choice.revocation, ...chosen];
  }

  async #read(author: IdentityKey): Promise<Choice | undefined> {
    const { statements } = this.#ports;
    const before = this.#changes;
    const rows = (await statements.rowsAbout(author)).filter(({ statement }) =>
      statement.issuer !== author
    );
    const revocation = await this.#revocation(author);
    const choice: Choice = { revocation, first: [], sample: [], seen: 0 };
    const inOrder = rows.toSorted((a, b) => a.order - b.order);
    for (const statement of standing(inOrder)) this.#add(choice, statement);
    const isNone = revocation === undefined && choice.first.length === 0;
    // What came meanwhile may be missing: right for this message, but not to be kept.
    if (before !== this.#changes) return choice;
    if (isNone) this.#forgetSome(this.#nobody, NOBODY).add(author);
    return isNone ? undefined : choice;
  }

  /** The one that fits, else the first. */
  async #revocation(author: IdentityKey): Promise<AdmittedStatement | undefined> {
    const { statements, heirs } = this.#ports;
    const rows = (await statements.revocationsBy(author)).toSorted((a, b) => a.order - b.order);
    for (const { statement } of rows) {
      if (await heirs.fits(author, statement.subject) === true) return statement;
    }
    return rows[0]?.statement;
  }

  #add(choice: Choice, statement: AdmittedStatement): void {
    if (choice.first.length < FIRST) return void choice.first.push(statement);
    choice.seen++;
    if (choice.sample.length < SAMPLE) return void choice.sample.push(statement);
    const at = this.#ports.below(choice.seen);
    if (at < SAMPLE) choice.sample[at] = statement;
  }

  #came(statement: AdmittedStatement): void {
    this.#changes++;
    const { type, issuer, subject } = statement;
    this.#nobody.delete(subject);
    if (type === STATEMENT_TYPES.revoke) {
      this.#nobody.delete(issuer);
      this.#choices.delete(issuer);
    }
    const choice = this.#choices.get(subject);
    if (choice === undefined || issuer === subject) return;
    for (const list of [choice.first, choice.sample]) {
      const at = list.findIndex((other) => isOfOneKind(other, statement));
      const before = list[at];
      if (before === undefined) continue;
      if (replaces(statement, before)) list[at] = statement;
      return;
    }
    this.#add(choice, statement);
  }

  #went(statement: AdmittedStatement): void {
    this.#changes++;
    const choice = this.#choices.get(statement.subject);
    if (choice === undefined) return;
    const stays = (other: Statement): boolean =>
      !isOfOneKind(other, statement) || other.issued !== statement.issued ||
      other.type !== statement.type;
    choice.first = choice.first.filter(stays);
    choice.sample = choice.sample.filter(stays);
  }

  #keep(author: IdentityKey, choice: Choice): void {
    this.#choices.delete(author);
    this.#forgetSome(this.#choices, AUTHORS).set(author, choice);
  }

  /** Makes room for one more. */
  #forgetSome<C extends Map<IdentityKey, unknown> | Set<IdentityKey>>(kept: C, most: number): C {
    if (kept.size < most) return kept;
    for (const oldest of kept.keys()) {
      kept.delete(oldest);
      break;
    }
    return kept;
  }
}

/** What stands: of each issuer the newest word, in the place of its first one. */
function standing(inOrder: readonly StatementRow[]): Iterable<AdmittedStatement> {
  const words = new Map<string, AdmittedStatement>();
  for (const { statement } of inOrder) {
    const { type, issuer } = statement;
    const name = `${type === STATEMENT_TYPES.revoke} ${issuer}`;
    const before = words.get(name);
    if (before === undefined || replaces(statement, before)) words.set(name, statement);
  }
  return words.values();
}

/** Whether both are words of one issuer about one identity, of which one counts. */
function isOfOneKind(a: Statement, b: Statement): boolean {
  const isRevocation = (s: Statement): boolean => s.type === STATEMENT_TYPES.revoke;
  return a.issuer === b.issuer && isRevocation(a) === isRevocation(b);
}

/** The newer word counts, on a tie the withdrawal; of revocations the first that came. */
function replaces(statement: Statement, before: Statement): boolean {
  if (statement.type === STATEMENT_TYPES.revoke) return false;
  return statement.issued > before.issued ||
    (statement.issued === before.issued && statement.type > before.type);
}

function shuffled<T>(items: readonly T[], below: (n: number) => number): T[] {
  const left = [...items];
  const out: T[] = [];
  while (left.length > 0) out.push(...left.splice(below(left.length), 1));
  return out;
}
