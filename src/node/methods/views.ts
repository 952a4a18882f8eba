/** Turns stored messages and profiles into what the API shows. */
import { compareProfiles } from "../../store/mod.ts";
import { MARKUP_TYPES, type Profile, type StatusBody } from "../../wire/body.ts";
import { formatIdentity, type IdentityKey } from "../../wire/ids.ts";
import type { AdmittedMessage } from "../../wire/message.ts";
import type { MessageView, ProfileView } from "../api.ts";
import { EMPTY_PROFILE } from "../compose.ts";
import type { OwnerContext } from "./context.ts";

/** The names that the owner gave to others; empty while locked. */
export type Petnames = ReadonlyMap<IdentityKey, string>;

/** Reads the petnames; none while the node is locked. */
export async function petnames({ keys }: OwnerContext): Promise<Petnames> {
  const follows = (await keys.unlocked?.store.follows())?.reveal() ?? [];
  return new Map(follows.map(({ key, petname }) => [key, petname]));
}

/** A status as shown, or `undefined` for a message that is none. */
export async function viewStatus(
  message: AdmittedMessage,
  options: { readonly context: OwnerContext; readonly names: Petnames },
): Promise<MessageView | undefined> {
  const { body, id, key } = message;
  if (body.kind !== "status") return undefined;
  const { context, names } = options;
  return {
    id,
    author: formatIdentity(key),
    name: names.get(key) || (await newestProfile(key, context)).name,
    created: body.created,
    text: body.text,
    verified: context.keys.own().includes(key),
    replyTo: replyTo(body),
    quote: markupValue(body, MARKUP_TYPES.quote),
    warning: markupValue(body, MARKUP_TYPES.warning),
    pending: context.own.get(id) !== undefined,
    attachments: body.attachments.map(({ name, mediaType, bytes, alt }) => ({
      name,
      mediaType,
      size: bytes.length,
      alt,
    })),
  };
}

/** The newest profile seen of an identity, of an own one also on its way; empty when none was. */
export async function newestProfile(
  key: IdentityKey,
  { store, own }: OwnerContext,
): Promise<Profile> {
  let newest = await store.profile(key) ?? EMPTY_PROFILE;
  for (const message of own.pending()) {
    if (message.key !== key) continue;
    const { body } = message;
    if (body.kind !== "status" && body.kind !== "profile") continue;
    if (compareProfiles(body.profile, newest) > 0) newest = body.profile;
  }
  return newest;
}

/** A profile as shown. */
export async function viewProfile(key: IdentityKey, context: OwnerContext): Promise<ProfileView> {
  const { name, bio, link, updated } = await newestProfile(key, context);
  return { id: formatIdentity(key), name, bio, link, updated };
}

/** Id of the message that a status answers, as its author wrote it. */
export function replyTo(body: StatusBody): string | null {
  return markupValue(body, MARKUP_TYPES.replyTo);
}

function markupValue(body: StatusBody, type: number): string | null {
  return body.markup.find((entry) => entry.type === type)?.value ?? null;
}
