/**
 * Frames on their way out of a session: kept in order, sealed when their turn comes, bounded in
 * bytes.
 */
import { MAX_FRAME_BYTES } from "../wire/limits.ts";
import type { Public } from "../wire/privacy.ts";

/**
 * Bytes of frames that may wait to be sent; our choice: sixteen of the largest messages, four times
 * what an exchange may send.
 */
export const MAX_QUEUED_BYTES = 1_048_576;
/** What a waiting frame counts on top of its length, so that the number of small ones is bounded too. */
export const QUEUED_FRAME_BYTES = 64;
/** Bytes of frames that are put into one write, as far as whole frames do; saves calls for small ones. */
const BATCH_BYTES = 32_768;

/** What a queue works with. */
export interface SendQueuePorts {
  /** Makes the records of frames; called with each frame once, in order. */
  readonly seal: (frames: readonly Public<Uint8Array>[]) => Uint8Array;
  /** Sends; the next call comes when the promise of the one before has settled. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Told once when the queue would grow over its bound, or a write failed. */
  readonly failed: (why: "overflow" | "lost") => void;
}

/** The sending half of a session. */
export class SendQueue {
  readonly #ports: SendQueuePorts;
  readonly #frames: Public<Uint8Array>[] = [];
  #bytes = 0;
  #stopped = false;
  #pumping: Promise<void> | undefined;
  #changed = Promise.withResolvers<void>();

  /** An empty queue. */
  constructor(ports: SendQueuePorts) {
    this.#ports = ports;
  }

  /** Adds a frame. Throws a `RangeError` for more than `MAX_FRAME_BYTES`; nothing once stopped. */
  push(frame: Public<Uint8Array>): void {
    if (frame.length > MAX_FRAME_BYTES) {
      throw new RangeError(`A frame has at most ${MAX_FRAME_BYTES} bytes, not ${frame.length}`);
    }
    if (this.#stopped) return;
    if (this.#bytes + costOf(frame) > MAX_QUEUED_BYTES) return this.#fail("overflow");
    this.#frames.push(frame);
    this.#bytes += costOf(frame);
    this.#pumping ??= this.#pump();
  }

  /** Resolves when at most half of the bound is taken, or the queue was stopped. */
  async ready(): Promise<void> {
    while (!this.#stopped && this.#bytes > MAX_QUEUED_BYTES / 2) await this.#changed.promise;
  }

  /** Resolves when all was written that was pushed so far, or the queue was stopped. */
  async flushed(): Promise<void> {
    await this.#pumping;
  }

  /** Drops what waits. A write that is under way has to be ended by closing the connection. */
  stop(): void {
    this.#stopped = true;
    this.#frames.length = 0;
    this.#wake();
  }

  async #pump(): Promise<void> {
    // Frames that are sent in one go (hello and offer) leave in one write.
    await Promise.resolve();
    try {
      while (this.#frames.length > 0) {
        const batch = this.#takeBatch();
        await this.#ports.write(this.#ports.seal(batch));
        for (const frame of batch) this.#bytes -= costOf(frame);
        this.#wake();
      }
    } catch {
      this.#fail("lost");
    }
    this.#pumping = undefined;
  }

  #takeBatch(): readonly Public<Uint8Array>[] {
    let count = 0;
    for (let bytes = 0; bytes < BATCH_BYTES && count < this.#frames.length; count++) {
      bytes += costOf(this.#frames[count]!);
    }
    return this.#frames.splice(0, count);
  }

  #fail(why: "overflow" | "lost"): void {
    if (this.#stopped) return;
    this.stop();
    this.#ports.failed(why);
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

function costOf(frame: Uint8Array): number {
  return frame.length + QUEUED_FRAME_BYTES;
}
