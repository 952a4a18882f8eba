/** Letters and sealed records for the tests of what is kept of private messages. */
import { openMemoryKv } from "../../src/store/kv_memory.ts";
import type { Letter } from "../../src/store/letter_codec.ts";
import { RecordCodec, type Sealed } from "../../src/store/record_codec.ts";
import { SealedRecords } from "../../src/store/sealed.ts";
import { identityKey, type MessageId, messageId } from "../../src/wire/ids.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { LABELS } from "./support.ts";

/** Whose node it is. */
export const ANN = identityKey(new Uint8Array(32).fill(1));
/** With whom she talks. */
export const BOB = identityKey(new Uint8Array(32).fill(2));

/** The id of the n-th message. */
export function idOf(n: number): MessageId {
  return messageId(new Uint8Array(32).map((_, i) => (n >> (8 * (i % 4))) & 0xff));
}

/** The n-th letter, with an attachment of so many bytes. */
export function letterOf(n: number, part: Partial<Letter> & { size?: number } = {}): Letter {
  const { size = 0, ...rest } = part;
  const attachments = size === 0
    ? []
    : [{ mediaType: "a/b", name: "a", bytes: new Uint8Array(size).fill(n), alt: "" }];
  return {
    id: idOf(n),
    key: identityKey(new Uint8Array(32).fill(3)),
    from: BOB,
    to: ANN,
    sent: false,
    created: unixSeconds(1_800_000_000 + n),
    text: `letter ${n}`,
    attachments,
    replyTo: undefined,
    secret: undefined,
    ...rest,
  };
}

/** Sealed records over a database. */
export async function openRecords(
  kv = openMemoryKv<Sealed>(),
): Promise<{ records: SealedRecords; codec: RecordCodec }> {
  const codec = new RecordCodec(new Uint8Array(32).fill(9), LABELS);
  return { records: await SealedRecords.open(kv, codec), codec };
}
