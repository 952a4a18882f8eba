/** `conversations`: with whom private messages were exchanged, without opening any of them. */
import type { LetterHead } from "../../store/mod.ts";
import { formatIdentity, type IdentityKey } from "../../wire/ids.ts";
import type { Api, ConversationView } from "../api.ts";
import { UserError } from "../user_error.ts";
import { acquaintances } from "./acquaintance.ts";
import { whyBlocked } from "./block_reason.ts";
import type { OwnerContext } from "./context.ts";
import { byTime } from "./letter_views.ts";
import { Names } from "./names.ts";
import { checkLimit } from "./reading.ts";
import { findPerson } from "./resolve.ts";

/** What was exchanged with one person. */
interface Exchange {
  readonly other: IdentityKey;
  readonly as: ReadonlySet<IdentityKey>;
  readonly messages: number;
  readonly newest: LetterHead;
}

/** A page of people, those first with whom something was said last. */
export async function conversations(
  context: OwnerContext,
  { limit, before, requests, hidden = false }: Api["conversations"]["params"],
): Promise<Api["conversations"]["result"]> {
  checkLimit(limit);
  const { keys, mail, social } = context;
  keys.need();
  const behind = before === undefined ? undefined : await findPerson(context, before);
  const isKnown = await acquaintances(context);
  const mine = new Set(keys.own());
  const all = exchanges((await mail.heads()).reveal(), mine);
  const shown = all.filter(({ other }) => social.isBlocked(other) === hidden);
  const strangers = hidden ? [] : shown.filter(({ other }) => !isKnown(other));
  const listed = hidden ? shown : shown.filter(({ other }) => isKnown(other) !== requests);
  const from = behind === undefined ? 0 : 1 + placeOf(behind, listed);
  const names = await Names.of(context);
  const people = await Promise.all(
    listed.slice(from, from + limit).map((one) => view(one, { context, names, isKnown })),
  );
  return {
    people,
    more: listed.length > from + limit,
    requests: strangers.length,
    caughtUp: mail.caughtUp,
    full: await mail.full(),
  };
}

/** Letters by the person at the other end, newest first. */
function exchanges(
  heads: readonly LetterHead[],
  mine: ReadonlySet<IdentityKey>,
): readonly Exchange[] {
  const found = new Map<IdentityKey, Exchange>();
  for (const head of heads) {
    const [own, other] = head.sent ? [head.from, head.to] : [head.to, head.from];
    if (!mine.has(own)) continue;
    const known = found.get(other);
    found.set(other, {
      other,
      as: new Set([...known?.as ?? [], own]),
      messages: 1 + (known?.messages ?? 0),
      newest: known === undefined || byTime(known.newest, head) < 0 ? head : known.newest,
    });
  }
  return [...found.values()].sort((a, b) => byTime(b.newest, a.newest));
}

function placeOf(person: IdentityKey, listed: readonly Exchange[]): number {
  const place = listed.findIndex(({ other }) => other === person);
  if (place >= 0) return place;
  throw new UserError("failed", "That identity isn't in this list (any more).");
}

async function view({ other, as, messages, newest }: Exchange, { context, names, isKnown }: {
  readonly context: OwnerContext;
  readonly names: Names;
  readonly isKnown: (key: IdentityKey) => boolean;
}): Promise<ConversationView> {
  const { social } = context;
  const blocked = whyBlocked(context, other);
  return {
    id: formatIdentity(other),
    ...await names.call(other),
    verified: social.isVerified(other),
    revoked: social.standing(other).revoked !== null,
    blocked,
    request: blocked === null && !isKnown(other),
    as: [...as].map(formatIdentity),
    messages,
    last: newest.created,
    sent: newest.sent,
  };
}
