/** Statements that come with a second copy of a message (docs/PROTOCOL.md section 4). */
import type { Statements } from "../store/mod.ts";
import type { Kept } from "../wire/admit.ts";
import { type Checking, decideLater, type VerifyLater } from "../wire/verify.ts";

/** What taking them in takes. */
export interface LatePorts {
  /** Where they go. */
  readonly statements: Pick<Statements, "put">;
  /** The one rule of signatures. */
  readonly verify: VerifyLater;
  /** Told what went wrong: nobody else is, since the message is known whatever becomes of them. */
  readonly failed: (error: unknown) => void;
}

/** Stores those that are valid; answers how many had to be checked. Never rejects. */
export async function takeLate(checking: Checking<Kept>, ports: LatePorts): Promise<number> {
  const { statements, verify, failed } = ports;
  try {
    const kept = await decideLater(checking, { first: checking.next(), verify });
    if (kept.statements.length > 0) await statements.put(kept.statements);
    return kept.novelStatements;
  } catch (error) {
    failed(error);
    return 0;
  }
}
