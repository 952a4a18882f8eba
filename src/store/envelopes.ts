/** Stored messages one after another, in the order of (created, id), for who takes all of them. */
import { readStored } from "../wire/admit.ts";
import type { Labels } from "../wire/labels.ts";
import type { AdmittedMessage } from "../wire/message.ts";
import { messageKey, type MessagePlace, messages, readMetaKey } from "./keys.ts";
import type { Kv } from "./kv_port.ts";
import { NATIVE_HASH } from "./native_hash.ts";
import type { PublicBytes } from "./public_rows.ts";

/** Reads the envelopes of a `public.kv`. */
export class Envelopes {
  readonly #kv: Kv<PublicBytes>;
  readonly #labels: Labels;

  /** Reads from an open database. */
  constructor(kv: Kv<PublicBytes>, labels: Labels) {
    this.#kv = kv;
    this.#labels = labels;
  }

  /**
   * Messages from a place on, that one included; `undefined` for each row that is damaged. Those
   * taken back aren't there. Throws a `StoreError` when the disk fails.
   */
  async *from(place: MessagePlace): AsyncIterable<AdmittedMessage | undefined> {
    const rows = this.#kv.list({ prefix: messages, start: messageKey(place) });
    for await (const { key, value } of rows) {
      yield this.#read(value, readMetaKey(key));
    }
  }

  #read(bytes: PublicBytes, { id }: MessagePlace): AdmittedMessage | undefined {
    try {
      const message = readStored(this.#labels, bytes, { hash: NATIVE_HASH });
      return message.id === id ? message : undefined;
    } catch {
      return undefined;
    }
  }
}
