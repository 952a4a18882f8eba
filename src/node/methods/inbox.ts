/** `inbox`: private messages that came, and conversations. */
import type { LetterHead } from "../../store/mod.ts";
import type { IdentityKey } from "../../wire/ids.ts";
import type { Api } from "../api.ts";
import { UserError } from "../user_error.ts";
import { acquaintances } from "./acquaintance.ts";
import type { OwnerContext } from "./context.ts";
import { byTime, findLetter, viewLetter } from "./letter_views.ts";
import { Names } from "./names.ts";
import { checkLimit } from "./reading.ts";
import { findIdentity, findPerson } from "./resolve.ts";

/** How long a page waits until what is here was tried, in milliseconds. */
const PATIENCE_MS = 10_000;
/** How long it waits for something new, in milliseconds. */
const NEWS_MS = 20_000;
/** How often it looks, in milliseconds. */
const LOOK_MS = 200;

/** A page of the inbox or of a conversation, oldest first. */
export async function inbox(
  context: OwnerContext,
  params: Api["inbox"]["params"],
): Promise<Api["inbox"]["result"]> {
  const { keys, mail } = context;
  checkLimit(params.limit);
  if (keys.unlocked === undefined || params.news !== true) keys.need();
  if (params.news === true) await waitForNews(context);
  else if (params.now !== true) await catchUp(context);
  const mine = params.as === undefined
    ? new Set(keys.own())
    : new Set([keys.speaker(params.as, findIdentity).key]);
  const other = params.with === undefined ? undefined : await findPerson(context, params.with);
  const all = await visible(context, { mine, hidden: params.hidden === true });
  const strangers = all.filter(({ isRequest }) => isRequest);
  const wanted = other === undefined
    ? all.filter(({ head, isRequest }) =>
      mine.has(head.to) && (params.hidden === true ? !head.sent : isRequest === params.requests)
    )
    : all.filter(({ head }) => head.from === other || head.to === other);
  const sorted = wanted.toSorted((a, b) => byTime(a.head, b.head));
  const end = params.before === undefined
    ? sorted.length
    : await placeOf(context, { text: params.before, sorted });
  const some = sorted.slice(0, end).slice(-params.limit);
  const names = await Names.of(context);
  const requests = new Set(some.filter(({ isRequest }) => isRequest).map(({ head }) => head.id));
  const letters = (await mail.read(some.map(({ head }) => head.id))).reveal().toSorted(byTime);
  const messages = await Promise.all(
    letters.map((letter) =>
      viewLetter(letter, { context, names, isRequest: requests.has(letter.id) })
    ),
  );
  return {
    messages,
    requests: strangers.length,
    caughtUp: mail.caughtUp,
    full: await mail.full(),
  };
}

interface Visible {
  readonly head: LetterHead;
  readonly isRequest: boolean;
}

/** What may be shown of the letters of some of the owner's identities: nothing of who is blocked. */
async function visible(
  context: OwnerContext,
  { mine, hidden }: { readonly mine: ReadonlySet<IdentityKey>; readonly hidden: boolean },
): Promise<readonly Visible[]> {
  const { mail, social } = context;
  const isKnown = await acquaintances(context);
  return (await mail.heads()).reveal()
    .filter(({ from, to }) => mine.has(from) || mine.has(to))
    .filter(({ from, sent }) => sent || social.isBlocked(from) === hidden)
    .map((head) => ({ head, isRequest: !head.sent && !isKnown(head.from) }));
}

async function placeOf(
  context: OwnerContext,
  { text, sorted }: { readonly text: string; readonly sorted: readonly Visible[] },
): Promise<number> {
  const letter = await findLetter(context, text);
  const place = sorted.findIndex(({ head }) => head.id === letter?.id);
  if (place >= 0) return place;
  throw new UserError("failed", "No such private message in this list (any more).");
}

/** Waits until what is here was tried; without a node, by doing it. */
async function catchUp({ mail, live, pause }: OwnerContext): Promise<void> {
  if (live === undefined) return await mail.finish(pause);
  const end = performance.now() + PATIENCE_MS;
  while (!mail.caughtUp && performance.now() < end) await sleep(LOOK_MS);
}

/** Resolves when something is new, or after a time. */
async function waitForNews({ mail }: OwnerContext): Promise<void> {
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), NEWS_MS);
  await mail.news(waiting.signal);
  clearTimeout(timer);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
