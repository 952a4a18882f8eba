/** Tells whoever watches of each message as it is stored. */
import type { AdmittedMessage } from "../wire/message.ts";
import type { Log } from "./log.ts";

/** Called for each stored message. What it throws is logged: it is its own affair. */
export type Watcher = (message: AdmittedMessage) => void;

/** The set of watchers of one node. */
export class Hub {
  readonly #watchers = new Set<Watcher>();

  /** Adds a watcher; the answer removes it again, and says whether it was there. */
  add(watcher: Watcher): () => boolean {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Tells all, whatever becomes of one of them. */
  tell(message: AdmittedMessage, log: Log): void {
    for (const watcher of this.#watchers) {
      try {
        watcher(message);
      } catch (error) {
        log.failed("error", { what: "Telling of a stored message failed", error });
      }
    }
  }
}
