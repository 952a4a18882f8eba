/** `search`: looks through statuses that are stored, archived or on their way, some at a time. */
import { comesBefore, pageIds, type Position } from "../../store/mod.ts";
import { MARKUP_TYPES } from "../../wire/body.ts";
import { type MessageId, parseMessageId } from "../../wire/ids.ts";
import type { AdmittedMessage } from "../../wire/message.ts";
import { type UnixSeconds, unixSeconds } from "../../wire/time.ts";
import type { Api, MessageView } from "../api.ts";
import { UserError } from "../user_error.ts";
import { archiveOf, readAllArchived } from "./archived.ts";
import type { OwnerContext } from "./context.ts";
import { checkLimit, hidden } from "./reading.ts";
import { Names, type Petnames } from "./names.ts";
import { viewStatus } from "./views.ts";

/** Statuses looked through for one answer, so that a search can be called off and others have their turn. */
const PAGE = 1_000;
/** Read at once, which bounds the memory. */
const AT_ONCE = 32;

/** The newest statuses before a place that hold every word. */
export async function searchPage(
  context: OwnerContext,
  { words, limit, before }: Api["search-page"]["params"],
): Promise<Api["search-page"]["result"]> {
  checkLimit(limit);
  const wanted = words.flatMap((text) => folded(text).split(/\s+/u)).filter((word) => word !== "");
  if (wanted.length === 0) throw new UserError("usage", "There is no word to search for.");
  const names = await Names.of(context);
  const positions = await newest(context, before === undefined ? undefined : readCursor(before));
  const found: MessageView[] = [];
  for (let at = 0; at < positions.length; at += AT_ONCE) {
    for (const message of await readAll(context, positions.slice(at, at + AT_ONCE))) {
      if (!holdsAll(message, { wanted, names: names.petnames })) continue;
      const view = await viewStatus(message, { context, names });
      if (view !== undefined) found.push(view);
      if (found.length === limit) return { found, next: cursor(message.body.created, message.id) };
    }
  }
  const last = positions.at(-1);
  const goesOn = last !== undefined && positions.length === PAGE;
  return { found, next: goesOn ? cursor(last.created, last.id) : null };
}

/** Compatibility forms and case don't matter. */
function folded(text: string): string {
  return text.normalize("NFKC").toLowerCase().normalize("NFKC");
}

function holdsAll(
  { body, key }: AdmittedMessage,
  { wanted, names }: { readonly wanted: readonly string[]; readonly names: Petnames },
): boolean {
  if (body.kind !== "status") return false;
  const text = folded([
    body.text,
    names.get(key) ?? "",
    body.profile.name,
    ...body.markup.filter(({ type }) => type === MARKUP_TYPES.tag).map(({ value }) => value),
    ...body.attachments.map(({ name }) => name),
  ].join("\n"));
  return wanted.every((word) => text.includes(word));
}

/** The newest statuses before a place, wherever they are, newest first. */
async function newest(
  context: OwnerContext,
  before: Position | undefined,
): Promise<readonly Position[]> {
  const { store, own } = context;
  const hides = hidden(context);
  const stored = pageIds(store, {
    limit: PAGE,
    hides,
    ...(before && { before: store.index.has(before.id) ? before.id : before }),
  }).map((id) => ({ id, created: store.index.get(id)?.created ?? 0 as UnixSeconds }));
  const pending = own.pending()
    .filter((message) => message.body.kind === "status" && !hides(message))
    .map(({ id, body }) => ({ id, created: body.created }))
    .filter((position) => before === undefined || comesBefore(position, before));
  const archived = (await archivedBefore(context, before))
    .filter(({ id }) => !store.index.has(id) && own.get(id) === undefined);
  return [...stored, ...pending, ...archived]
    .sort((a, b) => comesBefore(a, b) ? 1 : -1)
    .slice(0, PAGE);
}

async function archivedBefore(
  context: OwnerContext,
  before: Position | undefined,
): Promise<readonly Position[]> {
  const archive = await archiveOf(context);
  if (archive === undefined) return [];
  const authors = new Set(archive.all().map(({ key }) => key));
  for (const key of authors) if (context.social.isBlocked(key)) authors.delete(key);
  return archive.list({ authors, before, limit: archive.size });
}

async function readAll(
  context: OwnerContext,
  positions: readonly Position[],
): Promise<readonly AdmittedMessage[]> {
  const { store, own } = context;
  const found = new Map<MessageId, AdmittedMessage>();
  const take = (message: AdmittedMessage | undefined): void => {
    if (message !== undefined) found.set(message.id, message);
  };
  positions.forEach(({ id }) => take(own.get(id)));
  let ids = positions.map(({ id }) => id).filter((id) => !found.has(id));
  while (ids.length > 0) {
    const batch = await store.getReadableBatch(ids);
    batch.forEach(take);
    ids = ids.slice(batch.length);
  }
  const elsewhere = positions.map(({ id }) => id).filter((id) => !found.has(id));
  if (elsewhere.length > 0) (await readAllArchived(context, elsewhere)).forEach(take);
  return positions.map(({ id }) => found.get(id)).filter((message) => message !== undefined);
}

function cursor(created: UnixSeconds, id: MessageId): string {
  return `${created}:${id}`;
}

function readCursor(text: string): Position {
  const [created, id] = text.split(":");
  const seconds = Number(created);
  const message = parseMessageId(id ?? "");
  if (message === undefined || !Number.isSafeInteger(seconds) || seconds < 0) {
    throw new UserError("usage", "Not a place in a search");
  }
  return { created: unixSeconds(seconds), id: message };
}
