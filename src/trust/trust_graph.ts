/**
 * What all statements come to for one reader: a graph that anybody could draw, and over it, while the
 * reader is known, who is verified and who is blocked by contagion (docs/PROTOCOL.md section 4).
 */
import type { IdentityKey } from "../wire/ids.ts";
import type { Labels } from "../wire/labels.ts";
import { STATEMENT_TYPES } from "../wire/statement.ts";
import { Edges, OWN_RESERVE } from "./edges.ts";
import { explain, verifiersOf } from "./explain.ts";
import { FAR, Fixpoint } from "./fixpoint.ts";
import { Identities } from "./identities.ts";
import { Revocations } from "./revocations.ts";
import type {
  BlockReason,
  HeirOf,
  Revocation,
  Standing,
  TrustReader,
  TrustReason,
  TrustStatement,
} from "./types.ts";

/** What a graph is made with. */
export interface TrustGraphOptions {
  /** Labels of the network. */
  readonly labels: Labels;
  /** What is remembered of heirs; without it no successor fits. */
  readonly heirs?: HeirOf;
  /** 32 random bits, which keep strangers from slowing the graph down. */
  readonly salt?: number;
  /** Fewer pairs and identities than usual, for tests. */
  readonly caps?: { readonly pairs: number; readonly identities: number };
}

const NOBODY: ReadonlySet<IdentityKey> = new Set();

/**
 * The graph. The order in which statements are fed makes no difference, as long as the caps are not
 * reached. The reader's own keys, blocks and exemptions are private: `forget` lets go of them.
 */
export class TrustGraph implements TrustReader {
  readonly #identities: Identities;
  readonly #edges: Edges;
  readonly #revocations: Revocations;
  readonly #verified: Fixpoint;
  readonly #blocked: Fixpoint;
  /** Whose distance changed since contagion was told. */
  readonly #moved: number[] = [];
  #own = NOBODY;
  #blocks = NOBODY;
  #exempt = NOBODY;

  /** Without statements, and with nobody to read it. */
  constructor({ labels, heirs = () => undefined, salt = 0, caps }: TrustGraphOptions) {
    this.#identities = new Identities(caps?.identities);
    this.#edges = new Edges({ salt, ...(caps && { maxPairs: caps.pairs }) });
    this.#revocations = new Revocations({ labels, heirs });
    this.#verified = new Fixpoint(this.#edges, { seedSuffices: true });
    this.#blocked = new Fixpoint(this.#edges, { seedSuffices: false });
  }

  /** Identities and pairs that the graph consists of. */
  get size(): { readonly identities: number; readonly pairs: number } {
    return { identities: this.#identities.size, pairs: this.#edges.size };
  }

  /** Takes a statement that was checked; one that was fed before changes nothing. */
  feed({ type, issuer, subject, issued }: TrustStatement): void {
    if (type === STATEMENT_TYPES.revoke) {
      if (this.#revocations.add(issuer, { issued, subject })) this.#revoke(issuer);
      return;
    }
    // Nobody is their own witness.
    const isOwn = this.#own.has(issuer);
    const reserve = isOwn ? OWN_RESERVE : 0;
    if (issuer === subject || !this.#haveRoom([issuer, subject], reserve)) return;
    const pair = { issuer: this.#node(issuer), subject: this.#node(subject) };
    const change = this.#edges.set(pair, {
      issued,
      verifies: type === STATEMENT_TYPES.verify,
      isOwn,
    });
    if (change !== "same") {
      this.#verified[change](pair.issuer, pair.subject);
      this.#blocked[change](pair.issuer, pair.subject);
    }
  }

  /**
   * Takes back that somebody was said to verify somebody: the statement isn't kept any more. What was
   * said later of the same stays, and so do withdrawals and revocations.
   */
  unfeed({ type, issuer, subject, issued }: TrustStatement): void {
    if (type !== STATEMENT_TYPES.verify) return;
    const pair = { issuer: this.#identities.find(issuer), subject: this.#identities.find(subject) };
    if (pair.issuer === undefined || pair.subject === undefined) return;
    if (!this.#edges.unset({ issuer: pair.issuer, subject: pair.subject }, issued)) return;
    for (const one of [this.#verified, this.#blocked]) one.lost(pair.issuer, pair.subject);
  }

  /**
   * Brings answers up to date with what was fed and said, or only a part of that: until so many edges
   * were looked at. Answers whether nothing is left to do. Questions do all that is left, by themselves;
   * calling this with a number before keeps them from taking long.
   */
  settle(most = Infinity): boolean {
    // First who is verified, then what contagion may not reach, then contagion.
    if (!this.#verified.settle(most)) return false;
    for (const node of this.#verified.takeChanged()) this.#moved.push(node);
    if (!this.#spare(most)) return false;
    const isDone = this.#blocked.settle(most);
    this.#blocked.takeChanged();
    return isDone;
  }

  /** Says who the reader is: all own identities. */
  setOwn(keys: Iterable<IdentityKey>): void {
    const before = this.#own;
    this.#own = new Set(keys);
    this.#eachChanged(before, this.#own, (key, node) => {
      this.#verified.seed(node, this.#own.has(key) && !this.#edges.isRevoked(node));
      this.#blocked.bar(node, this.#isExempt(node));
    });
  }

  /** Says whom the reader blocks: all of them. It beats every exemption. */
  setBlocks(keys: Iterable<IdentityKey>): void {
    const before = this.#blocks;
    this.#blocks = new Set(keys);
    this.#eachChanged(before, this.#blocks, (key, node) => {
      this.#blocked.seed(node, this.#blocks.has(key));
    });
  }

  /** Says whom contagion never reaches, besides own identities and those whom they verified. */
  setExempt(keys: Iterable<IdentityKey>): void {
    const before = this.#exempt;
    this.#exempt = new Set(keys);
    this.#eachChanged(before, this.#exempt, (_key, node) => {
      this.#blocked.bar(node, this.#isExempt(node));
    });
  }

  /** Sets the largest distance at which somebody counts as verified, at least 1; `undefined`: any. */
  setMaxDistance(distance: number | undefined): void {
    this.#verified.limit(Math.min(distance ?? Infinity, FAR - 1));
  }

  /** Lets go of all that is the reader's: nobody is verified or blocked then. */
  forget(): void {
    this.#own = this.#blocks = this.#exempt = NOBODY;
    this.#moved.length = 0;
    this.#verified.clear();
    this.#blocked.clear();
    this.setMaxDistance(undefined);
  }

  /** See {@linkcode TrustReader}. */
  isVerified(key: IdentityKey): boolean {
    return this.#distance(key) !== null;
  }

  /** See {@linkcode TrustReader}. */
  standing(key: IdentityKey): Standing {
    const distance = this.#distance(key);
    const revoked = this.revocations(key)[0] ?? null;
    return { verified: distance !== null, distance, revoked };
  }

  /** See {@linkcode TrustReader}. */
  because(key: IdentityKey): readonly TrustReason[] {
    const distance = this.#distance(key);
    if (distance === null) return [];
    if (distance === 0) return [{ key, distance, because: "own key", by: [] }];
    const node = this.#identities.find(key);
    return node === undefined ? [] : explain(node, this.#parts);
  }

  /** See {@linkcode TrustReader}. */
  verifiedBy(key: IdentityKey): readonly IdentityKey[] {
    const node = this.#identities.find(key);
    if (node === undefined) return [];
    return verifiersOf(node, this.#edges).map((by) => this.#identities.keyOf(by)).sort();
  }

  /** See {@linkcode TrustReader}. */
  isBlocked(key: IdentityKey): boolean {
    if (this.#blocks.has(key)) return true;
    this.settle();
    const node = this.#identities.find(key);
    return node !== undefined && this.#blocked.distance(node) !== FAR;
  }

  /** See {@linkcode TrustReader}. */
  blockReason(key: IdentityKey): BlockReason | undefined {
    if (this.#blocks.has(key)) return { kind: "user" };
    if (!this.isBlocked(key)) return undefined;
    return { kind: "contagion", by: this.verifiedBy(key).filter((by) => this.isBlocked(by)) };
  }

  /** Everybody who is blocked by contagion, in no particular order. */
  *contagious(): Generator<IdentityKey> {
    this.settle();
    for (let node = 0; node < this.#identities.size; node++) {
      if (this.#blocked.distance(node) === FAR) continue;
      const key = this.#identities.keyOf(node);
      if (!this.#blocks.has(key)) yield key;
    }
  }

  /** See {@linkcode TrustReader}. */
  revocations(key: IdentityKey): readonly Revocation[] {
    return this.#revocations.of(key);
  }

  get #parts(): Parameters<typeof explain>[1] {
    return { edges: this.#edges, verified: this.#verified, identities: this.#identities };
  }

  #distance(key: IdentityKey): number | null {
    if (this.#revocations.has(key)) return null;
    if (this.#own.has(key)) return 0;
    this.settle();
    const node = this.#identities.find(key);
    const distance = node === undefined ? FAR : this.#verified.distance(node);
    return distance === FAR ? null : distance;
  }

  /** Voids what an identity said and what was said of it; a block by the reader stays. */
  #revoke(key: IdentityKey): void {
    const node = this.#identities.find(key);
    if (node === undefined) return;
    const subjects = this.#edges.revoke(node);
    for (const fixpoint of [this.#verified, this.#blocked]) {
      for (const subject of subjects) fixpoint.lost(node, subject);
    }
    this.#verified.seed(node, false);
    this.#verified.drop(node);
    this.#blocked.drop(node);
  }

  /** Has contagion spare whom it must, as far as so many people; answers whether these were all. */
  #spare(most: number): boolean {
    for (let i = 0; i < most; i++) {
      const node = this.#moved.pop();
      if (node === undefined) return true;
      this.#blocked.bar(node, this.#isExempt(node));
    }
    return this.#moved.length === 0;
  }

  #haveRoom(keys: readonly IdentityKey[], reserve: number): boolean {
    const strange = keys.filter((key) => this.#identities.find(key) === undefined);
    return this.#identities.hasRoom(strange.length, reserve);
  }

  /** The number of an identity, which it gets now if it has none. */
  #node(key: IdentityKey): number {
    const known = this.#identities.find(key);
    if (known !== undefined) return known;
    const node = this.#identities.add(key);
    this.#edges.grow(node);
    this.#verified.grow(node);
    this.#blocked.grow(node);
    const isRevoked = this.#revocations.has(key);
    if (isRevoked) this.#edges.revoke(node);
    this.#verified.seed(node, this.#own.has(key) && !isRevoked);
    this.#blocked.seed(node, this.#blocks.has(key));
    this.#blocked.bar(node, this.#isExempt(node));
    return node;
  }

  #isExempt(node: number): boolean {
    const key = this.#identities.keyOf(node);
    return this.#own.has(key) || this.#exempt.has(key) || this.#verified.distance(node) <= 1;
  }

  #eachChanged(
    before: ReadonlySet<IdentityKey>,
    after: ReadonlySet<IdentityKey>,
    change: (key: IdentityKey, node: number) => void,
  ): void {
    const keys = [...before.difference(after), ...after.difference(before)];
    for (const key of keys) {
      const node = this.#identities.find(key);
      if (node !== undefined) change(key, node);
    }
  }
}
