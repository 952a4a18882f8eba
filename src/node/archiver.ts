/**
 * Moves what the owner wants to keep into the sealed archive (docs/PROTOCOL.md section 7): their own
 * posts and those of whom they follow, as long as these are stored here. It runs at unlocking, every
 * hour, and before anything is dropped, whatever there is to do, so that when it runs says nothing of
 * whom the owner follows. While the node is locked it can't tell what is wanted, and does nothing.
 */
import { type Archive, type PublicStore, StoreError } from "../store/mod.ts";
import { BODY_TYPES } from "../wire/body.ts";
import type { IdentityKey, MessageId } from "../wire/ids.ts";
import type { AdmittedMessage } from "../wire/message.ts";
import type { Keys } from "./keys.ts";
import type { Log } from "./log.ts";

/** What is said once nothing more goes into it. */
export const ARCHIVE_FULL: string =
  "The archive is full (64 MiB): newer posts of yours and of those you follow are kept no longer " +
  "than anybody's. What is archived stays.";

/** Messages read at a time: what a segment holds, about. */
const AT_ONCE = 64;

/** Keeps the archive up to date. */
export class Archiver {
  readonly #store: PublicStore;
  readonly #keys: Keys;
  readonly #log: Log;
  #running: Promise<void> = Promise.resolve();
  #full = false;
  #retracting: () => ReadonlySet<MessageId> = () => new Set();

  /** Over the public store and whatever keys are open. */
  constructor({ store, keys, log }: {
    readonly store: PublicStore;
    readonly keys: Keys;
    readonly log: Log;
  }) {
    this.#store = store;
    this.#keys = keys;
    this.#log = log;
  }

  /** Leaves out from now on what the owner takes back by a retraction that isn't stored yet. */
  leaveOut(retracting: () => ReadonlySet<MessageId>): void {
    this.#retracting = retracting;
  }

  /** Whether something found no room in the archive. */
  get full(): boolean {
    return this.#full;
  }

  /**
   * Archives what isn't yet, if the node is unlocked, after what is under way. Rejects with a
   * `StoreError` when the disk is full: nothing is to be dropped then that could be wanted.
   */
  run(): Promise<void> {
    const run = this.#running.catch(() => {}).then(() => this.#unlessFailing());
    this.#running = run;
    return run;
  }

  async #unlessFailing(): Promise<void> {
    try {
      await this.#run();
    } catch (error) {
      if (!(error instanceof StoreError) || error.code === "full") throw error;
      // Locked in the middle of it, or a file that is damaged: the node goes on relaying.
      if (error.code !== "locked") {
        this.#log.failed("error", { what: "Archiving failed", error });
      }
    }
  }

  async #run(): Promise<void> {
    const unlocked = this.#keys.unlocked;
    if (unlocked === undefined || unlocked.keyring.identities().length === 0) return;
    const archive = await unlocked.store.archive();
    const follows = (await unlocked.store.follows()).reveal();
    const authors = new Set([...follows.map(({ key }) => key), ...this.#keys.own()]);
    await archive.remove(this.#takenBack(archive));
    const wanted = this.#wanted(archive, authors);
    let batch: AdmittedMessage[] = [];
    for (let at = 0; at < wanted.length; at += AT_ONCE) {
      const ids = wanted.slice(at, at + AT_ONCE);
      const messages = await Promise.all(ids.map((id) => this.#store.getReadable(id)));
      batch = messages.filter((message) => message !== undefined);
      // The last ones go with what is written in any case.
      if (at + AT_ONCE < wanted.length) await archive.add(batch);
    }
    await archive.add(batch);
    this.#full = archive.full;
  }

  /** What is stored and not archived, the oldest first. */
  #wanted(archive: Archive, authors: ReadonlySet<IdentityKey>): MessageId[] {
    const wanted: MessageId[] = [];
    const retracting = this.#retracting();
    const { index } = this.#store;
    for (const { id, late } of index.newestFirst({ authors, type: BODY_TYPES.status })) {
      if (!late && !archive.has(id) && !retracting.has(id)) wanted.push(id);
    }
    return wanted.reverse();
  }

  /** What is archived although its author took it back, as far as the retraction is stored here. */
  #takenBack(archive: Archive): MessageId[] {
    const { index } = this.#store;
    const retracting = this.#retracting();
    return archive.all().filter(({ id, key }) =>
      retracting.has(id) ||
      index.isReferredTo(id, { type: BODY_TYPES.retraction, key })
    ).map(({ id }) => id);
  }
}
