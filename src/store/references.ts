/** Which message refers to which: replies to statuses, retractions to their targets (pure, in memory). */
import type { MessageId } from "../wire/ids.ts";

/** References both ways, by slot of the message that refers and by id of the one referred to. */
export class References {
  readonly #from = new Map<number, MessageId>();
  readonly #to = new Map<MessageId, Set<number>>();

  /** Notes that the message in a slot refers to `target`. */
  add(slot: number, target: MessageId): void {
    this.#from.set(slot, target);
    const slots = this.#to.get(target);
    if (slots === undefined) this.#to.set(target, new Set([slot]));
    else slots.add(slot);
  }

  /** Forgets what the message in a slot refers to. */
  remove(slot: number): void {
    const target = this.#from.get(slot);
    if (target === undefined) return;
    this.#from.delete(slot);
    const slots = this.#to.get(target);
    slots?.delete(slot);
    if (slots?.size === 0) this.#to.delete(target);
  }

  /** What the message in a slot refers to. */
  from(slot: number): MessageId | undefined {
    return this.#from.get(slot);
  }

  /** Slots of the messages that refer to `target`. */
  to(target: MessageId): number[] {
    return [...this.#to.get(target) ?? []];
  }
}
