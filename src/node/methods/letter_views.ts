/** Private messages as their owner sees them. */
import type { Letter, LetterHead } from "../../store/mod.ts";
import { formatIdentity, type MessageId } from "../../wire/ids.ts";
import type { LetterView, MessageView } from "../api.ts";
import { UserError } from "../user_error.ts";
import { whyBlocked } from "./block_reason.ts";
import type { OwnerContext } from "./context.ts";
import { Names } from "./names.ts";
import { viewAttachment } from "./views.ts";

/** A letter as shown. */
export async function viewLetter(
  letter: Letter,
  { context, names, isRequest }: {
    readonly context: OwnerContext;
    readonly names: Names;
    readonly isRequest: boolean;
  },
): Promise<LetterView> {
  const { id, from, to, created, text, replyTo, attachments, sent } = letter;
  return {
    id,
    from: formatIdentity(from),
    to: formatIdentity(to),
    ...await names.call(from),
    created,
    text,
    verified: context.social.isVerified(from),
    revoked: context.social.standing(from).revoked !== null,
    replyTo: replyTo ?? null,
    sent,
    request: isRequest,
    blocked: whyBlocked(context, from),
    pending: context.own.get(id) !== undefined,
    attachments: attachments.map(viewAttachment),
  };
}

/** A letter where messages of all kinds are shown. */
export async function viewAsMessage(
  letter: Letter,
  context: OwnerContext,
): Promise<MessageView & { readonly kind: "private" }> {
  const names = await Names.of(context);
  const view = await viewLetter(letter, { context, names, isRequest: false });
  const { id, name, suspicious, created, text, verified, revoked, replyTo, pending, attachments } =
    view;
  return {
    ...{ kind: "private", id, author: view.from, name, suspicious, created, text, verified },
    ...{ replyTo, pending, attachments, quote: null, quoted: null, warning: null, language: null },
    ...{ mentions: [], tags: [], links: [], blocked: view.blocked },
    revoked,
  };
}

/** Orders letters as readers see them: by time, then by id. */
export function byTime(a: LetterHead, b: LetterHead): number {
  return a.created - b.created || (a.id < b.id ? -1 : 1);
}

/**
 * The letter whose id begins so, while the keys are open; `undefined` when there is none. Throws a
 * `UserError` when there are several, or other messages whose ids begin so.
 */
export async function findLetter(
  { keys, mail, store }: OwnerContext,
  text: string,
): Promise<Letter | undefined> {
  const prefix = text.trim().toLowerCase();
  if (keys.unlocked === undefined || !/^[0-9a-f]{4,64}$/.test(prefix)) return undefined;
  const heads = (await mail.heads()).reveal();
  const found = new Set<MessageId>(
    heads.map(({ id }) => id).filter((id) => id.startsWith(prefix)),
  );
  const [id, ...others] = found;
  if (id === undefined) return undefined;
  // A stranger may have made one that begins as something else does that is here.
  const stored = store.index.idsByPrefix(prefix, 2).some((other) => other !== id);
  if (others.length > 0 || stored) {
    throw new UserError("usage", `Several messages here begin with ${prefix}: give more digits`);
  }
  return (await mail.read([id])).reveal()[0];
}
