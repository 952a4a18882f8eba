/** What the engine keeps of a message. */
import type { MessageFact } from "../gossip/mod.ts";
import { BODY_TYPES } from "../wire/body.ts";
import { MAX_APPENDED_BYTES, MAX_MESSAGE_BYTES } from "../wire/limits.ts";
import type { AdmittedMessage } from "../wire/message.ts";

/** Of a message; `spareBits` as its admission found them. */
export function factOf(message: AdmittedMessage, spareBits?: number): MessageFact {
  const { id, body, bytes } = message;
  const type = body.kind === "unknown" ? body.type : BODY_TYPES[body.kind];
  return {
    id,
    created: body.created,
    size: sizeOnTheWay({ type, size: bytes.length }),
    ...(spareBits !== undefined && { spareBits }),
  };
}

/** Bytes that a stored message has at most when it goes out, statements appended. */
export function sizeOnTheWay(
  { type, size }: { readonly type: number; readonly size: number },
): number {
  return takesStatements(type) ? Math.min(MAX_MESSAGE_BYTES, size + MAX_APPENDED_BYTES) : size;
}

/** Whether statements are appended to bodies of a type: not where a one-time key signed. */
export function takesStatements(type: number): boolean {
  return type !== BODY_TYPES.private && type !== BODY_TYPES.statement;
}
