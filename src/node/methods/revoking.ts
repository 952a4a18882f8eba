/** `revoke`: ends a key for everybody (docs/PROTOCOL.md section 4). */
import { createVerifier } from "../../keystore/mod.ts";
import { statementsOf } from "../../wire/admit.ts";
import { formatIdentity } from "../../wire/ids.ts";
import { decodeStatement, type Statement, STATEMENT_TYPES } from "../../wire/statement.ts";
import { toSeconds } from "../../wire/time.ts";
import { checkStatement } from "../../wire/verify.ts";
import type { Api } from "../api.ts";
import { decodeBase64 } from "../base64.ts";
import { needTime } from "../clock_words.ts";
import { carry } from "../compose_statement.ts";
import { UserError } from "../user_error.ts";
import type { OwnerContext } from "./context.ts";

/**
 * Sends a revocation that was signed before. It leaves by a stem of its own, as if the revoked
 * identity were one of this node's: nothing ties it to the others.
 */
export async function revoke(
  context: OwnerContext,
  params: Api["revoke"]["params"],
): Promise<Api["revoke"]["result"]> {
  const { labels, clock, pause, own } = context;
  context.keys.need();
  const now = needTime(clock);
  const statement = readRevocation(params.statement);
  const verify = createVerifier(2);
  const check = checkStatement(statement, { labels, now: toSeconds(now), verify });
  if (check !== "valid") {
    throw new UserError(
      "failed",
      `No node would take that revocation (${check}). Nothing was sent.`,
    );
  }
  const { issuer, subject } = statement;
  const message = await own.add(await carry(statement, { labels, pause, now }), issuer);
  context.social.feed(statementsOf(message));
  return {
    id: formatIdentity(issuer),
    successor: subject === issuer ? null : formatIdentity(subject),
    message: message.id,
    waiting: context.live === undefined,
  };
}

function readRevocation(base64: string): Statement {
  const bytes = decodeBase64(base64);
  try {
    const statement = bytes && decodeStatement(bytes);
    if (statement?.type === STATEMENT_TYPES.revoke) return statement;
  } catch {
    // Not one either way.
  }
  throw new UserError("usage", "That is not a revocation.");
}
