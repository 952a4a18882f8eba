/**
 * Statements out of a backup. Who made it may be somebody else: they are verified again, and what finds and counts them
 * isn't taken from it but made anew.
 */
import type { Labels } from "../wire/labels.ts";
import { checkStatement, type Verify } from "../wire/verify.ts";
import { kindOf, statementCountKey, statementOrderKey } from "./keys.ts";
import type { KvKey } from "./kv_port.ts";
import {
  decodeStatementRow,
  encodeFact,
  type PublicBytes,
  type StatementRow,
} from "./public_rows.ts";
import { statementRows } from "./statements.ts";

/** Far more than any node stores, and far from where numbers lose their last digit. */
const MAX_ORDER = 2 ** 40;
/** Rows that follow from the statements. */
const DERIVED: readonly string[] = ["i", "v"];
const COUNTS = [statementCountKey, statementOrderKey].map(String);

/** With what they are verified. */
export interface StatementJudge {
  /** Labels of the network. */
  readonly labels: Labels;
  /** The rule of all nodes. */
  readonly verify: Verify;
}

/** A row of `public.kv`. */
export interface RestoredRow {
  /** Where it stands. */
  readonly key: KvKey;
  /** What stands there. */
  readonly value: PublicBytes;
}

/** Takes the rows that have to do with statements. */
export class RestoredStatements {
  readonly #judge: StatementJudge;
  #order = 0;

  /** With nothing taken yet. */
  constructor(judge: StatementJudge) {
    this.#judge = judge;
  }

  /** What is to be written for a row of a backup: the row itself if it is of another kind. Never throws. */
  rowsFor(row: RestoredRow): readonly RestoredRow[] {
    const kind = kindOf(row.key);
    if (DERIVED.includes(kind) || COUNTS.includes(String(row.key))) return [];
    if (kind !== "s") return [row];
    const found = this.#read(row);
    if (found === undefined) return [];
    this.#order = Math.max(this.#order, found.order);
    return statementRows(found);
  }

  /** What is to be written at the end: how many are stored, and the number of the last. */
  counts(stored: number): readonly RestoredRow[] {
    return [
      { key: statementCountKey, value: encodeFact(stored) },
      { key: statementOrderKey, value: encodeFact(this.#order) },
    ];
  }

  /** A statement that is what it says; `undefined` for any other. */
  #read({ key, value }: RestoredRow): StatementRow | undefined {
    try {
      const row = decodeStatementRow(value);
      const { statement, order } = row;
      // No clock says anything here: it was early or not when it came.
      const context = { ...this.#judge, now: statement.issued };
      const isPlace = String(statementRows(row)[0]?.key) === String(key);
      const isValid = isPlace && order <= MAX_ORDER &&
        checkStatement(statement, context) === "valid";
      return isValid ? row : undefined;
    } catch {
      return undefined;
    }
  }
}
