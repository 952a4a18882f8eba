/**
 * Messages that are outside their lifetime by this machine's clock and within it by that of five
 * peers (docs/PROTOCOL.md section 3, "Clock belief"): kept in memory, relayed to nobody, and taken in
 * when the clocks agree again. They pass all checks first, so that junk takes no room.
 */
import { admit } from "../wire/admit.ts";
import type { MessageId } from "../wire/ids.ts";
import type { Labels } from "../wire/labels.ts";
import type { Public } from "../wire/privacy.ts";
import { toSeconds, type UnixMs } from "../wire/time.ts";
import type { Verify } from "../wire/verify.ts";
import type { Clock } from "./clock.ts";

/** Bytes of messages held; what comes beyond it is let go, and comes again later: section 3. */
export const MAX_HELD_BYTES = 16_777_216;

/** What holding works with. */
export interface HeldPorts {
  /** Labels of the network. */
  readonly labels: Labels;
  /** The one rule of signatures. */
  readonly verify: Verify;
  /** Says whether peers see another time, and which. */
  readonly clock: Clock;
  /** Most bytes held; {@linkcode MAX_HELD_BYTES} unless given. */
  readonly maxBytes?: number;
}

/** Messages that wait for the right time. */
export class HeldMessages {
  readonly #ports: HeldPorts;
  readonly #held = new Map<MessageId, Public<Uint8Array>>();
  #bytes = 0;

  /** Starts empty. */
  constructor(ports: HeldPorts) {
    this.#ports = ports;
  }

  /** Messages held. */
  get size(): number {
    return this.#held.size;
  }

  /** Bytes of the messages held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a message is held. */
  has(id: MessageId): boolean {
    return this.#held.has(id);
  }

  /** Keeps a message that this machine's clock puts outside its lifetime, if the peers' clocks don't. */
  offer(bytes: Uint8Array, expected?: MessageId): void {
    const { labels, verify, clock, maxBytes = MAX_HELD_BYTES } = this.#ports;
    const { standing, now, aheadMs } = clock.reading();
    if (standing !== "disagrees" || this.#bytes + bytes.length > maxBytes) return;
    const verdict = admit(bytes, {
      labels,
      now: toSeconds(now - aheadMs as UnixMs),
      known: (id) => this.#held.has(id),
      verify,
      extraStampBits: 0,
      ...(expected === undefined ? {} : { expected }),
    });
    if (verdict.kind !== "accept") return;
    this.#held.set(verdict.message.id, verdict.message.bytes);
    this.#bytes += verdict.message.bytes.length;
  }

  /** Lets go of all of them. */
  release(): readonly Public<Uint8Array>[] {
    const all = [...this.#held.values()];
    this.#held.clear();
    this.#bytes = 0;
    return all;
  }
}
