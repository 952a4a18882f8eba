/** `timeline`, `show`, `thread`, `attachment`: what is stored, as its reader sees it. */
import { comesBefore, page, type Position } from "../../store/mod.ts";
import {
  formatIdentity,
  type IdentityKey,
  type MessageId,
  parseMessageId,
} from "../../wire/ids.ts";
import type { AdmittedMessage } from "../../wire/message.ts";
import type { UnixSeconds } from "../../wire/time.ts";
import type { Api, MessageView } from "../api.ts";
import { encodeBase64 } from "../base64.ts";
import { UserError } from "../user_error.ts";
import { archivedPosition, archivedSince, completing, findAny, readArchived } from "./archived.ts";
import type { OwnerContext } from "./context.ts";
import { type Petnames, petnames, replyTo, viewStatus } from "./views.ts";

/** Most messages in one page. */
const MAX_PAGE = 1_000;
/** Most messages in a thread: what a screen can bear, and a bound on the walk. */
const MAX_THREAD = 500;

/** A page of the timeline, oldest first. */
export async function timeline(
  context: OwnerContext,
  { limit, before, all }: Api["timeline"]["params"],
): Promise<readonly MessageView[]> {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) {
    throw new UserError("usage", `The limit is a whole number from 1 to ${MAX_PAGE}`);
  }
  const authors = all ? undefined : await shown(context);
  const place = before === undefined
    ? undefined
    : await placeOf(context, await findAny(context, before));
  const stored = await page(context.store, {
    limit,
    hides: hidden(context),
    ...(authors === undefined ? {} : { authors }),
    ...(place === undefined ? {} : { before: place.stored ? place.id : place }),
  });
  const pending = context.own.pending().filter((message) =>
    message.body.kind === "status" && !context.own.retracts(message.id, message.key) &&
    authors?.has(message.key) !== false &&
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
async function placeOf(
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
export async function shown({ keys }: OwnerContext): Promise<ReadonlySet<IdentityKey>> {
  const follows = (await keys.need().store.follows()).reveal();
  return new Set([...follows.map(({ key }) => key), ...keys.own()]);
}

/** One message. */
export async function show(
  context: OwnerContext,
  params: Api["show"]["params"],
): Promise<Api["show"]["result"]> {
  const message = await stored(context, await findAny(context, params.id));
  const view = await viewStatus(message, { context, names: await petnames(context) });
  const { id, key, body } = message;
  return {
    kind: body.kind,
    ...(view ?? {
      id,
      author: formatIdentity(key),
      name: "",
      created: body.created,
      text: "",
      verified: false,
      replyTo: null,
      quote: null,
      warning: null,
      pending: context.own.get(id) !== undefined,
      attachments: [],
    }),
  };
}

/** A message, what it answers and what answers it, in the order of time. */
export async function thread(
  context: OwnerContext,
  params: Api["thread"]["params"],
): Promise<readonly MessageView[]> {
  const { store, own } = context;
  const start = await findAny(context, params.id);
  const names = await petnames(context);
  const found = new Map<MessageId, MessageView>();
  const take = async (id: MessageId): Promise<MessageView | undefined> => {
    if (found.has(id) || found.size >= MAX_THREAD) return undefined;
    const message = own.get(id) ?? await store.getReadable(id) ?? await readArchived(context, id);
    if (message !== undefined && own.retracts(id, message.key)) return undefined;
    const view = message && await viewStatus(message, { context, names });
    if (view !== undefined) found.set(id, view);
    return view;
  };
  let up: MessageView | undefined = await take(start);
  while (typeof up?.replyTo === "string") {
    const parent = parseMessageId(up.replyTo);
    up = parent === undefined ? undefined : await take(parent);
  }
  const below = new Set<MessageId>();
  const descend = async (from: MessageId): Promise<void> => {
    const queue = [from];
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      below.add(id);
      for (const reply of [...store.index.repliesTo(id), ...pendingReplies(context, id)]) {
        if (await take(reply) !== undefined) queue.push(reply);
      }
    }
  };
  await descend(start);
  // An answer is mostly later than what it answers, so one pass finds what answers the archived ones.
  for await (const { id, body } of archivedSince(context, found.get(start)?.created ?? 0)) {
    const parent = body.kind === "status" ? parseMessageId(replyTo(body) ?? "") : undefined;
    if (parent === undefined || !below.has(parent) || await take(id) === undefined) continue;
    await descend(id);
  }
  return [...found.values()].sort((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1));
}

function pendingReplies({ own }: OwnerContext, id: MessageId): MessageId[] {
  return own.pending().filter(({ body }) => body.kind === "status" && replyTo(body) === id)
    .map((message) => message.id);
}

/** One attachment with its bytes. */
export async function attachment(
  context: OwnerContext,
  { id, index }: Api["attachment"]["params"],
): Promise<Api["attachment"]["result"]> {
  const { body } = await stored(context, await findAny(context, id));
  const found = body.kind === "status" ? body.attachments[index] : undefined;
  if (found === undefined) throw new UserError("usage", `That message has no attachment ${index}`);
  const { name, mediaType, bytes, alt } = found;
  return { name, mediaType, size: bytes.length, alt, base64: encodeBase64(bytes) };
}

/** What own retractions on their way already hide from their owner. */
export function hidden(
  { own }: OwnerContext,
): (meta: Pick<AdmittedMessage, "id" | "key">) => boolean {
  const retracted = new Set(
    own.pending().flatMap(({ body, key }) =>
      body.kind === "retraction" ? [`${key} ${body.id}`] : []
    ),
  );
  return ({ id, key }) => retracted.has(`${key} ${id}`);
}

async function viewAll(
  context: OwnerContext,
  messages: readonly AdmittedMessage[],
): Promise<readonly MessageView[]> {
  const names: Petnames = await petnames(context);
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
