/**
 * Unlocks a running node by the passphrase itself, for its web page (docs/decisions/0032). The node
 * can't read files any more, so it keeps the `keys` file as it was at its start: bytes that are as
 * random-looking in memory as on the disk. Whoever changes the file hands over the new one.
 */
import {
  argon2idBlocking,
  decodeKeyFileHeader,
  encodeKeyBundle,
  type Kdf,
  openKeyring,
  passphraseFrom,
  WrongPassphraseError,
} from "../keystore/mod.ts";
import type { Labels } from "../wire/labels.ts";
import { AttemptDelay } from "./attempt_delay.ts";
import { withUserErrors } from "./failures.ts";
import { UserError } from "./user_error.ts";
import type { PageUnlock } from "./web_port.ts";

/** What it works with. */
export interface PassphraseUnlockOptions {
  /** The `keys` file as it is on the disk. */
  readonly file: Uint8Array;
  /** Labels of the network. */
  readonly labels: Labels;
  /** A clock that can't be set back, in milliseconds. */
  readonly steady: () => number;
  /** Argon2id in this thread when left out. */
  readonly kdf?: Kdf;
}

/** The node that takes the keys. */
export interface KeyTaker {
  /** Takes a key bundle, as `POST /v1/unlock` does; answers the identities. */
  unlock(bundle: Uint8Array): Promise<readonly string[]>;
  /** The one method that is called. */
  call(method: "lock", params: Record<never, never>): Promise<unknown>;
  /** How often it took keys. */
  readonly unlocks: number;
}

/** Opens the `keys` file that a node keeps; one attempt at a time, each wrong one dearer. */
export class PassphraseUnlock {
  readonly #options: PassphraseUnlockOptions;
  readonly #delay = new AttemptDelay();
  #file: Uint8Array;
  #busy = false;

  /** Begins with the file as it was read at the node's start. */
  constructor(options: PassphraseUnlockOptions) {
    this.#options = options;
    this.#file = options.file;
  }

  /** Takes the file as it is now. Throws a `UserError` for what isn't one; the old one stays then. */
  async take(file: Uint8Array): Promise<void> {
    await withUserErrors(() => Promise.resolve(decodeKeyFileHeader(file)));
    this.#file = file;
  }

  /**
   * Opens the keys and has the node take them. The passphrase is wiped, whatever comes of it. Blocks this
   * thread for about a second. Throws a `UserError`: `locked` for a wrong passphrase and where there is
   * no identity, `refused` for an attempt too early or beside another.
   */
  async unlock(passphrase: Uint8Array, node: KeyTaker): Promise<PageUnlock> {
    try {
      this.#mayTry();
      this.#busy = true;
      try {
        return await withUserErrors(() => this.#open(passphrase, node));
      } finally {
        this.#busy = false;
      }
    } finally {
      passphrase.fill(0);
    }
  }

  #mayTry(): void {
    if (this.#busy) {
      throw new UserError(
        "refused",
        "Another attempt at the passphrase is under way. Nothing was changed; wait for its answer.",
      );
    }
    const seconds = Math.ceil(this.#delay.wait(this.#options.steady()) / 1_000);
    if (seconds === 0) return;
    throw new UserError(
      "refused",
      `After a wrong passphrase the next attempt has to wait, longer each time: try again in ${seconds} ` +
        `${
          seconds === 1 ? "second" : "seconds"
        }. This one was not looked at, and nothing was changed. ` +
        "At a terminal there is no wait: gossamer unlock",
    );
  }

  async #open(passphrase: Uint8Array, node: KeyTaker): Promise<PageUnlock> {
    const { labels, steady, kdf = argon2idBlocking } = this.#options;
    using secret = passphraseFrom(passphrase);
    let bundle: Uint8Array;
    try {
      using keyring = await openKeyring(this.#file, { labels, passphrase: secret, kdf });
      bundle = encodeKeyBundle(keyring);
    } catch (error) {
      if (error instanceof WrongPassphraseError) this.#delay.failed(steady());
      throw error;
    }
    this.#delay.succeeded();
    const identities = await node.unlock(bundle).finally(() => bundle.fill(0));
    const mine = node.unlocks;
    return {
      identities,
      lockAgain: async () => {
        if (node.unlocks === mine) await node.call("lock", {});
      },
    };
  }
}
