/** What the owner may still read although it left the store. */
import { type Archive, comesBefore, type Position } from "../../store/mod.ts";
import { BODY_TYPES } from "../../wire/body.ts";
import type { IdentityKey, MessageId } from "../../wire/ids.ts";
import type { AdmittedMessage } from "../../wire/message.ts";
import { UserError } from "../user_error.ts";
import type { OwnerContext } from "./context.ts";
import { isLate } from "./late.ts";
import { findMessage } from "./resolve.ts";

/** Archived messages read at once. */
const AT_ONCE = 64;

/** A message that is neither stored nor pending, while the keys are open; not what its author took back. */
export async function readArchived(
  context: OwnerContext,
  id: MessageId,
): Promise<AdmittedMessage | undefined> {
  const [message] = await readAllArchived(context, [id]);
  return message;
}

/** A message wherever it is: on its way, stored or archived; `undefined` also for what was taken back. */
export async function readHere(
  context: OwnerContext,
  id: MessageId,
): Promise<AdmittedMessage | undefined> {
  const { store, own } = context;
  if (isLate(context, id)) return undefined;
  const message = own.get(id) ?? await store.getReadable(id) ?? await readArchived(context, id);
  return message !== undefined && own.retracts(id, message.key) ? undefined : message;
}

/** A message by its id or any unambiguous prefix, archived ones included. Throws a `UserError` otherwise. */
export async function findAny(context: OwnerContext, text: string): Promise<MessageId> {
  try {
    return findMessage(context, text);
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== "failed") throw error;
    const found = (await archiveOf(context))?.idsByPrefix(text.trim().toLowerCase()) ?? [];
    const [only, ...others] = found;
    if (only === undefined || others.length > 0) throw error;
    return only;
  }
}

/** Where an archived message stands. */
export async function archivedPosition(
  context: OwnerContext,
  id: MessageId,
): Promise<Position | undefined> {
  return (await archiveOf(context))?.positionOf(id);
}

/** A part of the timeline that archived statuses are to complete. */
export interface Completed {
  /** Whose statuses. */
  readonly authors: ReadonlySet<IdentityKey>;
  /** Most of them in all. */
  readonly limit: number;
  /** Only those before this. */
  readonly before: Position | undefined;
  /** The newest that are stored, the oldest first. */
  readonly stored: readonly AdmittedMessage[];
}

/** Archived statuses that belong among the stored ones, in no set order. */
export async function completing(
  context: OwnerContext,
  { authors, limit, before, stored }: Completed,
): Promise<readonly AdmittedMessage[]> {
  const archive = await archiveOf(context);
  if (archive === undefined) return [];
  const oldest = stored.length < limit ? undefined : stored[0];
  const after = oldest && { id: oldest.id, created: oldest.body.created };
  const wanted = archive.list({ authors, before, limit })
    .filter((position) => after === undefined || comesBefore(after, position));
  return await readAllArchived(context, wanted.map(({ id }) => id));
}

/** Those of some messages that are archived and nowhere else, in no set order; as {@linkcode readArchived}. */
export async function readAllArchived(
  context: OwnerContext,
  ids: readonly MessageId[],
): Promise<readonly AdmittedMessage[]> {
  const { store, own } = context;
  const elsewhere = ids.filter((id) => !store.index.has(id) && own.get(id) === undefined);
  const messages = await (await archiveOf(context))?.read(elsewhere) ?? [];
  return messages.filter(({ id, key }) =>
    !own.retracts(id, key) &&
    !store.index.isReferredTo(id, { type: BODY_TYPES.retraction, key })
  );
}

/** What is archived and nowhere else, from a time on, the oldest first; some are read at a time. */
export async function* archivedSince(
  context: OwnerContext,
  since: number,
): AsyncGenerator<AdmittedMessage> {
  const archive = await archiveOf(context);
  if (archive === undefined) return;
  const authors = new Set(archive.all().map(({ key }) => key));
  const ids = archive.list({ authors, before: undefined, limit: archive.size })
    .filter(({ id, created }) => created >= since && !context.store.index.has(id))
    .map(({ id }) => id);
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const messages = await readAllArchived(context, ids.slice(at, at + AT_ONCE));
    yield* messages.toSorted((a, b) => a.body.created - b.body.created);
  }
}

/** The archive, while the keys are open. */
export async function archiveOf({ keys }: OwnerContext): Promise<Archive | undefined> {
  return await keys.unlocked?.store.archive();
}
