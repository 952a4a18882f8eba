/**
 * A least fixpoint over the graph of verifications, kept up to date change by change
 * (docs/PROTOCOL.md section 4; why so: docs/decisions, "Trust both ways").
 *
 * Seeds have distance 0. Everybody else is one step behind the third-nearest of those who verify
 * them; by the rule of verification already one step behind any seed that verifies them. Distances
 * grow along every support, so supports form no cycle, and a count of supporters per identity tells
 * exactly who falls when one is lost: nobody else is touched.
 */
import { type Edges, enlarged, room } from "./edges.ts";
import { QUORUM } from "./types.ts";

/** Distance of who isn't reached. */
export const FAR = 0xffff_ffff;

/** One of the two fixpoints. Changes take effect with `settle`. */
export class Fixpoint {
  readonly #edges: Edges;
  readonly #seedSuffices: boolean;
  #distance = new Uint32Array(0);
  /** Verifiers nearer than the identity itself, for who has a distance and is no seed. */
  #support = new Uint32Array(0);
  #isSeed = new Uint8Array(0);
  #barred = new Uint8Array(0);
  #farthest = FAR - 1;
  readonly #unsupported: number[] = [];
  /** Looked at once nobody has a distance any more that they lost. */
  readonly #doubtful: number[] = [];
  readonly #waiting = new Map<number, number[]>();
  #changed: number[] = [];
  /** Whether distances that wait may rest on what is gone. */
  #isShaken = false;
  /** Edges looked at so far. */
  #looked = 0;

  /** Over a graph; `seedSuffices`: one seed that verifies somebody is enough. */
  constructor(edges: Edges, { seedSuffices }: { readonly seedSuffices: boolean }) {
    this.#edges = edges;
    this.#seedSuffices = seedSuffices;
  }

  /** Distance from the seeds, or {@linkcode FAR}. */
  distance(node: number): number {
    return this.#distance[node] ?? FAR;
  }

  /** Makes place for identities up to a number. */
  grow(node: number): void {
    const old = this.#distance.length;
    if (node < old) return;
    this.#distance = enlarged(this.#distance, new Uint32Array(room(node)));
    this.#distance.fill(FAR, old);
    this.#support = enlarged(this.#support, new Uint32Array(room(node)));
    this.#isSeed = enlarged(this.#isSeed, new Uint8Array(room(node)));
    this.#barred = enlarged(this.#barred, new Uint8Array(room(node)));
  }

  /** Makes an identity a seed, or no longer. */
  seed(node: number, on: boolean): void {
    if ((this.#isSeed[node] === 1) === on) return;
    this.#isSeed[node] = on ? 1 : 0;
    if (on) this.#doubtful.push(node);
    else this.drop(node);
  }

  /** Keeps an identity out, unless it is a seed; or no longer. */
  bar(node: number, on: boolean): void {
    if ((this.#barred[node] === 1) === on) return;
    this.#barred[node] = on ? 1 : 0;
    if (on) this.drop(node);
    else this.#doubtful.push(node);
  }

  /** An edge counts from now on. */
  gained(issuer: number, subject: number): void {
    const near = this.distance(issuer);
    const far = this.distance(subject);
    if (near >= far) return;
    if (far !== FAR) this.#support[subject]!++;
    if (near + 1 < far) this.#doubtful.push(subject);
  }

  /** An edge counts no longer. */
  lost(issuer: number, subject: number): void {
    this.#isShaken = true;
    this.#lose(this.distance(issuer), subject);
  }

  /** Has an identity fall, but for a seed; it may be reached again by `settle`. */
  drop(node: number): void {
    this.#isShaken = true;
    if (this.#isSeed[node] === 1 || this.distance(node) === FAR) return;
    const before = this.distance(node);
    this.#distance[node] = FAR;
    this.#doubtful.push(node);
    this.#changed.push(node);
    for (let edge = this.#edges.firstOut(node); edge !== 0; edge = this.#edges.nextOut(edge)) {
      this.#looked++;
      if (this.#edges.counts(edge)) this.#lose(before, this.#edges.subjectOf(edge));
    }
  }

  /** Sets the largest distance that counts, and begins anew. */
  limit(farthest: number): void {
    if (farthest === this.#farthest) return;
    this.#farthest = farthest;
    this.#isShaken = true;
    for (let node = 0; node < this.#distance.length; node++) {
      if (this.distance(node) !== FAR) this.#changed.push(node);
      this.#distance[node] = FAR;
      if (this.#isSeed[node] === 1) this.#doubtful.push(node);
    }
  }

  /** Forgets seeds and bars, and so everything. */
  clear(): void {
    this.#distance.fill(FAR);
    this.#isSeed.fill(0);
    this.#barred.fill(0);
    this.#unsupported.length = this.#doubtful.length = 0;
    this.#waiting.clear();
    this.#changed = [];
  }

  /**
   * Brings distances up to date, or, having looked at so many edges, stops and is to be called again;
   * changes may come between. Answers whether all are up to date.
   */
  settle(most = Infinity): boolean {
    const end = this.#looked + most;
    return this.#fall(end) && this.#reconsider(end) && this.#spread(end);
  }

  /** Those whose distance changed since this was called last, perhaps twice. */
  takeChanged(): readonly number[] {
    const changed = this.#changed;
    this.#changed = [];
    return changed;
  }

  /** Whoever has too few supporters falls, and then those who rested on them. */
  #fall(end: number): boolean {
    while (this.#looked < end) {
      const node = this.#unsupported.pop();
      if (node === undefined) return true;
      this.#looked++;
      this.drop(node);
    }
    return false;
  }

  /** Derives anew those of whom it is doubtful, now that all have fallen who must. */
  #reconsider(end: number): boolean {
    if (this.#isShaken) {
      for (const nodes of this.#waiting.values()) {
        for (const node of nodes) this.#doubtful.push(node);
      }
      this.#waiting.clear();
      this.#isShaken = false;
    }
    while (this.#looked < end) {
      const node = this.#doubtful.pop();
      if (node === undefined) return true;
      this.#looked++;
      this.#offer(node, this.#derive(node));
    }
    return false;
  }

  /** Nearest come first; those that come up meanwhile are farther away. */
  #spread(end: number): boolean {
    for (let distance = 0; this.#waiting.size > 0; distance++) {
      const nodes = this.#waiting.get(distance) ?? [];
      while (nodes.length > 0) {
        if (this.#looked >= end) return false;
        this.#looked++;
        this.#reach(nodes.pop()!, distance);
      }
      this.#waiting.delete(distance);
    }
    return true;
  }

  /** Somebody at a distance verifies a subject no longer. */
  #lose(distance: number, subject: number): void {
    if (this.#isSeed[subject] === 1) return;
    const own = this.distance(subject);
    if (own === FAR || distance >= own) return;
    const left = --this.#support[subject]!;
    if (left < (this.#seedSuffices && own === 1 ? 1 : QUORUM)) this.#unsupported.push(subject);
  }

  #offer(node: number, distance: number): void {
    if (distance >= this.distance(node)) return;
    const others = this.#waiting.get(distance);
    if (others === undefined) this.#waiting.set(distance, [node]);
    else others.push(node);
  }

  /** Nearest come first, so that nobody is reached twice. */
  #reach(node: number, distance: number): void {
    const before = this.distance(node);
    if (before <= distance) return;
    const edges = this.#edges;
    this.#distance[node] = distance;
    this.#support[node] = this.#supporters(node);
    this.#changed.push(node);
    for (let edge = edges.firstOut(node); edge !== 0; edge = edges.nextOut(edge)) {
      this.#looked++;
      if (!edges.counts(edge)) continue;
      const subject = edges.subjectOf(edge);
      const own = this.distance(subject);
      if (own !== FAR && before >= own && distance < own) this.#support[subject]!++;
      if (distance + 1 < own) this.#offer(subject, this.#derive(subject));
    }
  }

  #supporters(node: number): number {
    const own = this.distance(node);
    let count = 0;
    for (let edge = this.#edges.firstIn(node); edge !== 0; edge = this.#edges.nextIn(edge)) {
      this.#looked++;
      if (this.#edges.counts(edge) && this.distance(this.#edges.issuerOf(edge)) < own) count++;
    }
    return count;
  }

  /** The distance that the present distances of its verifiers give to somebody who is no seed. */
  #derive(node: number): number {
    if (this.#isSeed[node] === 1) return 0;
    if (this.#barred[node] === 1) return FAR;
    let [first, second, third] = [FAR, FAR, FAR];
    for (let edge = this.#edges.firstIn(node); edge !== 0; edge = this.#edges.nextIn(edge)) {
      this.#looked++;
      if (!this.#edges.counts(edge)) continue;
      const distance = this.distance(this.#edges.issuerOf(edge));
      if (distance < first) [first, second, third] = [distance, first, second];
      else if (distance < second) [second, third] = [distance, second];
      else if (distance < third) third = distance;
    }
    const last = this.#seedSuffices && first === 0 ? 0 : third;
    return last === FAR || last + 1 > this.#farthest ? FAR : last + 1;
  }
}
