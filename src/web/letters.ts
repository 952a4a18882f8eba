/** What the page knows of a conversation: read for its page and for the stream behind it. */
import type { Api, IdentityView, LetterView } from "../node/api.ts";
import { UserError } from "../node/user_error.ts";
import { type Acquaintance, acquaintance } from "./acquaintance.ts";
import type { Doubt } from "./letter_draft.ts";
import { conversationPath, olderThan } from "./paths.ts";
import type { Site } from "./site.ts";

/** Letters on a page. */
export const LETTERS_ON_PAGE = 50;
/** What the node gives at once. */
const MAX_LETTERS = 1_000;

type Inbox = Api["inbox"]["result"];

/** A conversation with one person. */
export interface Conversation {
  /** The other one, `g1…`. */
  readonly id: string;
  /** Path of its page, which doesn't say with whom it is. */
  readonly path: string;
  /** Who they are to the owner. */
  readonly known: Acquaintance;
  /** A page of them, oldest first. */
  readonly letters: readonly LetterView[];
  /** Whether these are the newest. */
  readonly newest: boolean;
  /** What the address of this page ends with, also said where something is done on it. */
  readonly query: string;
  /** Address of the page of older ones, if there are any. */
  readonly older: string | undefined;
  /** Own identities. */
  readonly identities: readonly IdentityView[];
  /** What is to be agreed to before something is sent. */
  readonly doubts: readonly Doubt[];
  /** Whether everything that is here was tried. */
  readonly caughtUp: boolean;
  /** Whether older ones had to go for newer ones. */
  readonly full: boolean;
}

/** Which part of it is asked for. */
export interface Part {
  /** How many letters. */
  readonly limit: number;
  /** Only what is older than this message, veiled or not. */
  readonly before?: string | undefined;
  /** Shows what blocks hide. */
  readonly hidden?: boolean;
}

/** Reads it. Throws a `UserError`, also for what is no identity or no message of it. */
export async function conversationWith(
  site: Pick<Site, "owner" | "veil">,
  /** `g1…`, veiled or not. */
  to: string,
  { limit, before, hidden = false }: Part,
): Promise<Conversation> {
  const { owner, veil } = site;
  const { id, revoked, first } = await owner.call("recipient", { to: veil.read(to) });
  const known = await acquaintance(site, id);
  if (known === undefined) throw new UserError("locked", "The keys were locked meanwhile.");
  const read = (limit: number, part: { readonly before?: string }): Promise<Inbox> =>
    owner.call("inbox", {
      ...{ limit, with: id, requests: false, now: true, ...part },
      ...(hidden ? { hidden } : {}),
    });
  const behind = veil.readOptional(before);
  const { messages, caughtUp, full } = await read(
    limit + 1,
    behind === undefined ? {} : { before: behind },
  );
  const wrote = (some: readonly LetterView[]): boolean => some.some(({ sent }) => sent);
  // Only where the newest don't tell is it worth reading more.
  const all = behind === undefined && messages.length <= limit;
  const stranger = !wrote(messages) && (all || !wrote((await read(MAX_LETTERS, {})).messages));
  const path = conversationPath(id);
  const letters = messages.slice(-limit);
  const [oldest] = letters;
  const queryOf = (before: string | undefined): string => {
    const parts = [
      ...(hidden ? ["hidden=1"] : []),
      ...(before === undefined ? [] : [olderThan(before)]),
    ];
    return parts.length === 0 ? "" : `?${parts.join("&")}`;
  };
  return {
    ...{ id, path, known, caughtUp, full, letters },
    newest: behind === undefined,
    query: queryOf(behind),
    older: messages.length > limit && oldest !== undefined ? path + queryOf(oldest.id) : undefined,
    identities: await owner.call("identities", {}),
    doubts: [
      ...(revoked ? ["revoked" as const] : []),
      ...(first ? ["first" as const] : []),
      ...(stranger ? ["stranger" as const] : []),
    ],
  };
}

/** Local names of own identities. */
export function ownNames(identities: readonly IdentityView[]): ReadonlyMap<string, string> {
  return new Map(identities.map(({ id, name }) => [id, name]));
}

/** Who spoke in it, if it was always the same own identity: who answers as another tells that both are one's own. */
export function usualSpeaker(letters: readonly LetterView[]): string | undefined {
  const spoke = new Set(letters.map(({ sent, from, to }) => sent ? from : to));
  const [only] = spoke;
  return spoke.size === 1 ? only : undefined;
}
