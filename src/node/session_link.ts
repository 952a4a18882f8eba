/**
 * The open link of a session: frames in padded, encrypted records, in order (docs/PROTOCOL.md
 * section 6). Frames are read from the connection only as fast as they are taken, and a peer that
 * doesn't read what is sent to it is cut off, so nothing here grows without bound.
 */
import type { NoiseLink } from "../wire/noise.ts";
import type { Public } from "../wire/privacy.ts";
import { openRecord, type RecordReader, sealRecords } from "../wire/record.ts";
import { SendQueue } from "./send_queue.ts";
import type { Connection } from "./transport_port.ts";

/** Bytes that are read and thrown away while closing, before the connection is dropped hard. */
const DRAIN_BYTES = 1_048_576;

/**
 * How a session ended. Only `bad-record` is a reason for blame: what came was not encrypted by
 * whom the handshake was made with, or not padded as it must be. `truncated`: the connection ended
 * within a record. `lost`: it broke. `overflow`: the peer did not read what was sent to it.
 * `closed`: this side closed it, and nothing of the above came before.
 */
export type SessionEnd = "closed" | "bad-record" | "truncated" | "lost" | "overflow";

/** An open link. Whoever has it must `close` or `destroy` it, also when its frames have ended. */
export interface Session {
  /** Settles when the connection is closed. Never rejects. */
  readonly ended: Promise<SessionEnd>;

  /**
   * Sends a frame after those before it. It must not be changed afterwards. Does nothing once the
   * session is closing or over; ends it as `overflow` when more than `MAX_QUEUED_BYTES` would wait.
   * Throws a `RangeError` for more than `MAX_FRAME_BYTES`.
   */
  send(frame: Public<Uint8Array>): void;

  /** Resolves when at most half of the queue is taken, or the session is over. For senders of much. */
  ready(): Promise<void>;

  /**
   * What the peer sends, to be read once. Ends when the peer has finished, when the connection broke
   * (then `ended` says so), and when a `close` or `destroy` is done. Throws the `WireError` of a bad
   * record, after which the session is over. When the peer has finished, sending is still possible.
   */
  frames(): AsyncIterable<Uint8Array>;

  /**
   * Sends what waits, says that this was all, and waits for the peer to finish too, for three
   * seconds at most; then closes. Frames that come meanwhile are thrown away.
   */
  close(): Promise<SessionEnd>;

  /** Closes at once; what waits is lost. Harmless when repeated. */
  destroy(): void;
}

/** What {@linkcode LinkSession} is made of after a handshake. */
export interface LinkParts {
  /** Belongs to the session from now on. */
  readonly connection: Connection;
  /** With what came behind the handshake. */
  readonly reader: RecordReader;
  /** The keys, wiped at the end. */
  readonly link: NoiseLink;
  /** Milliseconds that `close` takes at most. */
  readonly closeTimeoutMs: number;
}

/** A {@linkcode Session} over a connection. Made by `openSession`. */
export class LinkSession implements Session {
  /** See {@linkcode Session.ended}. */
  readonly ended: Promise<SessionEnd>;
  readonly #connection: Connection;
  readonly #reader: RecordReader;
  readonly #link: NoiseLink;
  readonly #closeTimeoutMs: number;
  readonly #settle: (end: SessionEnd) => void;
  readonly #queue: SendQueue;

  #state: "open" | "closing" | "over" = "open";
  #taken = false;
  #closeTimer: ReturnType<typeof setTimeout> | undefined;
  #pending: Promise<Uint8Array | null> | undefined;

  /** Nothing is read or sent yet. */
  constructor(parts: LinkParts) {
    this.#connection = parts.connection;
    this.#reader = parts.reader;
    this.#link = parts.link;
    this.#closeTimeoutMs = parts.closeTimeoutMs;
    const { promise, resolve } = Promise.withResolvers<SessionEnd>();
    this.ended = promise;
    this.#settle = resolve;
    this.#queue = new SendQueue({
      seal: (frames) => sealRecords(this.#link.sending, frames),
      write: (bytes) => this.#connection.write(bytes),
      failed: (why) => this.#finish(why),
    });
  }

  /** See {@linkcode Session.send}. */
  send(frame: Public<Uint8Array>): void {
    if (this.#state === "open") this.#queue.push(frame);
  }

  /** See {@linkcode Session.ready}. */
  ready(): Promise<void> {
    return this.#queue.ready();
  }

  /** See {@linkcode Session.frames}. */
  async *frames(): AsyncGenerator<Uint8Array> {
    if (this.#taken) throw new Error("The frames of a session are read once");
    this.#taken = true;
    while (this.#state === "open") {
      const frame = this.#nextFrame();
      if (frame !== undefined) {
        yield frame;
      } else if (!await this.#readMore()) {
        break;
      }
    }
    // Whoever destroys a session when its frames have ended shall not cut off its own close.
    if (this.#state === "closing") await this.ended;
  }

  /** See {@linkcode Session.close}. */
  close(): Promise<SessionEnd> {
    if (this.#state === "open") {
      this.#state = "closing";
      this.#closeTimer = setTimeout(() => this.#finish("closed"), this.#closeTimeoutMs);
      void this.#linger();
    }
    return this.ended;
  }

  /** See {@linkcode Session.destroy}. */
  destroy(): void {
    this.#finish("closed");
  }

  /** The next frame of what was read so far. Throws the `WireError` that ended the session. */
  #nextFrame(): Uint8Array | undefined {
    try {
      const record = this.#reader.next();
      return record && openRecord(this.#link.receiving, record);
    } catch (error) {
      this.#finish("bad-record");
      throw error;
    }
  }

  /** Reads on; whether there may be more frames. */
  async #readMore(): Promise<boolean> {
    let chunk;
    try {
      chunk = await this.#read();
    } catch {
      this.#finish("lost");
      return false;
    }
    if (this.#state !== "open") return false;
    if (chunk !== null) {
      this.#reader.push(chunk);
      return true;
    }
    if (this.#reader.partial) this.#finish("truncated");
    return false;
  }

  /** One read at a time, although `frames` and `close` may both want one: they share it. */
  #read(): Promise<Uint8Array | null> {
    this.#pending ??= this.#connection.read().finally(() => this.#pending = undefined);
    return this.#pending;
  }

  /**
   * The polite end. A connection that is closed with unread bytes in it is reset by the system, and
   * what was sent last may be lost with it: hence the reading on.
   */
  async #linger(): Promise<void> {
    try {
      await this.#queue.flushed();
      await this.#connection.closeWrite();
      for (let left = DRAIN_BYTES; left > 0 && this.#state === "closing";) {
        const chunk = await this.#read();
        if (chunk === null) break;
        left -= chunk.length;
      }
    } catch {
      // The peer was faster, or time ran out: closed either way.
    }
    this.#finish("closed");
  }

  #finish(end: SessionEnd): void {
    if (this.#state === "over") return;
    this.#state = "over";
    clearTimeout(this.#closeTimer);
    this.#connection.close();
    this.#queue.stop();
    this.#link.sending.wipe();
    this.#link.receiving.wipe();
    this.#settle(end);
  }
}
