/**
 * The handshake of the encrypted link as a state machine over bytes (docs/PROTOCOL.md section 6):
 * `Noise_NN_25519_ChaChaPoly_SHA256`, or with a network key `Noise_NNpsk0_25519_ChaChaPoly_SHA256`.
 *
 * ```
 * message 1, initiator   (psk)  e: 32    payload     tag: 16 only with a network key
 * message 2, responder          e: 32    payload, tag: 16
 * ```
 * Payloads are empty in this protocol. Neither side has a lasting key: a node key would be one more
 * thing to tie connections together by. The price is that an active man in the middle is not
 * noticed, unless there is a network key.
 */
import { x25519 } from "@noble/curves/ed25519.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { malformed } from "./errors.ts";
import {
  type Aead,
  type CipherState,
  PORTABLE_AEAD,
  SymmetricState,
  TAG_BYTES,
} from "./noise_symmetric.ts";

/** Bytes in an ephemeral key, secret or public, and in a network key. */
export const NOISE_KEY_BYTES = 32;
/** Bytes in any Noise message, by Noise itself. */
const MAX_NOISE_BYTES = 65_535;

const EMPTY = new Uint8Array(0);

/** Who dialled and who was dialled. */
export type NoiseRole = "initiator" | "responder";

/** What a handshake starts from. */
export interface HandshakeOptions {
  /** Which side this is. */
  readonly role: NoiseRole;
  /** Both sides must have the same; the label "noise" of the network. */
  readonly prologue: Uint8Array;
  /** 32 fresh random bytes, used by no other handshake. The machine wipes them. */
  readonly ephemeralSecret: Uint8Array;
  /** The network's key, 32 bytes, or none. */
  readonly psk?: Uint8Array | undefined;
  /** Encrypts the link that comes of it; portable code unless given. */
  readonly aead?: Aead;
}

/** The two directions of a link, and the hash of the handshake that made it. */
export interface NoiseLink {
  /** Encrypts what this side sends. */
  readonly sending: CipherState;
  /** Decrypts what the other side sends. */
  readonly receiving: CipherState;
  /** The same on both sides, and on no other link. */
  readonly handshakeHash: Uint8Array;
}

/** Length in bytes of the first or second handshake message with an empty payload. */
export function handshakeLength(message: 1 | 2, { psk }: { readonly psk: boolean }): number {
  return NOISE_KEY_BYTES + (message === 2 || psk ? TAG_BYTES : 0);
}

/** One side of a handshake: `write` and `read` once each, the initiator writing first, then `split`. */
export class NoiseHandshake {
  readonly #role: NoiseRole;
  readonly #symmetric: SymmetricState;
  readonly #secret: Uint8Array;
  readonly #psk: Uint8Array | undefined;
  readonly #aead: Aead;
  #remote: Uint8Array = EMPTY;
  #step: 0 | 1 | 2 | 3 = 0;

  /** Throws a `RangeError` for a key of another length than 32. */
  constructor(options: HandshakeOptions) {
    const { role, prologue, ephemeralSecret, psk } = options;
    for (const key of psk === undefined ? [ephemeralSecret] : [ephemeralSecret, psk]) {
      if (key.length !== NOISE_KEY_BYTES) throw new RangeError("A Noise key has 32 bytes");
    }
    const pattern = psk === undefined ? "NN" : "NNpsk0";
    this.#role = role;
    this.#secret = ephemeralSecret;
    this.#psk = psk;
    this.#aead = options.aead ?? PORTABLE_AEAD;
    this.#symmetric = new SymmetricState(utf8ToBytes(`Noise_${pattern}_25519_ChaChaPoly_SHA256`));
    this.#symmetric.mixHash(prologue);
  }

  /**
   * The next message to send. Throws a `WireError` when the other side's key makes a shared secret
   * of zeros; then the handshake is over. Throws an `Error` out of turn, and a `RangeError` for more
   * than 65,535 bytes.
   */
  write(payload: Uint8Array = EMPTY): Uint8Array {
    if (this.#turn() !== this.#role) throw new Error("It is the other side's turn");
    return this.#take(() => this.#writeMessage(payload));
  }

  /**
   * Takes the other side's message; answers its payload. Throws a `WireError` for one that is too
   * short, too long, not authentic (another network, network key or protocol), or whose key makes
   * a shared secret of zeros; then the handshake is over. Throws an `Error` out of turn.
   */
  read(message: Uint8Array): Uint8Array {
    if (this.#turn() === this.#role) throw new Error("It is this side's turn");
    return this.#take(() => this.#readMessage(message));
  }

  /** Ends the handshake after the second message. Throws an `Error` before that, and when repeated. */
  split(): NoiseLink {
    if (this.#step !== 2) throw new Error("The handshake is not at its end");
    const handshakeHash = this.#symmetric.hash;
    const [fromInitiator, fromResponder] = this.#symmetric.split({ aead: this.#aead });
    this.wipe();
    return this.#role === "initiator"
      ? { sending: fromInitiator, receiving: fromResponder, handshakeHash }
      : { sending: fromResponder, receiving: fromInitiator, handshakeHash };
  }

  /** Gives the handshake up and overwrites its secrets, but not the network key, which is the caller's. */
  wipe(): void {
    this.#secret.fill(0);
    this.#symmetric.wipe();
    this.#step = 3;
  }

  #take(step: () => Uint8Array): Uint8Array {
    try {
      const result = step();
      this.#step = this.#step === 0 ? 1 : 2;
      return result;
    } catch (error) {
      this.wipe();
      throw error;
    }
  }

  #writeMessage(payload: Uint8Array): Uint8Array {
    const first = this.#step === 0;
    const ephemeral = x25519.getPublicKey(this.#secret);
    if (first) this.#mixPsk();
    this.#mixEphemeral(ephemeral);
    if (!first) this.#mixDh();
    const message = concatBytes(ephemeral, this.#symmetric.encryptAndHash(payload));
    if (message.length > MAX_NOISE_BYTES) throw new RangeError("Payload too long for Noise");
    return message;
  }

  #readMessage(message: Uint8Array): Uint8Array {
    if (message.length < NOISE_KEY_BYTES || message.length > MAX_NOISE_BYTES) {
      throw malformed("Handshake message of a wrong length");
    }
    const first = this.#step === 0;
    this.#remote = message.slice(0, NOISE_KEY_BYTES);
    if (first) this.#mixPsk();
    this.#mixEphemeral(this.#remote);
    if (!first) this.#mixDh();
    return this.#symmetric.decryptAndHash(message.subarray(NOISE_KEY_BYTES));
  }

  #turn(): NoiseRole {
    if (this.#step > 1) throw new Error("The handshake is over");
    return this.#step === 0 ? "initiator" : "responder";
  }

  #mixPsk(): void {
    if (this.#psk !== undefined) this.#symmetric.mixKeyAndHash(this.#psk);
  }

  /** With a network key the ephemeral keys go into the keys too, so that no nonce repeats under one. */
  #mixEphemeral(publicKey: Uint8Array): void {
    this.#symmetric.mixHash(publicKey);
    if (this.#psk !== undefined) this.#symmetric.mixKey(publicKey);
  }

  #mixDh(): void {
    let shared;
    try {
      shared = x25519.getSharedSecret(this.#secret, this.#remote);
    } catch {
      // The library throws for points of low order, which the peer chose: a verdict, not a bug.
      throw malformed("Ephemeral key of low order");
    }
    this.#symmetric.mixKey(shared);
    shared.fill(0);
  }
}
