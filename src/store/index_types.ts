/** What the index of messages is asked, and tells. */
import type { IdentityKey, MessageId } from "../wire/ids.ts";

/** Which messages to list. */
export interface IndexQuery {
  /** Only those before this one in the order of (created, id). Throws a `RangeError` when unknown. */
  readonly before?: MessageId;
  /** Only bodies of this type. */
  readonly type?: number;
  /** Only by these. */
  readonly authors?: ReadonlySet<IdentityKey>;
  /** Only those in such slots: asked before anything is made of a message. */
  readonly where?: (slot: number) => boolean;
  /** Retracted ones too. */
  readonly withRetracted?: boolean;
}

/** Told which slots hold a message whose bytes are here. */
export interface SlotWatch {
  /** A message came into a slot. */
  readonly added: (slot: number) => void;
  /** It goes, or its bytes do; the columns still say of it what they said. */
  readonly removing: (slot: number) => void;
}
