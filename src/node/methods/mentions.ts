/** `mentions`: what others say to the owner, found without reading all that is stored. */
import {
  calledUpon,
  type MentionBits,
  mentionBits,
  pageIds,
  type Position,
} from "../../store/mod.ts";
import type { IdentityKey, MessageId } from "../../wire/ids.ts";
import type { AdmittedMessage } from "../../wire/message.ts";
import type { Api } from "../api.ts";
import { acquaintances } from "./acquaintance.ts";
import { archiveOf, findAny } from "./archived.ts";
import type { OwnerContext } from "./context.ts";
import { checkLimit, hidden, placeOf, viewAll } from "./reading.ts";
import { replyTo } from "./views.ts";

/** Most strangers' statuses that are counted. */
const MAX_REQUESTS = 100;
/** Read at once. */
const AT_ONCE = 32;
/** Statuses read for one answer: somebody could fill the store with such as seem to mention everybody. */
const MAX_READ = 4_096;

/** A page of what mentions or answers the owner, oldest first. */
export async function mentions(
  context: OwnerContext,
  { limit, before, requests }: Api["mentions"]["params"],
): Promise<Api["mentions"]["result"]> {
  checkLimit(limit);
  const { keys, social } = context;
  keys.need();
  const isKnown = await acquaintances(context);
  const isStranger = (key: IdentityKey): boolean => !isKnown(key) && !social.isBlocked(key);
  const place = before === undefined
    ? undefined
    : await placeOf(context, await findAny(context, before));
  const search = await Search.of(context);
  const found = await search.newest({
    limit,
    isWanted: requests ? isStranger : isKnown,
    before: place?.stored ? place.id : place,
  });
  const strangers = await search.newest({
    limit: MAX_REQUESTS,
    isWanted: isStranger,
    before: undefined,
  });
  return {
    messages: await viewAll(context, found.toReversed()),
    requests: strangers.length,
  };
}

interface Wanted {
  readonly limit: number;
  readonly isWanted: (author: IdentityKey) => boolean;
  readonly before: MessageId | Position | undefined;
}

/** Looks for statuses to the identities that are the owner's now. */
class Search {
  readonly #context: OwnerContext;
  readonly #own: ReadonlySet<IdentityKey>;
  readonly #bits: readonly MentionBits[];
  readonly #archived: ReadonlySet<MessageId>;

  private constructor(context: OwnerContext, archived: ReadonlySet<MessageId>) {
    this.#context = context;
    this.#archived = archived;
    const own = context.keys.own();
    this.#own = new Set(own);
    this.#bits = own.map((key) => mentionBits([key])).filter((bits) => bits !== undefined);
  }

  static async of(context: OwnerContext): Promise<Search> {
    const archive = await archiveOf(context);
    const own = new Set(context.keys.own());
    const archived = archive?.all().filter(({ key }) => own.has(key)).map(({ id }) => id);
    return new Search(context, new Set(archived));
  }

  /** The newest, newest first. */
  async newest({ limit, isWanted, before }: Wanted): Promise<AdmittedMessage[]> {
    const { store } = this.#context;
    const hides = hidden(this.#context);
    const ids = pageIds(store, {
      limit: MAX_READ,
      where: (slot) => this.#maybe(slot),
      hides: (meta) => this.#own.has(meta.key) || !isWanted(meta.key) || hides(meta),
      ...(before !== undefined && { before }),
    }).reverse();
    const found: AdmittedMessage[] = [];
    for (let at = 0; at < ids.length && found.length < limit; at += AT_ONCE) {
      const some = await Promise.all(
        ids.slice(at, at + AT_ONCE).map((id) => store.getReadable(id)),
      );
      for (const message of some) {
        if (message !== undefined && this.#is(message)) found.push(message);
      }
    }
    return found.slice(0, limit);
  }

  /** Whether the status in a slot may be one; certain for answers. */
  #maybe(slot: number): boolean {
    const { index } = this.#context.store;
    if (this.#bits.some((bits) => index.mentions.has(slot, bits))) return true;
    const answered = index.refAt(slot);
    return answered !== undefined && this.#isOwn(answered);
  }

  #is({ body }: AdmittedMessage): boolean {
    if (body.kind !== "status") return false;
    const answered = replyTo(body);
    return answered !== undefined && this.#isOwn(answered) ||
      calledUpon(body).some((key) => this.#own.has(key));
  }

  #isOwn(id: MessageId): boolean {
    const { store, own } = this.#context;
    const key = store.index.get(id)?.key;
    return key === undefined
      ? own.get(id) !== undefined || this.#archived.has(id)
      : this.#own.has(key);
  }
}
