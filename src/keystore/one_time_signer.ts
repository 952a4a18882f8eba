/**
 * One-time keys, which sign messages whose author must not be told by the key (docs/PROTOCOL.md
 * section 3, types 1 and 4). Whoever wants to take such a message back later keeps the secret, sealed.
 */
import { publicKeyOf, SEED_BYTES } from "./ed25519.ts";
import { SeedSigner } from "./keyring.ts";
import { Secret } from "./secret.ts";

/** Signs with a key of its own that no identity is tied to; wiped by whoever made it. */
export class OneTimeSigner extends SeedSigner {
  readonly #seed: Secret;

  /** Takes over the seed's secret. Throws a `RangeError` unless it has 32 bytes. */
  constructor(seed: Secret) {
    super(seed.use(publicKeyOf), seed);
    this.#seed = seed;
  }

  /** Lends the 32-byte secret to be sealed; as `Secret.use`. */
  useSecret<T>(f: (seed: Uint8Array) => T): T {
    return this.#seed.use(f);
  }

  /** Wipes the secret; signing throws from then on. */
  wipe(): void {
    this.#seed.wipe();
  }

  /** Wipes at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.wipe();
  }
}

/** A signer over a new random key; `random` gives so many bytes, which are wiped. */
export function oneTimeSigner(random: (length: number) => Uint8Array): OneTimeSigner {
  return new OneTimeSigner(Secret.take(random(SEED_BYTES)));
}

/** The signer of a secret that was kept; the bytes are wiped. Throws a `RangeError` unless there are 32. */
export function keptOneTimeSigner(seed: Uint8Array): OneTimeSigner {
  return new OneTimeSigner(Secret.take(seed));
}
