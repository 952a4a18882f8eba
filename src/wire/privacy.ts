/**
 * Public and private data kept apart by the type checker (seed, "Public and Private Information";
 * docs/PRIVACY.md). What may leave the node travels as {@linkcode Public}; what may not is locked
 * in a {@linkcode Private} box, which is not assignable to anything that a socket or the public
 * store takes.
 */

declare const publicMark: unique symbol;

/** A value that anybody may know. Only the codecs of public formats make one, by {@linkcode asPublic}. */
export type Public<T> = T & { readonly [publicMark]: true };

/**
 * Declares a value public. Every caller is a place where data may leave the node: the architecture
 * test lists them, so a new one has to be looked at.
 */
export function asPublic<T>(value: T): Public<T> {
  return value as Public<T>;
}

/**
 * A value that must never leave the node, nor be stored unsealed. It shows nothing of itself when
 * printed or serialized; whoever needs it says so with {@linkcode Private.reveal}.
 */
export class Private<T> {
  readonly #value: T;

  /** Locks a value in. */
  constructor(value: T) {
    this.#value = value;
  }

  /** The value itself, for code that shows it to its owner or seals it. */
  reveal(): T {
    return this.#value;
  }

  /** Derives one private value from another. */
  map<U>(f: (value: T) => U): Private<U> {
    return new Private(f(this.#value));
  }

  /** Never the value. */
  toString(): string {
    return "[private]";
  }

  /** Never the value. */
  toJSON(): string {
    return "[private]";
  }

  /** Never the value, in `Deno.inspect` either. */
  [Symbol.for("Deno.customInspect")](): string {
    return "[private]";
  }

  /** Never the value, in `node:util` either. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[private]";
  }
}
