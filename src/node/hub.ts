/** Tells whoever watches of each message as it is stored. */
import type { AdmittedMessage } from "../wire/message.ts";

/** Called for each stored message; must not throw. */
export type Watcher = (message: AdmittedMessage) => void;

/** The set of watchers of one node. */
export class Hub {
  readonly #watchers = new Set<Watcher>();

  /** Adds a watcher; the answer removes it again, and says whether it was there. */
  add(watcher: Watcher): () => boolean {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Tells all. */
  tell(message: AdmittedMessage): void {
    for (const watcher of this.#watchers) watcher(message);
  }
}
