/** Turns stored messages and profiles into what the API shows. */
import type { Attachment, StatusBody } from "../../wire/body.ts";
import { formatIdentity, type IdentityKey, type MessageId } from "../../wire/ids.ts";
import type { AdmittedMessage } from "../../wire/message.ts";
import { type CleanMarkup, cleanMarkup } from "../../wire/read_markup.ts";
import type {
  AttachmentView,
  GapView,
  LinkView,
  MessageView,
  ProfileView,
  QuotedView,
} from "../api.ts";
import { readHere } from "./archived.ts";
import { whyBlocked } from "./block_reason.ts";
import type { OwnerContext } from "./context.ts";
import { type Names, newestProfile } from "./names.ts";
import { viewOf } from "./succession.ts";

/** What views are made with. */
export interface ViewOptions {
  /** Where everything is. */
  readonly context: OwnerContext;
  /** What people are called. */
  readonly names: Names;
  /** Whether what blocked authors said is shown where others refer to it. */
  readonly hidden?: boolean;
}

/** A status as shown, or `undefined` for a message that is none. */
export async function viewStatus(
  message: AdmittedMessage,
  options: ViewOptions,
): Promise<MessageView | undefined> {
  const { body, id, key } = message;
  if (body.kind !== "status") return undefined;
  const { context, names } = options;
  const markup = cleanMarkup(body);
  return {
    ...await viewSaid({ id, key, body }, options),
    replyTo: markup.replyTo ?? null,
    quote: markup.quote ?? null,
    quoted: markup.quote === undefined ? null : await viewQuoted(markup.quote, options),
    warning: markup.warning ?? null,
    language: markup.language ?? null,
    blocked: whyBlocked(context, key),
    pending: context.own.get(id) !== undefined,
    mentions: await Promise.all(markup.mentions.map(async ({ start, end, text, key }) => ({
      ...{ start, end, text },
      id: formatIdentity(key),
      ...await names.call(key),
    }))),
    tags: markup.tags.map(({ tag }) => tag),
    links: viewLinks(markup),
    attachments: body.attachments.map(viewAttachment),
  };
}

/** An attachment as listed. */
export function viewAttachment({ name, mediaType, bytes, alt }: Attachment): AttachmentView {
  return { name, mediaType, size: bytes.length, alt };
}

/** What is shown of a message that is no status. */
export function viewOther({ id, key, body }: AdmittedMessage, context: OwnerContext): MessageView {
  return {
    id,
    author: formatIdentity(key),
    name: "",
    suspicious: false,
    created: body.created,
    text: "",
    verified: isVerified(context, key),
    revoked: isRevoked(context, key),
    replyTo: null,
    quote: null,
    quoted: null,
    warning: null,
    language: null,
    blocked: whyBlocked(context, key),
    pending: context.own.get(id) !== undefined,
    mentions: [],
    tags: [],
    links: [],
    attachments: [],
  };
}

/** A message that isn't shown where it is referred to, and why. */
export function viewGap({ store, own }: OwnerContext, id: MessageId): GapView {
  const key = store.index.get(id)?.key ?? own.get(id)?.key;
  const isRetracted = store.index.get(id)?.retracted === true ||
    key !== undefined && own.retracts(id, key);
  return { id, missing: true, why: isRetracted ? "retracted" : "notHere" };
}

/** A profile as shown. */
export async function viewProfile(key: IdentityKey, context: OwnerContext): Promise<ProfileView> {
  const { name, bio, link, updated } = await newestProfile(key, context);
  const { verified, distance, revoked } = await context.social.look(key);
  return {
    ...{ id: formatIdentity(key), name, bio, link, updated, verified, distance },
    revoked: revoked && viewOf(revoked),
  };
}

/** Id of the message that a status answers. */
export function replyTo(body: StatusBody): MessageId | undefined {
  return cleanMarkup(body).replyTo;
}

/** A quoted status without what it quotes itself: quotes may go in circles. */
async function viewQuoted(
  id: MessageId,
  { context, names, hidden = false }: ViewOptions,
): Promise<QuotedView | GapView> {
  const message = await readHere(context, id);
  if (message === undefined || message.body.kind !== "status") return viewGap(context, id);
  const { key, body } = message;
  if (!hidden && context.social.isBlocked(key)) return { id, missing: true, why: "blocked" };
  return {
    ...await viewSaid({ id, key, body }, { context, names }),
    warning: cleanMarkup(body).warning ?? null,
  };
}

/** Who said what, and when. */
async function viewSaid(
  { id, key, body }: {
    readonly id: MessageId;
    readonly key: IdentityKey;
    readonly body: StatusBody;
  },
  { context, names }: ViewOptions,
): Promise<Omit<QuotedView, "warning">> {
  return {
    id,
    author: formatIdentity(key),
    ...await names.call(key),
    created: body.created,
    text: body.text,
    verified: isVerified(context, key),
    revoked: isRevoked(context, key),
  };
}

function isRevoked({ social }: OwnerContext, key: IdentityKey): boolean {
  return social.standing(key).revoked !== null;
}

/** Whether an identity counts as verified. */
function isVerified({ social }: OwnerContext, key: IdentityKey): boolean {
  return social.isVerified(key);
}

function viewLinks({ links, locators }: CleanMarkup): readonly LinkView[] {
  return [
    ...links.map(({ start, end, text, url, plain }) => ({ start, end, text, url, plain })),
    ...locators.map(({ start, end, text, locator, plain }) => ({
      ...{ start, end, text, plain },
      url: locator,
    })),
  ].sort((a, b) => a.start - b.start);
}
