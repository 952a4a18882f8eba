/**
 * Who verifies whom, in columns: about 40 bytes a pair. Identities are small whole numbers here. Of
 * a pair only its newest word is kept, so that the order of feeding makes no difference.
 */
import { PairTable } from "./pair_table.ts";

/** Pairs of issuer and subject of which a word is kept; further pairs are left out. */
export const MAX_PAIRS = 2_097_152;

/**
 * Pairs, and identities, beyond the caps that only the reader's own words may take: strangers who fill
 * the graph must not keep the reader from verifying.
 */
export const OWN_RESERVE = 8_192;

/** What a statement about a pair says. */
export interface Word {
  /** When, in seconds. */
  readonly issued: number;
  /** Whether it verifies; else it withdraws. */
  readonly verifies: boolean;
  /** Whether the reader says it: it finds room in {@linkcode OWN_RESERVE} when all else is full. */
  readonly isOwn: boolean;
}

/** What a word, or its not counting any more, did to the graph. */
export type EdgeChange = "gained" | "lost" | "same";

const FIRST_CAPACITY = 1_024;

/** The graph of verifications. Edges are numbers from 1; 0 is none. */
export class Edges {
  readonly #pairs: PairTable;
  readonly #maxPairs: number;
  #issuer = new Uint32Array(FIRST_CAPACITY);
  #subject = new Uint32Array(FIRST_CAPACITY);
  #issued = new Float64Array(FIRST_CAPACITY);
  #counts = new Uint8Array(FIRST_CAPACITY);
  #nextOut = new Uint32Array(FIRST_CAPACITY);
  #nextIn = new Uint32Array(FIRST_CAPACITY);
  #firstOut = new Uint32Array(FIRST_CAPACITY);
  #firstIn = new Uint32Array(FIRST_CAPACITY);
  #revoked = new Uint8Array(FIRST_CAPACITY);

  /** Empty. The salt keeps strangers from choosing pairs that collide. */
  constructor({ salt, maxPairs = MAX_PAIRS }: { salt: number; maxPairs?: number }) {
    this.#maxPairs = maxPairs;
    this.#pairs = new PairTable({
      salt,
      issuerOf: (edge) => this.#issuer[edge]!,
      subjectOf: (edge) => this.#subject[edge]!,
    });
  }

  /** Pairs that are kept. */
  get size(): number {
    return this.#pairs.size;
  }

  /** Makes place for identities up to a number. */
  grow(node: number): void {
    if (node < this.#firstOut.length) return;
    this.#firstOut = enlarged(this.#firstOut, new Uint32Array(room(node)));
    this.#firstIn = enlarged(this.#firstIn, new Uint32Array(room(node)));
    this.#revoked = enlarged(this.#revoked, new Uint8Array(room(node)));
  }

  /** Takes what one says of another. The newest counts; of two at the same time the withdrawal. */
  set(pair: { readonly issuer: number; readonly subject: number }, word: Word): EdgeChange {
    const { issuer, subject } = pair;
    // Void for good, whatever it says.
    if (this.isRevoked(issuer) || this.isRevoked(subject)) return "same";
    const edge = this.#pairs.find(issuer, subject);
    if (edge === 0) return this.#add(pair, word);
    const before = this.#issued[edge]!;
    if (word.issued < before || (word.issued === before && word.verifies)) return "same";
    this.#issued[edge] = word.issued;
    const counted = this.counts(edge);
    if (counted === word.verifies) return "same";
    this.#counts[edge] = word.verifies ? 1 : 0;
    return word.verifies ? "gained" : "lost";
  }

  /** Forgets a verification of a time, unless a later word replaced it. Answers whether it counted. */
  unset(
    { issuer, subject }: { readonly issuer: number; readonly subject: number },
    issued: number,
  ): boolean {
    const edge = this.#pairs.find(issuer, subject);
    if (edge === 0 || !this.counts(edge) || this.#issued[edge] !== issued) return false;
    this.#issued[edge] = -1;
    this.#counts[edge] = 0;
    return true;
  }

  /** Voids all by and of an identity, for good. Answers those whom it verified until now. */
  revoke(node: number): number[] {
    this.#revoked[node] = 1;
    const lost: number[] = [];
    for (let edge = this.firstOut(node); edge !== 0; edge = this.nextOut(edge)) {
      if (this.counts(edge)) lost.push(this.subjectOf(edge));
      this.#counts[edge] = 0;
    }
    for (let edge = this.firstIn(node); edge !== 0; edge = this.nextIn(edge)) {
      this.#counts[edge] = 0;
    }
    return lost;
  }

  /** Whether an identity was revoked. */
  isRevoked(node: number): boolean {
    return this.#revoked[node] === 1;
  }

  /** Whether an edge is a verification that counts now. */
  counts(edge: number): boolean {
    return this.#counts[edge] === 1;
  }

  /** Who speaks. */
  issuerOf(edge: number): number {
    return this.#issuer[edge]!;
  }

  /** Of whom. */
  subjectOf(edge: number): number {
    return this.#subject[edge]!;
  }

  /** One of the edges by an identity, or 0. */
  firstOut(node: number): number {
    return this.#firstOut[node]!;
  }

  /** Another by the same, or 0. */
  nextOut(edge: number): number {
    return this.#nextOut[edge]!;
  }

  /** One of the edges about an identity, or 0. */
  firstIn(node: number): number {
    return this.#firstIn[node]!;
  }

  /** Another about the same, or 0. */
  nextIn(edge: number): number {
    return this.#nextIn[edge]!;
  }

  #add({ issuer, subject }: { issuer: number; subject: number }, word: Word): EdgeChange {
    if (this.size >= this.#maxPairs + (word.isOwn ? OWN_RESERVE : 0)) return "same";
    const edge = this.size + 1;
    if (edge >= this.#issuer.length) this.#enlarge();
    this.#issuer[edge] = issuer;
    this.#subject[edge] = subject;
    this.#issued[edge] = word.issued;
    this.#counts[edge] = word.verifies ? 1 : 0;
    this.#nextOut[edge] = this.#firstOut[issuer]!;
    this.#firstOut[issuer] = edge;
    this.#nextIn[edge] = this.#firstIn[subject]!;
    this.#firstIn[subject] = edge;
    this.#pairs.add(edge);
    return word.verifies ? "gained" : "same";
  }

  #enlarge(): void {
    const capacity = this.#issuer.length * 2;
    this.#issuer = enlarged(this.#issuer, new Uint32Array(capacity));
    this.#subject = enlarged(this.#subject, new Uint32Array(capacity));
    this.#issued = enlarged(this.#issued, new Float64Array(capacity));
    this.#counts = enlarged(this.#counts, new Uint8Array(capacity));
    this.#nextOut = enlarged(this.#nextOut, new Uint32Array(capacity));
    this.#nextIn = enlarged(this.#nextIn, new Uint32Array(capacity));
  }
}

/** Places for identities up to a number, and as many again. */
export function room(node: number): number {
  return 2 * Math.max(node + 1, FIRST_CAPACITY);
}

/** The old column's contents in the new one. */
export function enlarged<A extends { set(from: A): void }>(old: A, larger: A): A {
  larger.set(old);
  return larger;
}
