/**
 * Secret bytes in memory (docs/PROTOCOL.md section 11): wiped when done with, never in a string,
 * and showing nothing of themselves in whatever way they are printed. Native code and the garbage
 * collector may have copied them; this is the best that a program here can do.
 */

/** Where secret bytes live. The seam for locked, undumpable memory; the heap is the plain way. */
export interface SecretAllocator {
  /** Gives `length` zero bytes. */
  allocate(length: number): Uint8Array;
  /** Takes back what `allocate` gave; the bytes were wiped before. */
  release(bytes: Uint8Array): void;
}

/** What {@linkcode PROCESS_MEMORY} stands for once a process has better memory. */
let better: SecretAllocator | undefined;

/**
 * Where secrets go unless told otherwise: the heap, or what {@linkcode keepSecretsIn} named. Bytes
 * that were lent before that are taken back all the same.
 */
export const PROCESS_MEMORY: SecretAllocator = {
  allocate: (length) => better?.allocate(length) ?? new Uint8Array(length),
  release: (bytes) => better?.release(bytes),
};

/** Has all later secrets of this process kept in better memory, such as locked pages. */
export function keepSecretsIn(allocator: SecretAllocator): void {
  better = allocator;
}

/** Something that shows nothing of itself when printed or serialized. */
export abstract class Redacted {
  /** Never the content. */
  toString(): string {
    return "[secret]";
  }

  /** Never the content. */
  toJSON(): string {
    return "[secret]";
  }

  /** Never the content, in `Deno.inspect` either. */
  [Symbol.for("Deno.customInspect")](): string {
    return "[secret]";
  }

  /** Never the content, in `node:util` either. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[secret]";
  }
}

/** Secret bytes of a fixed length, lent out by {@linkcode Secret.use} and wiped by their owner. */
export class Secret extends Redacted {
  /** Bytes in it; stays after wiping. */
  readonly length: number;
  readonly #allocator: SecretAllocator;
  #bytes: Uint8Array | undefined;

  /** Makes a secret of `length` zero bytes, to be filled through {@linkcode Secret.use}. */
  constructor(length: number, allocator: SecretAllocator = PROCESS_MEMORY) {
    super();
    this.length = length;
    this.#allocator = allocator;
    this.#bytes = allocator.allocate(length);
  }

  /** Moves bytes into a secret: copies them and wipes the source. */
  static take(source: Uint8Array, allocator: SecretAllocator = PROCESS_MEMORY): Secret {
    const secret = new Secret(source.length, allocator);
    secret.use((bytes) => bytes.set(source));
    source.fill(0);
    return secret;
  }

  /** Whether it was wiped. */
  get wiped(): boolean {
    return this.#bytes === undefined;
  }

  /**
   * Lends the bytes themselves, no copy: for as long as `f` runs, or until the promise it returns
   * is settled. `f` keeps nothing of them. Throws when the secret was wiped.
   */
  use<T>(f: (bytes: Uint8Array) => T): T {
    if (this.#bytes === undefined) throw new Error("The secret was wiped");
    return f(this.#bytes);
  }

  /** A second secret with the same bytes, for another owner. Throws when it was wiped. */
  copy(): Secret {
    const twin = new Secret(this.length, this.#allocator);
    this.use((from) => twin.use((to) => to.set(from)));
    return twin;
  }

  /** Overwrites the bytes with zeros and gives them back. More than once does no harm. */
  wipe(): void {
    const bytes = this.#bytes;
    if (bytes === undefined) return;
    this.#bytes = undefined;
    bytes.fill(0);
    this.#allocator.release(bytes);
  }

  /** Wipes at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.wipe();
  }
}
