/**
 * Counts handshakes that fail, to tell the owner of a wrong network key or name: neither side can know
 * it for sure, since nothing is told to who lacks the key. Anybody can call and send nonsense, so once
 * an exchange was completed nothing that came in counts any more.
 */
import { HandshakeError } from "./session.ts";

/** Handshakes since the last exchange that was completed. */
export class HandshakeWatch {
  readonly #closed: boolean;
  /** Peers whose bytes were none of this network and key. */
  #refused = 0;
  /** Peers that were dialled and hung up in the midst of it, as a node with another key does. */
  #hungUp = 0;
  /** Whether any exchange was ever completed. */
  #belongs = false;

  /** For a node with a network key, or without. */
  constructor(options: { readonly closed: boolean }) {
    this.#closed = options.closed;
  }

  /** A handshake failed with this error. */
  failed(error: unknown, role: "initiator" | "responder"): void {
    if (!(error instanceof HandshakeError)) return;
    if (role === "responder" && this.#belongs) return;
    if (error.reason === "refused") this.#refused++;
    else if (error.reason === "lost" && role === "initiator") this.#hungUp++;
  }

  /** An exchange was completed: somebody has the same network and key. */
  completed(): void {
    this.#belongs = true;
    this.#refused = 0;
    this.#hungUp = 0;
  }

  /** Those that failed since the last completed exchange. */
  counts(): { readonly refused: number; readonly hungUp: number } {
    return { refused: this.#refused, hungUp: this.#hungUp };
  }

  /** A warning, or none. */
  warnings(): readonly string[] {
    if (this.#refused + this.#hungUp === 0) return [];
    const here = this.#closed
      ? "This node has a network key: who has another, or none, can't take part."
      : "This node has no network key: in a closed network it can't take part.";
    return [
      `Since the last exchange ${this.#refused} connections were with nodes of another network or ` +
      `network key, or with no nodes at all, and ${this.#hungUp} nodes that were called hung up at ` +
      `once, as such nodes do. ${here} If they should belong together, compare --network and ` +
      "--network-key on both.",
    ];
  }
}
