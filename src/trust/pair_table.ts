/** Finds edges by their two ends: a hash table with open addressing, 8 to 16 bytes a pair. */

/** What the table is made with. */
export interface PairTableOptions {
  /** 32 bits that strangers don't know, or they could choose pairs that collide. */
  readonly salt: number;
  /** First end of an edge. */
  readonly issuerOf: (edge: number) => number;
  /** Its second end. */
  readonly subjectOf: (edge: number) => number;
}

/** Edges by issuer and subject. Edges are numbers from 1. */
export class PairTable {
  readonly #options: PairTableOptions;
  #slots = new Uint32Array(4_096);
  #size = 0;

  /** Empty. */
  constructor(options: PairTableOptions) {
    this.#options = options;
  }

  /** Edges in it. */
  get size(): number {
    return this.#size;
  }

  /** The edge between two, or 0. */
  find(issuer: number, subject: number): number {
    const { issuerOf, subjectOf } = this.#options;
    const mask = this.#slots.length - 1;
    for (let at = this.#hash(issuer, subject) & mask;; at = (at + 1) & mask) {
      const edge = this.#slots[at]!;
      if (edge === 0 || (issuerOf(edge) === issuer && subjectOf(edge) === subject)) return edge;
    }
  }

  /** Adds an edge that isn't there; its ends can be asked for already. */
  add(edge: number): void {
    if (++this.#size * 2 > this.#slots.length) this.#enlarge();
    this.#place(edge);
  }

  #place(edge: number): void {
    const { issuerOf, subjectOf } = this.#options;
    const mask = this.#slots.length - 1;
    let at = this.#hash(issuerOf(edge), subjectOf(edge)) & mask;
    while (this.#slots[at] !== 0) at = (at + 1) & mask;
    this.#slots[at] = edge;
  }

  #enlarge(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (const edge of old) if (edge !== 0) this.#place(edge);
  }

  /** The finalizer of MurmurHash3 over both ends. */
  #hash(issuer: number, subject: number): number {
    let h = Math.imul(issuer ^ this.#options.salt, 0x9e3779b1);
    h = Math.imul(h ^ (h >>> 15) ^ subject, 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  }
}
