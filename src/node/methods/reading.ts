/** `timeline`, `show`, `attachment`: what is stored, as its reader sees it. */
import { comesBefore, page, type Position } from "../../store/mod.ts";
import type { IdentityKey, MessageId } from "../../wire/ids.ts";
import type { Attachment } from "../../wire/body.ts";
import type { AdmittedMessage } from "../../wire/message.ts";
import type { UnixSeconds } from "../../wire/time.ts";
import type { Api, MessageView } from "../api.ts";
import { encodeBase64 } from "../base64.ts";
import { UserError } from "../user_error.ts";
import { archivedPosition, completing, findAny, readArchived } from "./archived.ts";
import type { OwnerContext } from "./context.ts";
import { refuseBlocked } from "./block_reason.ts";
import { isLate, refuseLate } from "./late.ts";
import { findLetter, viewAsMessage } from "./letter_views.ts";
import { Names } from "./names.ts";
import { findPerson } from "./resolve.ts";
import { viewAttachment, viewOther, viewStatus } from "./views.ts";

/** Most messages in one page: of the timeline, of an inbox, of what was found. */
const MAX_PAGE = 1_000;

/** A page of the timeline, oldest first. */
export async function timeline(
  context: OwnerContext,
  { limit, before, all, author }: Api["timeline"]["params"],
): Promise<readonly MessageView[]> {
  const authors = author !== undefined
    ? new Set([await findPerson(context, author)])
    : all
    ? undefined
    : await shown(context);
  return await statuses(context, { limit, before, authors, hides: hidden(context) });
}

/** Which statuses to read. */
export interface StatusQuery {
  /** The newest, so many, 1 to 1,000. */
  readonly limit: number;
  /** Only those before this message, as its id was typed. */
  readonly before: string | undefined;
  /** Only by these, then also archived ones; everybody's without it. */
  readonly authors: ReadonlySet<IdentityKey> | undefined;
  /** Statuses to leave out besides. */
  readonly hides: Hides;
}

/** A page of statuses, oldest first. Throws a `UserError`. */
export async function statuses(
  context: OwnerContext,
  { limit, before, authors, hides }: StatusQuery,
): Promise<readonly MessageView[]> {
  checkLimit(limit);
  const place = before === undefined
    ? undefined
    : await placeOf(context, await findAny(context, before));
  const stored = await page(context.store, {
    limit,
    hides,
    ...(authors === undefined ? {} : { authors }),
    ...(place === undefined ? {} : { before: place.stored ? place.id : place }),
  });
  const pending = context.own.pending().filter((message) =>
    message.body.kind === "status" && !hides(message) && authors?.has(message.key) !== false &&
    (place === undefined || comesBefore(positionOf(message), place))
  );
  const archived = authors === undefined
    ? []
    : await completing(context, { authors, limit, before: place, stored });
  const others = [...pending, ...archived];
  const messages = others.length === 0 ? stored : inOrder([...stored, ...others]).slice(-limit);
  return await viewAll(context, messages);
}

/** Where a message stands in the timeline, and whether it is stored there. */
export async function placeOf(
  context: OwnerContext,
  id: MessageId,
): Promise<Position & { readonly stored: boolean }> {
  const own = context.own.get(id);
  if (own !== undefined) return { ...positionOf(own), stored: false };
  const meta = context.store.index.get(id);
  if (meta !== undefined) return { id, created: meta.created, stored: true };
  return {
    ...await archivedPosition(context, id) ?? { id, created: 0 as UnixSeconds },
    stored: false,
  };
}

function positionOf({ id, body }: AdmittedMessage): Position {
  return { id, created: body.created };
}

function inOrder(messages: readonly AdmittedMessage[]): AdmittedMessage[] {
  return messages.toSorted((a, b) => comesBefore(positionOf(a), positionOf(b)) ? -1 : 1);
}

/** Whose statuses the timeline shows: the followed and the owner's own. Needs the keys. */
export async function shown({ keys, social }: OwnerContext): Promise<ReadonlySet<IdentityKey>> {
  const follows = (await keys.need().store.follows()).reveal();
  const followed = follows.map(({ key }) => key).filter((key) => !social.isBlocked(key));
  return new Set([...followed, ...keys.own()]);
}

/** One message. */
export async function show(
  context: OwnerContext,
  params: Api["show"]["params"],
): Promise<Api["show"]["result"]> {
  const { hidden = false } = params;
  const letter = await findLetter(context, params.id);
  if (letter !== undefined) {
    refuseBlocked(letter.from, { context, hidden });
    return await viewAsMessage(letter, context);
  }
  const message = await stored(context, await findAny(context, params.id));
  refuseBlocked(message.key, { context, hidden });
  refuseLate(message.id, { context, hidden });
  const view = await viewStatus(message, { context, names: await Names.of(context), hidden });
  return { kind: message.body.kind, ...(view ?? viewOther(message, context)) };
}

/** One attachment with its bytes. */
export async function attachment(
  context: OwnerContext,
  { id, index, hidden = false }: Api["attachment"]["params"],
): Promise<Api["attachment"]["result"]> {
  const found = (await attachmentsOf(context, { id, hidden }))[index];
  if (found === undefined) throw new UserError("usage", `That message has no attachment ${index}`);
  return { ...viewAttachment(found), base64: encodeBase64(found.bytes) };
}

async function attachmentsOf(
  context: OwnerContext,
  { id, hidden }: { readonly id: string; readonly hidden: boolean },
): Promise<readonly Attachment[]> {
  const letter = await findLetter(context, id);
  if (letter !== undefined) {
    refuseBlocked(letter.from, { context, hidden });
    return letter.attachments;
  }
  const message = await stored(context, await findAny(context, id));
  const { key, body } = message;
  refuseBlocked(key, { context, hidden });
  refuseLate(message.id, { context, hidden });
  return body.kind === "status" ? body.attachments : [];
}

/** Says of a message that is stored or pending whether it is to be left out. */
export type Hides = (message: Pick<AdmittedMessage, "id" | "key">) => boolean;

/** What no view shows: blocked authors, what came after a revocation, and what {@linkcode retracted} hides. */
export function hidden(context: OwnerContext): Hides {
  const isRetracted = retracted(context);
  return (message) =>
    context.social.isBlocked(message.key) || isLate(context, message.id) || isRetracted(message);
}

/** What own retractions on their way already hide from their owner. */
export function retracted({ own }: OwnerContext): Hides {
  const gone = new Set(
    own.pending().flatMap(({ body, key }) =>
      body.kind === "retraction" ? [`${key} ${body.id}`] : []
    ),
  );
  return ({ id, key }) => gone.has(`${key} ${id}`);
}

/** Throws a `UserError` for a limit that no page has. */
export function checkLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_PAGE) return;
  throw new UserError("usage", `The limit is a whole number from 1 to ${MAX_PAGE}`);
}

/** Statuses as shown, in the same order. */
export async function viewAll(
  context: OwnerContext,
  messages: readonly AdmittedMessage[],
): Promise<readonly MessageView[]> {
  const names = await Names.of(context);
  const views = await Promise.all(
    messages.map((message) => viewStatus(message, { context, names })),
  );
  return views.filter((view) => view !== undefined);
}

async function stored(context: OwnerContext, id: MessageId): Promise<AdmittedMessage> {
  const { store, own } = context;
  const message = own.get(id) ?? await store.getMessage(id) ?? await readArchived(context, id);
  if (message === undefined || own.retracts(id, message.key)) {
    throw new UserError("failed", "That message's text is no longer here: its author took it back");
  }
  return message;
}
