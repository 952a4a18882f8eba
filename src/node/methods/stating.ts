/** `verify` and `unverify`: what the owner states about others, in public and for ever. */
import { statementsOf } from "../../wire/admit.ts";
import { formatIdentity, type IdentityKey } from "../../wire/ids.ts";
import { type AdmittedStatement, STATEMENT_TYPES } from "../../wire/statement.ts";
import type { Api, StatedView } from "../api.ts";
import { needTime } from "../clock_words.ts";
import { nextCreated } from "../compose.ts";
import { carry, makeStatement } from "../compose_statement.ts";
import { UserError } from "../user_error.ts";
import type { OwnerContext } from "./context.ts";
import { Names } from "./names.ts";
import { findIdentity, findPerson } from "./resolve.ts";
import { isRevoked, needUnrevoked, pendingStatements } from "./revoked.ts";

/** States that an identity is who it says it is. */
export async function verify(
  context: OwnerContext,
  params: Api["verify"]["params"],
): Promise<StatedView> {
  const issuer = context.keys.speaker(params.as, findIdentity).key;
  const subject = await findPerson(context, params.id);
  await needStranger(context, { issuer, subject });
  const words = await wordsOf(context, { issuer, subject });
  if (newest(words)?.type === STATEMENT_TYPES.verify) {
    throw new UserError("failed", "You verified that identity already. Nothing was sent.");
  }
  return await state(context, { type: STATEMENT_TYPES.verify, issuer, subject, words });
}

/** Takes a verification back. */
export async function unverify(
  context: OwnerContext,
  params: Api["unverify"]["params"],
): Promise<StatedView> {
  const issuer = context.keys.speaker(params.as, findIdentity).key;
  const subject = await findPerson(context, params.id);
  const words = await wordsOf(context, { issuer, subject });
  if (newest(words)?.type !== STATEMENT_TYPES.verify) {
    throw new UserError(
      "failed",
      "That identity isn't verified by this one of yours: there is nothing to take back. Nothing was sent.",
    );
  }
  return await state(context, { type: STATEMENT_TYPES.withdraw, issuer, subject, words });
}

/** Who can be verified. Throws a `UserError` for oneself, somebody never seen, and a revoked identity. */
async function needStranger(
  context: OwnerContext,
  { issuer, subject }: { readonly issuer: IdentityKey; readonly subject: IdentityKey },
): Promise<void> {
  if (subject === issuer) {
    throw new UserError("refused", "An identity can't verify itself. Nothing was sent.");
  }
  if (!await wasSeen(context, subject)) {
    throw new UserError(
      "failed",
      "Nothing of that identity was ever seen here. If its id is right, to the last character, something " +
        "that it said has to arrive first: have a node running and wait. Nothing was sent.",
    );
  }
  if (await isRevoked(context, subject)) {
    throw new UserError("refused", "That identity was revoked by its owner. Nothing was sent.");
  }
}

async function wasSeen({ store }: OwnerContext, key: IdentityKey): Promise<boolean> {
  if (await store.profile(key) !== undefined) return true;
  if ((await store.statements.about(key)).length > 0) return true;
  for (const _meta of store.index.newestFirst({ authors: new Set([key]) })) return true;
  return false;
}

/** What this issuer said of the subject before, also what is on its way. */
async function wordsOf(
  context: OwnerContext,
  { issuer, subject }: { readonly issuer: IdentityKey; readonly subject: IdentityKey },
): Promise<readonly AdmittedStatement[]> {
  const about = await context.store.statements.about(subject);
  return [...about, ...pendingStatements(context)].filter((statement) =>
    statement.issuer === issuer && statement.subject === subject &&
    statement.type !== STATEMENT_TYPES.revoke
  );
}

/** The one that counts. */
function newest(words: readonly AdmittedStatement[]): AdmittedStatement | undefined {
  return words.toSorted((a, b) => b.issued - a.issued || b.type - a.type)[0];
}

async function state(context: OwnerContext, { type, issuer, subject, words }: {
  readonly type: 0 | 1;
  readonly issuer: IdentityKey;
  readonly subject: IdentityKey;
  readonly words: readonly AdmittedStatement[];
}): Promise<StatedView> {
  const { labels, pause, keys, own, clock } = context;
  await needUnrevoked(context, issuer);
  const now = needTime(clock);
  // Floored as posts are, or the clock would tie identities together.
  const issued = nextCreated(now, newest(words)?.issued);
  const signer = keys.need().keyring.signer(issuer);
  const content = { type, subject, issued, consent: new Uint8Array(0) };
  const statement = await makeStatement(content, { labels, pause, signer });
  const message = await own.add(await carry(statement, { labels, pause, now }), issuer);
  // For its author it counts at once.
  context.social.feed(statementsOf(message));
  return {
    id: formatIdentity(subject),
    name: (await (await Names.of(context)).call(subject)).name,
    by: formatIdentity(issuer),
    issued,
    message: message.id,
    waiting: context.live === undefined,
  };
}
