/**
 * The one place that knows who somebody is to the owner: verified, revoked, blocked
 * (docs/PROTOCOL.md section 4). Views ask it; all that it answers while the keys are locked is that it
 * knows nobody.
 */
import type { PublicStore } from "../store/mod.ts";
import { type BlockReason, type Standing, TrustGraph, type TrustReason } from "../trust/mod.ts";
import type { KnownHeir, Revocation } from "../trust/mod.ts";
import type { IdentityKey } from "../wire/ids.ts";
import type { Labels } from "../wire/labels.ts";
import { Private } from "../wire/privacy.ts";
import type { AdmittedStatement } from "../wire/statement.ts";
import type { Keys, Unlocked } from "./keys.ts";
import { knownHeir } from "./known_heir.ts";

/** What {@linkcode Social} works with. */
export interface SocialPorts {
  /** Labels of the network. */
  readonly labels: Labels;
  /** Statements and heirs. */
  readonly store: Pick<PublicStore, "statements" | "heirs">;
  /** Who the owner is, and what they keep to themselves. */
  readonly keys: Pick<Keys, "own" | "unlocked">;
  /** Lets other work have its turn. */
  readonly pause: () => Promise<void>;
}

/** Edges of the graph looked at between two looks at the clock: a fraction of a millisecond, mostly. */
const EDGES_AT_ONCE = 1_000;
/** Work between two pauses, in milliseconds: a pause costs one or two itself. */
const SLICE_MS = 2;
/** Statements read between two pauses. */
const AT_ONCE = 500;
/** Heirs of revoked identities that are remembered. */
const MAX_HEIRS = 4_096;

/**
 * Reads all statements at the first need after an unlock, and is fed from then on. The graph of
 * statements is public and stays; whose it is goes with the keys.
 */
export class Social {
  readonly #ports: SocialPorts;
  readonly #graph: TrustGraph;
  readonly #heirs = new Map<IdentityKey, KnownHeir>();
  #reader: Unlocked | undefined;
  /** Whether blocks, follows and settings of the reader were read. */
  #isRead = false;
  #loading: Promise<void> | undefined;
  #isWatching = false;

  /** Knows nobody yet. */
  constructor(ports: SocialPorts) {
    this.#ports = ports;
    const [salt = 0] = crypto.getRandomValues(new Uint32Array(1));
    const heirs = (key: IdentityKey): KnownHeir | undefined => this.#heirs.get(key);
    this.#graph = new TrustGraph({ labels: ports.labels, heirs, salt });
  }

  /**
   * Resolves when everything is known that is stored; at once while the keys are locked. Whoever asks
   * anything else here calls it before. Throws a `StoreError` when the disk fails.
   */
  async ready(): Promise<void> {
    if (this.#look() === undefined) return;
    await this.#load();
    await this.#readOwner();
    for (let from = performance.now(); !this.#graph.settle(EDGES_AT_ONCE);) {
      if (performance.now() - from < SLICE_MS) continue;
      await this.#ports.pause();
      from = performance.now();
    }
  }

  /** Forgets whose it is; the keys are gone, or about to go. */
  lock(): void {
    this.#graph.forget();
    this.#heirs.clear();
    this.#reader = undefined;
    this.#isRead = false;
  }

  /** Follows, blocks or the cap of the distance were changed on disk: `ready` reads them anew. */
  changed(): void {
    this.#isRead = false;
  }

  /** Takes statements that were checked and aren't stored here, or not yet: own ones on their way. */
  feed(statements: Iterable<AdmittedStatement>): void {
    for (const statement of statements) this.#graph.feed(statement);
  }

  /** Takes whom the owner blocks, all of them; nothing while locked. */
  setBlocks(keys: Private<Iterable<IdentityKey>>): void {
    if (this.#look() !== undefined) this.#graph.setBlocks(keys.reveal());
  }

  /** Takes whom contagion spares besides the owner and those whom the owner verified; nothing while locked. */
  setExempt(keys: Private<Iterable<IdentityKey>>): void {
    if (this.#look() !== undefined) this.#graph.setExempt(keys.reveal());
  }

  /** Whether an identity counts as verified. */
  isVerified(key: IdentityKey): boolean {
    return this.#look() !== undefined && this.#graph.isVerified(key);
  }

  /**
   * Verified, how far, revoked. Whether a successor fits is as `look` saw it last. Revocations are
   * known while locked, too.
   */
  standing(key: IdentityKey): Standing {
    this.#look();
    return this.#graph.standing(key);
  }

  /** The same, with the heir looked up anew if there is a revocation. Throws a `StoreError`. */
  async look(key: IdentityKey): Promise<Standing> {
    await this.revocations(key);
    return this.standing(key);
  }

  /** The fitting revocation of an identity and one other, if there are any. Throws a `StoreError`. */
  async revocations(key: IdentityKey): Promise<readonly Revocation[]> {
    if (this.#graph.revocations(key).length === 0) return [];
    const reader = this.#look();
    const follows = (await reader?.store.follows())?.reveal() ?? [];
    const prefix = follows.find((follow) => follow.key === key)?.heir;
    const heir = knownHeir(await this.#ports.store.heirs.of(key), prefix);
    if (this.#look() === reader) this.#remember(key, heir);
    return this.#graph.revocations(key);
  }

  /** Why an identity counts as verified; empty when it doesn't. */
  because(key: IdentityKey): readonly TrustReason[] {
    return this.#look() === undefined ? [] : this.#graph.because(key);
  }

  /** Whose verifications of an identity count, as far as statements were read. */
  verifiedBy(key: IdentityKey): readonly IdentityKey[] {
    return this.#graph.verifiedBy(key);
  }

  /** Whether an identity is blocked, by hand or by contagion. */
  isBlocked(key: IdentityKey): boolean {
    return this.#look() !== undefined && this.#graph.isBlocked(key);
  }

  /** Why an identity is blocked; `undefined` when it isn't. */
  blockReason(key: IdentityKey): BlockReason | undefined {
    return this.#look() === undefined ? undefined : this.#graph.blockReason(key);
  }

  /** Everybody whom contagion blocks, in no particular order. */
  contagious(): Iterable<IdentityKey> {
    return this.#look() === undefined ? [] : this.#graph.contagious();
  }

  /** Who reads now. What was another's is forgotten. */
  #look(): Unlocked | undefined {
    const { keys } = this.#ports;
    if (this.#reader === keys.unlocked) return this.#reader;
    this.lock();
    this.#reader = keys.unlocked;
    if (this.#reader !== undefined) this.#graph.setOwn(keys.own());
    return this.#reader;
  }

  /** Reads what is stored, once; a disk that failed may work the next time. */
  #load(): Promise<void> {
    this.#loading ??= this.#readAll().catch((error) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  async #readOwner(): Promise<void> {
    const reader = this.#look();
    if (reader === undefined || this.#isRead) return;
    const { store } = reader;
    const [follows, blocks, farthest] = await Promise.all([
      store.follows(),
      store.blocks.all(),
      store.trust.maxDistance(),
    ]);
    if (this.#look() !== reader || this.#isRead) return;
    this.#isRead = true;
    this.setExempt(new Private(follows.reveal().map(({ key }) => key)));
    this.setBlocks(new Private(blocks.reveal().map(({ key }) => key)));
    this.#graph.setMaxDistance(farthest.reveal());
  }

  async #readAll(): Promise<void> {
    const { store: { statements }, pause } = this.#ports;
    // What comes while the stored ones are read is fed twice, which changes nothing.
    if (!this.#isWatching) {
      statements.watch({
        stored: (rows) => this.feed(rows.map(({ statement }) => statement)),
        gone: (statements) => statements.forEach((statement) => this.#graph.unfeed(statement)),
      });
    }
    this.#isWatching = true;
    let read = 0;
    for await (const statement of statements.all()) {
      this.#graph.feed(statement);
      if (++read % AT_ONCE === 0) await pause();
    }
  }

  #remember(key: IdentityKey, heir: KnownHeir | undefined): void {
    if (this.#heirs.size >= MAX_HEIRS) this.#heirs.clear();
    if (heir === undefined) this.#heirs.delete(key);
    else this.#heirs.set(key, heir);
  }
}
