/**
 * What one link has yet to send, in the order in which the engine asked for it. Messages are read
 * from disk when their turn comes, those that follow one another together: a peer that catches up
 * asks for 64 at a time, and one by one they would cost the disk ten times as much.
 */
import type { OutEvent } from "../gossip/mod.ts";
import { encodeFrame, type Frame } from "../wire/frame.ts";
import type { IdentityKey, MessageId } from "../wire/ids.ts";
import { SYNC_IDS } from "../wire/limits.ts";
import type { Public } from "../wire/privacy.ts";
import type { Log } from "./log.ts";
import { QUEUED_FRAME_BYTES } from "./send_queue.ts";
import type { Session } from "./session.ts";

/**
 * Reads stored messages: of the first of these ids, at least one and as many as are worth reading
 * at once. `undefined` for one whose bytes are gone or can't be read any more. `told`: authors about
 * whom this link was sent statements; it is added to.
 */
export type LoadMessages = (
  ids: readonly MessageId[],
  told: Set<IdentityKey>,
) => Promise<readonly (Public<Uint8Array> | undefined)[]>;

/** What a link writer works with. */
export interface LinkWriterPorts {
  /** Where it all goes. */
  readonly session: Pick<Session, "ready" | "send" | "destroy">;
  /** Reads messages. */
  readonly load: LoadMessages;
  /** Told of each message, held or not, that was handed to the session in a frame of so many bytes. */
  readonly sent: (bytes: number) => void;
  /** Told of a message that is not held any more. */
  readonly gone: (id: MessageId) => void;
  /** Takes diagnostics. */
  readonly log: Log;
}

/** Bytes after which the session is asked whether it can take more; far less than it may queue. */
const READY_BYTES = 65_536;

/** What leaves by it: a frame, or a stored message in one. */
export type Item = Extract<OutEvent, { kind: "send" | "send-message" }>;

/** The frames of one link. The engine bounds how many there are. */
export class LinkWriter {
  readonly #ports: LinkWriterPorts;
  readonly #told = new Set<IdentityKey>();
  #items: Item[] = [];
  #pumping: Promise<void> | undefined;
  /** Bytes handed over since the session was last ready. */
  #unwaited = 0;

  /** An empty writer. */
  constructor(ports: LinkWriterPorts) {
    this.#ports = ports;
  }

  /** Sends a frame, or a stored message in one, after all before it. */
  push(item: Item): void {
    this.#items.push(item);
    this.#pumping ??= this.#pump();
  }

  /** Resolves when everything so far has been handed to the session. */
  async flushed(): Promise<void> {
    await this.#pumping;
  }

  /** Forgets what waits: the connection is gone. */
  stop(): void {
    this.#items = [];
  }

  async #pump(): Promise<void> {
    // Lets all that the engine asks for in one go come along.
    await Promise.resolve();
    try {
      for (let next = this.#items[0]; next !== undefined; next = this.#items[0]) {
        if (next.kind === "send") await this.#send(next.frame);
        else await this.#sendMessages();
      }
    } catch (error) {
      // A bug: the peer learns nothing but that the connection ended.
      this.#ports.log.failed("error", { what: "Sending failed", error });
      this.#ports.session.destroy();
      this.stop();
    }
    this.#pumping = undefined;
  }

  async #sendMessages(): Promise<void> {
    const ids: MessageId[] = [];
    for (const item of this.#items) {
      if (item.kind !== "send-message" || ids.length === SYNC_IDS) break;
      ids.push(item.id);
    }
    const read = await this.#read(ids);
    for (const [i, bytes] of read.entries()) {
      if (this.#items.length === 0) return;
      const id = ids[i];
      if (bytes === undefined && id !== undefined) this.#ports.gone(id);
      await this.#send({ kind: "message", bytes: bytes ?? new Uint8Array() });
    }
  }

  /** One that the disk fails on is empty: the others shall get through. */
  async #read(ids: readonly MessageId[]): Promise<readonly (Uint8Array | undefined)[]> {
    try {
      return await this.#ports.load(ids, this.#told);
    } catch (error) {
      if (ids.length > 1) return await this.#read(ids.slice(0, 1));
      this.#ports.log.failed("error", { what: "Reading a message to send failed", error });
      return [new Uint8Array()];
    }
  }

  async #send(frame: Frame): Promise<void> {
    const { session } = this.#ports;
    // Not for each frame: those that are sent in one turn leave in one write.
    if (this.#unwaited >= READY_BYTES) {
      await session.ready();
      this.#unwaited = 0;
      if (this.#items.length === 0) return;
    }
    this.#items.shift();
    const bytes = encodeFrame(frame);
    this.#unwaited += bytes.length + QUEUED_FRAME_BYTES;
    session.send(bytes);
    if (frame.kind === "message") this.#ports.sent(bytes.length);
  }
}
