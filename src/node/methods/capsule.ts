/** `capsule-page` and `capsule-take`: messages for a file, and from one. */
import { WireError } from "../../wire/errors.ts";
import { RESULT } from "../../wire/frame.ts";
import { type MessageId, messageId, parseMessageId } from "../../wire/ids.ts";
import type { Labels } from "../../wire/labels.ts";
import { type AdmittedMessage, decodeEnvelope, messageIdOf } from "../../wire/message.ts";
import { type UnixSeconds, unixSeconds } from "../../wire/time.ts";
import type { Api, CapsuleTaken } from "../api.ts";
import { decodeBase64, encodeBase64 } from "../base64.ts";
import type { Injected, InjectOptions } from "../inject_ports.ts";
import { UserError } from "../user_error.ts";
import type { OwnerContext } from "./context.ts";

/** Bytes after which a page ends, before base64. */
const PAGE_BYTES = 262_144;
/** Others' messages, that wait their turn as one payer and are told to nobody. */
const FROM_FILE: InjectOptions = { place: "file", payer: "file", purpose: "sync" };
/** The id before all others; no message's. */
const FIRST_ID = messageId(new Uint8Array(32));
const KNOWN: Injected = { code: RESULT.known, message: undefined };

/** Where a message stands in a capsule. */
interface Place {
  readonly created: UnixSeconds;
  readonly id: MessageId;
}

/**
 * Some of the stored messages, and the owner's pending ones if they are wanted. Throws a `UserError`
 * for a cursor that isn't one, and when pending ones are wanted and the keys are locked.
 */
export async function capsulePage(
  { store, keys, own }: OwnerContext,
  { since, after, pending: withPending = false }: Api["capsule-page"]["params"],
): Promise<Api["capsule-page"]["result"]> {
  const last = after === undefined ? undefined : readCursor(after);
  if (!Number.isSafeInteger(since) || since < 0) throw new UserError("usage", "Not a time");
  if (withPending) keys.need();
  const messages: string[] = [];
  let [bytes, damaged, pending] = [0, 0, 0];
  const start = last ?? { created: unixSeconds(since), id: FIRST_ID };
  const waiting = own.pending().filter((message) => isBefore(start, placeOf(message)));
  for await (const one of inOrder(store.envelopes.from(start), waiting)) {
    if (one.message === undefined) {
      damaged++;
      continue;
    }
    const { message, isPending } = one;
    if (message.id === last?.id) continue;
    if (isPending) pending++;
    if (isPending && !withPending) continue;
    messages.push(encodeBase64(message.bytes));
    bytes += message.bytes.length;
    const next = `${message.body.created}:${message.id}`;
    if (bytes >= PAGE_BYTES) return { messages, pending, next, damaged };
  }
  return { messages, pending, next: null, damaged };
}

/**
 * Puts pending messages among the stored ones, where they will stand once they are stored: nothing in a
 * capsule may tell the ones from the others.
 */
async function* inOrder(
  stored: AsyncIterable<AdmittedMessage | undefined>,
  waiting: readonly AdmittedMessage[],
): AsyncIterable<
  { readonly message: AdmittedMessage | undefined; readonly isPending: boolean }
> {
  const rest = waiting.toSorted((a, b) => isBefore(placeOf(a), placeOf(b)) ? -1 : 1);
  for await (const message of stored) {
    if (message !== undefined) {
      while (rest[0] !== undefined && isBefore(placeOf(rest[0]), placeOf(message))) {
        yield { message: rest.shift(), isPending: true };
      }
      // It was stored while this went on.
      if (rest[0]?.id === message.id) rest.shift();
    }
    yield { message, isPending: false };
  }
  for (const message of rest) yield { message, isPending: true };
}

function placeOf({ id, body }: AdmittedMessage): Place {
  return { created: body.created, id };
}

function isBefore(a: Place, b: Place): boolean {
  return a.created < b.created || (a.created === b.created && a.id < b.id);
}

/** Takes messages in, by the same road as any other. Throws a `UserError` when the disk is full. */
export async function capsuleTake(
  { labels, injector, own }: OwnerContext,
  { messages }: Api["capsule-take"]["params"],
): Promise<CapsuleTaken> {
  const pending = new Set(own.pending().map(({ id }) => id));
  const taken = await Promise.all(messages.map((text) => {
    const bytes = decodeBase64(text);
    if (bytes === undefined) throw new UserError("usage", "A message is not base64");
    // A file proves nothing of others: it may be the owner's own. Stored, it would leave the stem.
    if (pending.size > 0 && pending.has(idOf(bytes, labels))) return KNOWN;
    return injector.inject(bytes, FROM_FILE);
  }));
  if (taken.some(({ code }) => code === RESULT.busy)) {
    throw new UserError(
      "failed",
      injector.diskFull
        ? "The disk is full. What was taken in so far stays; make room and read the file again."
        : "There is no room in the store, or too much is waiting for it. What was taken in so far " +
          "stays; try again later.",
    );
  }
  const count = (fits: (one: Injected) => boolean): number => taken.filter(fits).length;
  const novel = count(({ message }) => message !== undefined);
  const known = count(({ code, message }) => code === RESULT.known && message === undefined);
  const outside = count(({ code }) => code === RESULT.outsideLifetime);
  const unkept = count(({ code, message }) => code === RESULT.accepted && message === undefined);
  const refused = taken.length - novel - known - outside - unkept;
  return { novel, known, outside, unkept, refused };
}

/** The id of what could be a message; nothing is checked. */
function idOf(bytes: Uint8Array, labels: Labels): MessageId {
  try {
    return messageIdOf(labels, decodeEnvelope(bytes));
  } catch (error) {
    if (error instanceof WireError) return FIRST_ID;
    throw error;
  }
}

function readCursor(text: string): Place {
  const [created = "", id = ""] = text.split(":");
  const parsed = parseMessageId(id);
  if (!/^\d{1,15}$/.test(created) || parsed === undefined) {
    throw new UserError("usage", "Not a cursor");
  }
  return { created: unixSeconds(Number(created)), id: parsed };
}
