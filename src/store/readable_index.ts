/** The index of messages as everybody but the store may use it. */
import type { MessageIndex } from "./message_index.ts";

/** The index as others may use it. */
export type ReadableIndex = Pick<
  MessageIndex,
  | "size"
  | "totalBytes"
  | "has"
  | "get"
  | "newestFirst"
  | "expired"
  | "slots"
  | "freshnessAt"
  | "bytesAt"
  | "placeAt"
  | "isRetraction"
  | "idAt"
  | "slotOf"
  | "compare"
  | "createdOf"
  | "idOf"
  | "storedAtOf"
  | "watch"
  | "idsByPrefix"
  | "repliesTo"
  | "refAt"
  | "mentions"
  | "isReferredTo"
>;
