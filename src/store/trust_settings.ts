/**
 * How far the owner lets trust reach (docs/PROTOCOL.md section 4), sealed: it says how somebody judges
 * others.
 *
 * ```
 * value = canonical [largest distance: uint]      absent: any distance
 * ```
 */
import { fields, uintField } from "../wire/fields.ts";
import { decode, encode } from "../wire/msgpack.ts";
import { Private } from "../wire/privacy.ts";
import { damaged } from "./record_codec.ts";
import type { SealedRecords, ValueName } from "./sealed.ts";

/** The record's name. */
export const TRUST: ValueName = { kind: "setting", name: "trust" };

/** The sealed setting. Its methods throw a `StoreError` when the disk fails or the store is locked. */
export class TrustSettings {
  readonly #records: SealedRecords;

  /** Over open records. */
  constructor(records: SealedRecords) {
    this.#records = records;
  }

  /** The largest distance at which somebody counts as verified; `undefined`: any. */
  async maxDistance(): Promise<Private<number | undefined>> {
    const bytes = await this.#records.get(TRUST);
    return new Private(bytes === undefined ? undefined : read(bytes));
  }

  /** Sets it, or takes the limit away. */
  async setMaxDistance(distance: Private<number | undefined>): Promise<void> {
    const value = distance.reveal();
    if (value === undefined) await this.#records.delete(TRUST);
    else await this.#records.put(TRUST, encode([value]));
  }
}

function read(bytes: Uint8Array): number {
  try {
    const [distance] = fields(decode(bytes), 1);
    return uintField(distance);
  } catch {
    throw damaged();
  }
}
