/** What the page knows of a conversation: read for its page and for the stream behind it. */
import type { Api, IdentityView, LetterView } from "../node/api.ts";
import { UserError } from "../node/user_error.ts";
import { type Acquaintance, acquaintance } from "./acquaintance.ts";
import type { Doubt } from "./letter_draft.ts";
import type { Site } from "./site.ts";
import type { Veil } from "./veil.ts";

/** Letters on a page as it is opened. */
export const LETTERS_AT_FIRST = 50;
/** Most letters on a page, when all are asked for: what the node gives at once. */
export const MAX_LETTERS = 1_000;

/** A conversation with one person. */
export interface Conversation {
  /** The other one, `g1…`. */
  readonly id: string;
  /** Path of its page, which doesn't say with whom it is. */
  readonly path: string;
  /** For other addresses on it. */
  readonly veil: Veil;
  /** Who they are to the owner. */
  readonly known: Acquaintance;
  /** The newest, oldest first. */
  readonly letters: readonly LetterView[];
  /** Whether there are older ones, as far as the node gives them at once. */
  readonly more: boolean;
  /** Own identities. */
  readonly identities: readonly IdentityView[];
  /** What is to be agreed to before something is sent. */
  readonly doubts: readonly Doubt[];
  /** Whether everything that is here was tried. */
  readonly caughtUp: boolean;
  /** Whether older ones had to go for newer ones. */
  readonly full: boolean;
}

/** Reads it; `hidden` shows what blocks hide. Throws a `UserError`, also for what is no identity. */
export async function conversationWith(
  site: Pick<Site, "owner" | "veil">,
  { to, limit, hidden = false }: {
    /** `g1…`, veiled or not. */
    readonly to: string;
    readonly limit: number;
    readonly hidden?: boolean;
  },
): Promise<Conversation> {
  const { owner, veil } = site;
  const { id, revoked, first } = await owner.call("recipient", { to: veil.read(to) });
  const known = await acquaintance(site, id);
  if (known === undefined) throw new UserError("locked", "The keys were locked meanwhile.");
  const read = (limit: number): Promise<Api["inbox"]["result"]> =>
    owner.call("inbox", {
      limit: Math.min(limit, MAX_LETTERS),
      with: id,
      requests: false,
      now: true,
      ...(hidden ? { hidden } : {}),
    });
  const { messages, caughtUp, full } = await read(limit + 1);
  const wrote = (some: readonly LetterView[]): boolean => some.some(({ sent }) => sent);
  // Only where the newest don't tell is it worth reading more.
  const stranger = !wrote(messages) &&
    (messages.length <= limit || !wrote((await read(MAX_LETTERS)).messages));
  return {
    ...{ id, path: `/messages/${veil.hide(id)}`, veil, known, caughtUp, full },
    letters: messages.slice(-limit),
    more: messages.length > limit,
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
