/** The read side: statuses in the order in which people see them (docs/PROTOCOL.md section 3). */
import { BODY_TYPES } from "../wire/body.ts";
import type { IdentityKey, MessageId } from "../wire/ids.ts";
import type { AdmittedMessage } from "../wire/message.ts";
import type { UnixSeconds } from "../wire/time.ts";
import type { IndexQuery } from "./message_index.ts";
import type { PublicStore } from "./public.ts";

/** A place in the order in which people see messages. */
export interface Position {
  /** When it was made. */
  readonly created: UnixSeconds;
  /** Decides between messages of one time. */
  readonly id: MessageId;
}

/** Whether one stands before another. */
export function comesBefore(a: Position, b: Position): boolean {
  return a.created < b.created || (a.created === b.created && a.id < b.id);
}

/** Which statuses to show. */
export interface PageQuery {
  /** Only by these; everybody's without it. */
  readonly authors?: ReadonlySet<IdentityKey>;
  /** Most statuses, at least 1. */
  readonly limit: number;
  /** Statuses to leave out besides. */
  readonly hides?: (status: { readonly id: MessageId; readonly key: IdentityKey }) => boolean;
  /** Only those in such slots of the index: asked first, and for each. */
  readonly where?: (slot: number) => boolean;
  /** Only those before this message, of any type, which must be stored; or before a place, quick for a new one. */
  readonly before?: MessageId | Position;
}

/**
 * Ids of the `limit` newest statuses, those before `before` if one is given, in the order of
 * (created, id), the oldest first. Retracted ones are left out. Throws a `RangeError` when `before` is
 * unknown or `limit` is no positive whole number.
 */
export function pageIds(store: PublicStore, query: PageQuery): MessageId[] {
  const { authors, limit, before, hides, where } = query;
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`Not a limit: ${limit}`);
  const filter: IndexQuery = {
    type: BODY_TYPES.status,
    ...(authors && { authors }),
    ...(where && { where }),
    ...(typeof before === "string" && { before }),
  };
  const place = typeof before === "object" ? before : undefined;
  const ids: MessageId[] = [];
  for (const meta of store.index.newestFirst(filter)) {
    if (place !== undefined && !comesBefore(meta, place)) continue;
    if (hides?.(meta) === true) continue;
    ids.push(meta.id);
    if (ids.length === limit) break;
  }
  return ids.reverse();
}

/**
 * The statuses of {@linkcode pageIds} that can be read. Throws a `StoreError` besides when the disk
 * fails.
 */
export async function page(store: PublicStore, query: PageQuery): Promise<AdmittedMessage[]> {
  const messages = await Promise.all(pageIds(store, query).map((id) => store.getReadable(id)));
  // One may have been retracted or dropped since its id was listed.
  return messages.filter((message) => message !== undefined);
}
