/**
 * Takes private messages back (docs/PROTOCOL.md section 5): the retraction is signed by the one-time key
 * that signed the message and leaves after a random delay, so that the two aren't tied to one sender.
 */
import { keptOneTimeSigner } from "../keystore/mod.ts";
import { StoreError } from "../store/mod.ts";
import { LIFETIME_S } from "../wire/limits.ts";
import type { Labels } from "../wire/labels.ts";
import { Private } from "../wire/privacy.ts";
import { authorTime, toSeconds, type UnixSeconds } from "../wire/time.ts";
import type { IdentityKey, MessageId } from "../wire/ids.ts";
import type { Clock } from "./clock.ts";
import { compose } from "./compose.ts";
import type { Keys } from "./keys.ts";
import type { OwnMessages } from "./own_messages.ts";
import { UserError } from "./user_error.ts";

/** Longest delay, in seconds: a day. */
export const MAX_DELAY_S = 86_400;

/** What {@linkcode DelayedRetractions} works with. */
export interface DelayedRetractionsPorts {
  /** Labels of the network. */
  readonly labels: Labels;
  /** Whose they are. */
  readonly keys: Keys;
  /** Where they go out. */
  readonly own: OwnMessages;
  /** For delays. */
  readonly clock: Clock;
  /** Gives other work its turn. */
  readonly pause: () => Promise<void>;
  /** A number from 0 to below 1, of which nobody can guess the next. */
  readonly chance: () => number;
}

/** Retractions that wait for their time; on disk, so that a restart loses none. */
export class DelayedRetractions {
  readonly #ports: DelayedRetractionsPorts;

  /** Over whatever keys are open. */
  constructor(ports: DelayedRetractionsPorts) {
    this.#ports = ports;
  }

  /** Has a message taken back within a day; answers when. Throws a `UserError` when too many wait. */
  async plan(
    message: Private<
      { readonly id: MessageId; readonly secret: Uint8Array; readonly origin: IdentityKey }
    >,
  ): Promise<UnixSeconds> {
    const { keys, clock, chance } = this.#ports;
    const due = (toSeconds(clock.now()) + Math.floor(chance() * (MAX_DELAY_S + 1))) as UnixSeconds;
    if (await keys.need().store.takeBacks.add(message.map((one) => ({ ...one, due })))) return due;
    throw new UserError(
      "refused",
      "Too many private messages wait to be taken back already. Nothing was changed; try again " +
        "tomorrow.",
    );
  }

  /**
   * Sends the one whose time came first; nothing while locked or while the time isn't known. Several that
   * became due while the keys were locked would name one sender if they left together. What can't be sent
   * now stays for the next time.
   */
  async send(): Promise<void> {
    const { keys, clock } = this.#ports;
    const { unlocked } = keys;
    const { now, standing } = clock.reading();
    if (unlocked === undefined || standing === "none") return;
    const { takeBacks } = unlocked.store;
    const waiting = (await takeBacks.entries()).reveal().toSorted((a, b) => a.due - b.due);
    for (const { id, secret, origin, due } of waiting) {
      const late = toSeconds(now) - due;
      if (late < 0) return;
      // Over a lifetime late, nobody holds its target any more.
      const isOver = late > LIFETIME_S;
      if (!isOver && !await this.#sent(secret, { id, origin })) continue;
      await takeBacks.remove(new Private(new Set([id])));
      if (!isOver) return;
    }
  }

  /** Whether a retraction is on its way now. */
  async #sent(
    secret: Uint8Array,
    target: { readonly id: MessageId; readonly origin: IdentityKey },
  ): Promise<boolean> {
    try {
      await this.#send(secret, target);
      return true;
    } catch (error) {
      // The outbox or the disk is full, or the clock is wrong: neither may keep an unlock from ending.
      if (error instanceof UserError || error instanceof StoreError) return false;
      throw error;
    }
  }

  async #send(
    secret: Uint8Array,
    { id, origin }: { readonly id: MessageId; readonly origin: IdentityKey },
  ): Promise<void> {
    const { labels, pause, own, clock } = this.#ports;
    using signer = keptOneTimeSigner(secret);
    const created = authorTime(clock.now()) as UnixSeconds;
    const bytes = await compose({ kind: "retraction", created, id }, { labels, signer, pause });
    await own.add(bytes, origin);
  }
}
