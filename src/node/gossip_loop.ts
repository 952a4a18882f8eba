/**
 * The event loop: whatever happens becomes an event for the engine, and what the engine answers is
 * carried out here (docs/ARCHITECTURE.md). All protocol decisions are the engine's; this file only
 * moves bytes, in order.
 */
import type {
  AdmitPurpose,
  Engine,
  ExchangeSummary,
  InEvent,
  OutEvent,
  SessionId,
  SyncSummary,
} from "../gossip/mod.ts";
import type { NodeAddress } from "../wire/address.ts";
import { WireError } from "../wire/errors.ts";
import { decodeFrame, RESULT } from "../wire/frame.ts";
import type { MessageId } from "../wire/ids.ts";
import type { AdmittedMessage } from "../wire/message.ts";
import type { Clock } from "./clock.ts";
import type { Injector } from "./inject.ts";
import type { Injected } from "./inject_ports.ts";
import { factOf } from "./message_fact.ts";
import type { Log } from "./log.ts";
import { LinkWriter, type LoadMessages } from "./link_writer.ts";
import { HandshakeError, type Session } from "./session.ts";
import { Timers } from "./timers.ts";
import type { Connection } from "./transport_port.ts";

/** What the loop works with. */
export interface LoopPorts {
  /** Decides everything. */
  readonly engine: Engine;
  /** The time that the engine is told. */
  readonly clock: Pick<Clock, "now">;
  /** Takes diagnostics. */
  readonly log: Log;
  /** Checks and stores what peers send. */
  readonly injector: Injector;
  /** Reads stored messages. */
  readonly load: LoadMessages;
  /** Whether a message's author took it back. */
  readonly retracted: (id: MessageId) => boolean;
  /** Connects; the signal gives it up. */
  readonly dial: (address: NodeAddress, signal: AbortSignal) => Promise<Connection>;
  /** Makes an encrypted session of a connection, which is then the session's. */
  readonly handshake: (
    connection: Connection,
    role: "initiator" | "responder",
  ) => Promise<Session>;
  /** Takes note of what is to be written when convenient. */
  readonly remember: (event: Remembered) => void;
  /** A peer's message or an own one was stored. */
  readonly stored: (message: AdmittedMessage) => void;
  /** One of a peer's that came by a stem became normal here and was stored. */
  readonly stemEnded?: (message: AdmittedMessage) => void;
  /** A peer said what time it has, and which rules. */
  readonly greeted: (hello: Extract<OutEvent, { kind: "greeted" }>) => void;
  /** An exchange ended, well or not. */
  readonly ended: (summary: ExchangeSummary) => void;
  /** A reconciliation ended, well or not. */
  readonly reconciled: (summary: SyncSummary) => void;
}

/** Facts of the engine that outlive the process. */
export type Remembered = Extract<
  OutEvent,
  { kind: "freshness-changed" | "address-changed" | "address-gone" }
>;

interface Admitting {
  readonly purpose: AdmitPurpose;
  readonly injected: Promise<Injected>;
}

interface Link {
  connection: Connection | undefined;
  session: Session | undefined;
  writer: LinkWriter | undefined;
  /** Messages that are being admitted, in the order in which they came. */
  readonly admitting: Admitting[];
  /** Every admission so far has been reported when this resolves. */
  admissions: Promise<void>;
  /** The handshake is under way: its end cleans up. */
  opening: boolean;
  closing: boolean;
}

/** Milliseconds until a connection that is to be closed is cut off. */
const CLOSE_MS = 5_000;

/** Ids of inbound sessions begin here; the engine counts those that it dials from 1. */
const FIRST_INBOUND = 2 ** 40;

/** Drives one engine over real connections. */
export class GossipLoop {
  readonly #ports: LoopPorts;
  readonly #timers = new Timers((timer) => this.feed({ kind: "timer", timer }));
  readonly #links = new Map<SessionId, Link>();
  readonly #queue: InEvent[] = [];
  readonly #stopping = new AbortController();
  #draining = false;
  #nextInbound = FIRST_INBOUND;
  #idle: (() => void) | undefined;

  /** Makes a loop; nothing happens before an event is fed. */
  constructor(ports: LoopPorts) {
    this.#ports = ports;
  }

  /** Gives the engine an event and carries out what it answers. */
  feed(event: InEvent): void {
    this.#queue.push(event);
    if (this.#draining) return;
    this.#draining = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      this.#handle(next);
    }
    this.#draining = false;
  }

  /** Takes back an own message that never left this node; `false`, with nothing changed, for any other. */
  withdraw(id: MessageId): boolean {
    return this.#ports.engine.withdraw(id);
  }

  /** Takes an accepted connection; the engine decides whether it is served. */
  accept(connection: Connection): void {
    const session = this.#nextInbound++ as SessionId;
    this.#links.set(session, newLink(connection));
    this.feed({ kind: "accepted", session, remote: connection.remote });
  }

  /** Ends all exchanges; resolves when every connection is closed. */
  async stop(): Promise<void> {
    this.feed({ kind: "stop" });
    this.#stopping.abort();
    this.#timers.clearAll();
    for (const session of [...this.#links.keys()]) this.#close(session);
    if (this.#links.size > 0) await new Promise<void>((resolve) => this.#idle = resolve);
  }

  #handle(event: InEvent): void {
    try {
      for (const out of this.#ports.engine.handle(event, this.#ports.clock.now())) {
        this.#perform(out);
      }
    } catch (error) {
      // A bug, not a peer's doing. One event is lost; the node and everybody's posts live on.
      this.#ports.log.failed("error", {
        what: "The engine failed on an event, which is lost",
        error,
      });
      this.#ports.log.error("The event was of this kind", { kind: event.kind });
    }
  }

  #perform(out: OutEvent): void {
    switch (out.kind) {
      case "dial":
        return void this.#dial(out.session, out.address);
      case "handshake":
        return void this.#open(out.session, "responder");
      case "send":
      case "send-message":
        return this.#send(out);
      case "admit":
        return this.#admit(out);
      case "close":
        return this.#close(out.session, out);
      case "set-timer":
        return this.#timers.set(out.timer, out.afterMs);
      case "clear-timer":
        return this.#timers.clear(out.timer);
      case "freshness-changed":
      case "address-changed":
      case "address-gone":
        return this.#ports.remember(out);
      case "publish":
        return void this.#publish(out);
      case "greeted":
        return this.#ports.greeted(out);
      case "exchange-ended":
        return this.#ports.ended(out.summary);
      case "sync-ended":
        return this.#ports.reconciled(out.summary);
      default:
        out satisfies never;
    }
  }

  async #dial(session: SessionId, address: NodeAddress): Promise<void> {
    const link = newLink(undefined);
    this.#links.set(session, link);
    try {
      link.connection = await this.#ports.dial(address, this.#stopping.signal);
    } catch (error) {
      this.#ports.log.debug("Dialling failed", { address, reason: describe(error) });
      this.#links.delete(session);
      this.feed({ kind: "dial-failed", session });
      return this.#checkIdle();
    }
    await this.#open(session, "initiator");
  }

  /** Shakes hands, then reads until the connection ends. */
  async #open(session: SessionId, role: "initiator" | "responder"): Promise<void> {
    const link = this.#links.get(session);
    if (link?.connection === undefined) return;
    link.opening = true;
    try {
      if (link.closing) throw new Error("closed before the handshake");
      link.session = await this.#ports.handshake(link.connection, role);
      if (link.closing) throw new Error("closed during the handshake");
    } catch (error) {
      const { remote } = link.connection;
      this.#ports.log.debug("A handshake failed", { remote, reason: describe(error) });
      link.session?.destroy();
      link.connection.close();
      this.#links.delete(session);
      if (role === "responder") this.feed({ kind: "closed", session });
      else this.feed({ kind: "dial-failed", session, turnedAway: wasTurnedAway(error) });
      return this.#checkIdle();
    }
    link.writer = this.#writerOf(session, link.session);
    this.feed({ kind: "opened", session });
    const end = await this.#read(session, link.session);
    // What it sent before it left is admitted before the engine hears that it is gone.
    await link.admissions;
    if (end === "bad") link.session.destroy();
    // A peer that has finished sending may still read what waits for it.
    else await link.session.close();
    link.writer.stop();
    this.#links.delete(session);
    this.feed({ kind: "closed", session });
    this.#checkIdle();
  }

  #writerOf(id: SessionId, session: Session): LinkWriter {
    const { load, log } = this.#ports;
    return new LinkWriter({
      session,
      load,
      log,
      sent: (bytes) => this.feed({ kind: "sent", session: id, bytes }),
      gone: (message) => this.feed({ kind: "message-gone", id: message }),
    });
  }

  async #read(session: SessionId, from: Session): Promise<"ended" | "bad"> {
    try {
      for await (const bytes of from.frames()) {
        // While closing, what comes is thrown away, and what waits still leaves.
        if (this.#links.get(session)?.closing) continue;
        this.feed({ kind: "frame", session, frame: decodeFrame(bytes) });
      }
      return "ended";
    } catch (error) {
      if (error instanceof WireError) {
        this.#ports.log.debug("A bad frame came", { reason: error.message });
        this.feed({ kind: "bad-frame", session });
      } else {
        // A bug, not a peer's doing: the connection is lost, the node is not.
        this.#ports.log.failed("error", { what: "Reading from a connection failed", error });
      }
      return "bad";
    }
  }

  #send(out: Extract<OutEvent, { kind: "send" | "send-message" }>): void {
    const link = this.#links.get(out.session);
    if (link?.closing === false) link.writer?.push(out);
  }

  #admit(out: Extract<OutEvent, { kind: "admit" }>): void {
    const { session, bytes, purpose } = out;
    const link = this.#links.get(session);
    if (link === undefined) return;
    const { injector } = this.#ports;
    const isStem = purpose === "stem";
    // The frame was taken out of the connection's buffer for it.
    const options = { ...out, place: out.prefix, owned: true };
    const injected = isStem ? injector.check(bytes, options) : injector.inject(bytes, options);
    // One wait for all of them in turn, not one for each on top of the others.
    if (link.admitting.push({ purpose, injected }) === 1) {
      link.admissions = this.#report(session, link.admitting);
    }
  }

  /** Tells the engine what became of messages, in the order in which they came. */
  async #report(session: SessionId, admitting: Admitting[]): Promise<void> {
    for (let next = admitting[0]; next !== undefined; next = admitting[0]) {
      const { code, message, spareBits, novelStatements = 0 } = await next.injected;
      const { purpose } = next;
      admitting.shift();
      try {
        if (message !== undefined && purpose !== "stem") {
          this.#ports.stored(message);
          this.#forgetRetracted(message);
        }
      } catch (error) {
        // A bug, not a peer's doing: the engine learns all the same what became of the message.
        this.#ports.log.failed("error", { what: "What follows storing a message failed", error });
      }
      const fact = message === undefined ? undefined : factOf(message, spareBits);
      this.feed({ kind: "admitted", session, code, purpose, novelStatements, message: fact });
    }
  }

  /** A stem message of whomever, the owner too: from here on it is one like all others. */
  async #publish({ id, bytes, prefix }: Extract<OutEvent, { kind: "publish" }>): Promise<void> {
    const from = prefix === undefined ? {} : { place: prefix };
    const { code, message, spareBits } = await this.#ports.injector.inject(bytes, from);
    if (message === undefined) {
      return this.feed({ kind: "unpublished", id, later: code === RESULT.busy });
    }
    this.#ports.stored(message);
    if (prefix !== undefined) this.#ports.stemEnded?.(message);
    this.#forgetRetracted(message);
    this.feed({ kind: "injected", message: factOf(message, spareBits) });
  }

  /** The target of a retraction has no bytes any more, if it was by the same author. */
  #forgetRetracted({ body }: AdmittedMessage): void {
    if (body.kind === "retraction" && this.#ports.retracted(body.id)) {
      this.feed({ kind: "message-gone", id: body.id });
    }
  }

  #close(session: SessionId, { atOnce = false } = {}): void {
    const link = this.#links.get(session);
    if (link === undefined || link.closing) return;
    link.closing = true;
    const { session: open, connection } = link;
    if (open !== undefined && atOnce) return open.destroy();
    if (open !== undefined) {
      // A peer that doesn't read could hold up what waits for ever.
      const timer = setTimeout(() => open.destroy(), CLOSE_MS);
      return void this.#finish(open, link).finally(() => clearTimeout(timer));
    }
    if (connection === undefined) return;
    connection.close();
    if (link.opening) return;
    // Accepted and refused before anything was read: no loop runs that would notice the end.
    this.#links.delete(session);
    this.feed({ kind: "closed", session });
    this.#checkIdle();
  }

  /** What waits still leaves, then the session ends. */
  async #finish(open: Session, { writer }: Link): Promise<void> {
    await writer?.flushed();
    await open.close();
  }

  #checkIdle(): void {
    if (this.#links.size === 0) this.#idle?.();
  }
}

function newLink(connection: Connection | undefined): Link {
  return {
    connection,
    session: undefined,
    writer: undefined,
    admitting: [],
    admissions: Promise.resolve(),
    opening: false,
    closing: false,
  };
}

/** The peer accepted the connection and closed it before it said anything: it has no time. */
function wasTurnedAway(error: unknown): boolean {
  return error instanceof HandshakeError && error.reason === "lost";
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : "unknown error";
}
