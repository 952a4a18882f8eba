/**
 * Messages that are outside their lifetime by this machine's clock and within it by that of five
 * peers (docs/PROTOCOL.md section 3, "Clock belief"): kept in memory, relayed to nobody, and taken in
 * when the clocks agree again. They pass all checks first, so that junk takes no room, their signatures
 * beside the main thread and a few at a time: a flood of what is outside must not stall the node.
 */
import { admission } from "../wire/admit.ts";
import type { MessageId } from "../wire/ids.ts";
import type { Labels } from "../wire/labels.ts";
import type { Public } from "../wire/privacy.ts";
import { toSeconds, type UnixMs } from "../wire/time.ts";
import { decideLater, type VerifyLater } from "../wire/verify.ts";
import type { Clock } from "./clock.ts";

/** Bytes of messages held; what comes beyond it is let go, and comes again later: section 3. */
export const MAX_HELD_BYTES = 16_777_216;

/** Messages being checked at a time; what comes beyond it is let go, too: a guess. */
export const MAX_HELD_CHECKS = 64;

/** What holding works with. */
export interface HeldPorts {
  /** Labels of the network. */
  readonly labels: Labels;
  /** The one rule of signatures. */
  readonly verify: VerifyLater;
  /** Says whether peers see another time, and which. */
  readonly clock: Clock;
  /** Most bytes held; {@linkcode MAX_HELD_BYTES} unless given. */
  readonly maxBytes?: number;
}

/** Messages that wait for the right time. */
export class HeldMessages {
  readonly #ports: HeldPorts;
  readonly #held = new Map<MessageId, Public<Uint8Array>>();
  readonly #checking = new Set<Promise<void>>();
  #bytes = 0;
  #checkingBytes = 0;

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

  /**
   * Keeps a message that this machine's clock puts outside its lifetime, if the peers' clocks don't,
   * once its signature is verified; see {@linkcode idle}.
   */
  offer(bytes: Uint8Array, expected?: MessageId): void {
    const { clock, maxBytes = MAX_HELD_BYTES } = this.#ports;
    const { length } = bytes;
    if (clock.reading().standing !== "disagrees" || this.#checking.size >= MAX_HELD_CHECKS) return;
    if (this.#bytes + this.#checkingBytes + length > maxBytes) return;
    this.#checkingBytes += length;
    // Whatever is wrong with one message costs that one: it comes again.
    const checking = this.#check(bytes, expected).catch(() => {}).finally(() => {
      this.#checkingBytes -= length;
      this.#checking.delete(checking);
    });
    this.#checking.add(checking);
  }

  /** Resolves when nothing is being checked. */
  async idle(): Promise<void> {
    await Promise.all(this.#checking);
  }

  async #check(bytes: Uint8Array, expected: MessageId | undefined): Promise<void> {
    const { labels, verify, clock } = this.#ports;
    const { now, aheadMs } = clock.reading();
    const checking = admission(bytes, {
      labels,
      now: toSeconds(now - aheadMs as UnixMs),
      known: (id) => this.#held.has(id),
      extraStampBits: 0,
      ...(expected === undefined ? {} : { expected }),
    });
    const verdict = await decideLater(checking, { first: checking.next(), verify });
    if (verdict.kind !== "accept" || this.#held.has(verdict.message.id)) return;
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
