/** Makes statements, and the messages of type 4 that carry them (docs/PROTOCOL.md section 4). */
import { oneTimeSigner, type Signer } from "../keystore/mod.ts";
import type { Labels } from "../wire/labels.ts";
import { STATEMENT_STAMP_BITS } from "../wire/limits.ts";
import type { Public } from "../wire/privacy.ts";
import { searchStatementStamp } from "../wire/stamp.ts";
import { type Statement, type StatementContent, statementSignedBytes } from "../wire/statement.ts";
import type { UnixMs } from "../wire/time.ts";
import { compose, nextCreated } from "./compose.ts";

/** Hashes tried before other work gets its turn: some milliseconds. */
const STAMP_CHUNK = 4_096;

/** What is needed to make one. */
export interface StatementPorts {
  /** Labels of the network. */
  readonly labels: Labels;
  /** Lets other work have its turn during the stamp's search, about a second. */
  readonly pause: () => Promise<void>;
}

/** Signs and stamps a statement; `signer` is its issuer. */
export async function makeStatement(
  content: Omit<StatementContent, "issuer">,
  { signer, labels, pause }: StatementPorts & { readonly signer: Signer },
): Promise<Statement> {
  const whole = { ...content, issuer: signer.key };
  const signature = signer.sign(statementSignedBytes(labels, whole));
  const search = { labels, signature, bits: STATEMENT_STAMP_BITS, tries: STAMP_CHUNK };
  for (let start = 0;; start += STAMP_CHUNK) {
    const stamp = searchStatementStamp({ ...search, start });
    if (stamp !== undefined) return { ...whole, signature, stamp };
    await pause();
  }
}

/** A message that carries a statement, signed with a key of its own, which is forgotten. */
export async function carry(
  statement: Statement,
  { labels, pause, now }: StatementPorts & { readonly now: UnixMs },
): Promise<Public<Uint8Array>> {
  using signer = oneTimeSigner((length) => crypto.getRandomValues(new Uint8Array(length)));
  const created = nextCreated(now, undefined);
  return await compose({ kind: "statement", created, statement }, { labels, signer, pause });
}
