/**
 * Opens what a passphrase opens in a running node, for its web page (docs/decisions/0032). The node
 * can't read files any more, so it keeps the `keys` file as it was at its start: bytes that are as
 * random-looking in memory as on the disk. Whoever changes the file hands over the new one.
 */
import {
  argon2idBlocking,
  decodeKeyFileHeader,
  encodeKeyBundle,
  type Kdf,
  KeyFileError,
  openKeyring,
  openRecoverySheet,
  passphraseFrom,
  type Secret,
  WrongArchivePassphraseError,
  WrongPassphraseError,
} from "../keystore/mod.ts";
import { formatIdentity } from "../wire/ids.ts";
import type { Labels } from "../wire/labels.ts";
import { encode } from "../wire/msgpack.ts";
import { statementValue } from "../wire/statement.ts";
import { AttemptDelay } from "./attempt_delay.ts";
import { encodeBase64 } from "./base64.ts";
import { withUserErrors } from "./failures.ts";
import { UserError } from "./user_error.ts";
import type { PageUnlock, SheetView } from "./web_port.ts";

/** What counts as a guess. */
const WRONG = [WrongPassphraseError, WrongArchivePassphraseError];

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
  /** Of its own: whoever opens a sheet that they made themselves has guessed nothing. */
  readonly #sheetDelay = new AttemptDelay();
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
  unlock(passphrase: Uint8Array, node: KeyTaker): Promise<PageUnlock> {
    return this.#attempt(
      { words: passphrase, delay: this.#delay },
      (secret) => this.#open(secret, node),
    );
  }

  /**
   * Opens a recovery sheet's text for its revocation; the successor in it is wiped. The words are wiped,
   * whatever comes of it. Blocks this thread for some seconds. Throws as `unlock` does.
   */
  openSheet(sheet: Uint8Array, words: Uint8Array): Promise<SheetView> {
    return this.#attempt({ words, delay: this.#sheetDelay }, async (passphrase) => {
      const { labels, kdf = argon2idBlocking } = this.#options;
      const text = new TextDecoder().decode(sheet);
      const opened = await openRecoverySheet(text, { labels, passphrase, kdf }).catch(asSheet);
      opened.successor.wipe();
      return {
        id: formatIdentity(opened.identity),
        successor: formatIdentity(opened.revocation.subject),
        statement: encodeBase64(encode(statementValue(opened.revocation))),
      };
    });
  }

  async #attempt<T>(
    { words, delay }: { readonly words: Uint8Array; readonly delay: AttemptDelay },
    open: (secret: Secret) => Promise<T>,
  ): Promise<T> {
    try {
      this.#mayTry(delay);
    } catch (error) {
      words.fill(0);
      throw error;
    }
    this.#busy = true;
    try {
      return await withUserErrors(async () => {
        using secret = passphraseFrom(words);
        const opened = await open(secret).catch((error) => {
          if (WRONG.some((kind) => error instanceof kind)) delay.failed(this.#options.steady());
          throw error;
        });
        delay.succeeded();
        return opened;
      });
    } finally {
      this.#busy = false;
    }
  }

  #mayTry(delay: AttemptDelay): void {
    if (this.#busy) {
      throw new UserError(
        "refused",
        "Another attempt at the passphrase is under way. Nothing was changed; wait for its answer.",
      );
    }
    const seconds = Math.ceil(delay.wait(this.#options.steady()) / 1_000);
    if (seconds === 0) return;
    throw new UserError(
      "refused",
      `After a wrong passphrase the next attempt has to wait, longer each time: try again in ${seconds} ` +
        `${
          seconds === 1 ? "second" : "seconds"
        }. This one was not looked at, and nothing was changed. ` +
        "At a terminal there is no wait.",
    );
  }

  async #open(passphrase: Secret, node: KeyTaker): Promise<PageUnlock> {
    const { labels, kdf = argon2idBlocking } = this.#options;
    using keyring = await openKeyring(this.#file, { labels, passphrase, kdf });
    const bundle = encodeKeyBundle(keyring);
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

/** What is wrong with a sheet must not sound as if it were the folder's own file of keys. */
function asSheet(error: unknown): never {
  if (!(error instanceof KeyFileError)) throw error;
  throw new UserError("failed", `${error.message}. Nothing was changed.`);
}
