/** The one time that is kept of the clock: a day that peers confirmed, before which no start believes it. */
import { uintField } from "../wire/fields.ts";
import { type UnixSeconds, unixSeconds } from "../wire/time.ts";
import { clockFloorKey } from "./keys.ts";
import type { Kv } from "./kv_port.ts";
import { decodeFact, encodeFact, type PublicBytes } from "./public_rows.ts";
import { Turns } from "./turns.ts";

/** A time that the clock can't be before. */
export class ClockFloor {
  readonly #kv: Kv<PublicBytes>;
  readonly #turns = new Turns();
  #value: UnixSeconds | undefined;

  private constructor(kv: Kv<PublicBytes>, value: UnixSeconds | undefined) {
    this.#kv = kv;
    this.#value = value;
  }

  /** Reads it. Throws an `Error` for a row that isn't one. */
  static async open(kv: Kv<PublicBytes>): Promise<ClockFloor> {
    const bytes = await kv.get(clockFloorKey);
    return new ClockFloor(
      kv,
      bytes === undefined ? undefined : unixSeconds(uintField(decodeFact(bytes))),
    );
  }

  /** What is stored, if anything ever was. */
  get value(): UnixSeconds | undefined {
    return this.#value;
  }

  /** Stores another one. Throws a `StoreError` when the disk fails. */
  put(value: UnixSeconds): Promise<void> {
    return this.#turns.run(async () => {
      await this.#kv.commit([{ kind: "set", key: clockFloorKey, value: encodeFact(value) }]);
      this.#value = value;
    });
  }

  /** Ends when every change so far is on disk, or failed. */
  idle(): Promise<void> {
    return this.#turns.idle();
  }
}
