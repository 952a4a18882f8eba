/** `capsule-page` and `capsule-take`: messages for a file, and from one. */
import { RESULT } from "../../wire/frame.ts";
import { type MessageId, messageId, parseMessageId } from "../../wire/ids.ts";
import { unixSeconds } from "../../wire/time.ts";
import type { Api, CapsuleTaken } from "../api.ts";
import { decodeBase64, encodeBase64 } from "../base64.ts";
import type { Injected, InjectOptions } from "../inject.ts";
import { UserError } from "../user_error.ts";
import type { OwnerContext } from "./context.ts";

/** Bytes after which a page ends, before base64. */
const PAGE_BYTES = 262_144;
/** Others' messages, that wait their turn as one payer and are told to nobody. */
const FROM_FILE: InjectOptions = { place: "file", payer: "file", purpose: "sync" };
/** The id before all others. */
const FIRST_ID = messageId(new Uint8Array(32));

/** Some of the stored messages. Throws a `UserError` for a cursor that isn't one. */
export async function capsulePage(
  { store }: OwnerContext,
  { since, after }: Api["capsule-page"]["params"],
): Promise<Api["capsule-page"]["result"]> {
  const last = after === undefined ? undefined : readCursor(after);
  if (!Number.isSafeInteger(since) || since < 0) throw new UserError("usage", "Not a time");
  const messages: string[] = [];
  let [bytes, damaged] = [0, 0];
  const start = last ?? { created: unixSeconds(since), id: FIRST_ID };
  for await (const message of store.envelopes.from(start)) {
    if (message === undefined) {
      damaged++;
      continue;
    }
    if (message.id === last?.id) continue;
    messages.push(encodeBase64(message.bytes));
    bytes += message.bytes.length;
    const next = `${message.body.created}:${message.id}`;
    if (bytes >= PAGE_BYTES) return { messages, next, damaged };
  }
  return { messages, next: null, damaged };
}

/** Takes messages in, by the same road as any other. Throws a `UserError` when the disk is full. */
export async function capsuleTake(
  { injector }: OwnerContext,
  { messages }: Api["capsule-take"]["params"],
): Promise<CapsuleTaken> {
  const taken = await Promise.all(messages.map((text) => {
    const bytes = decodeBase64(text);
    if (bytes === undefined) throw new UserError("usage", "A message is not base64");
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

function readCursor(text: string): { created: ReturnType<typeof unixSeconds>; id: MessageId } {
  const [created = "", id = ""] = text.split(":");
  const parsed = parseMessageId(id);
  if (!/^\d{1,15}$/.test(created) || parsed === undefined) {
    throw new UserError("usage", "Not a cursor");
  }
  return { created: unixSeconds(Number(created)), id: parsed };
}
