/**
 * Messages on their way to a peer in a reconciliation. Only so many are handed to the node at a time,
 * which reads them from disk and says when each has left: whoever asks for much and doesn't read
 * makes no more than that wait.
 */
import type { MessageId } from "../wire/ids.ts";
import type { UnixMs } from "../wire/time.ts";
import type { SyncContext } from "./reconcile_ports.ts";

/**
 * Bytes that a message counts at least: the smallest record. Without it, asking for what isn't held
 * would be free.
 */
const LEAST_BYTES = 256;

/** Sends messages in order. */
export class SyncSender {
  readonly #context: SyncContext;
  #queue: MessageId[] = [];
  #next = 0;
  #sending = 0;

  /** Starts with nothing to send. */
  constructor(context: SyncContext) {
    this.#context = context;
  }

  /** Whether everything was handed to the connection. */
  get idle(): boolean {
    return this.#sending === 0 && this.#next === this.#queue.length;
  }

  /** Sends these after those before them. */
  send(ids: readonly MessageId[]): void {
    this.#queue = this.#queue.slice(this.#next).concat(ids);
    this.#next = 0;
    this.#pump();
  }

  /** A message was handed to the connection. Answers false when it was none of ours. */
  sent(bytes: number, now: UnixMs): boolean {
    if (this.#sending === 0) return false;
    this.#sending--;
    this.#context.spend(Math.max(bytes, LEAST_BYTES), { way: "out", now });
    this.#pump();
    return true;
  }

  #pump(): void {
    const { ports, peer } = this.#context;
    while (this.#sending < ports.config.reconcile.maxSending) {
      const id = this.#queue[this.#next];
      if (id === undefined) return;
      this.#next++;
      this.#sending++;
      ports.emit({ kind: "send-message", session: peer.session, id });
    }
  }
}
