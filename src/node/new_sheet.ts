/** The recovery sheet of an identity that is coming to be: written before the identity is. */
import { utf8ToBytes } from "@noble/hashes/utils.js";
import {
  generatePassphrase,
  makeRecovery,
  recoveryFileName,
  Secret,
  type Signer,
  writeCarried,
} from "../keystore/mod.ts";
import type { Labels } from "../wire/labels.ts";
import type { UnixSeconds } from "../wire/time.ts";
import { exists } from "./exists.ts";
import { pause } from "./pause.ts";
import { onFile, shown, thereAlready } from "./shown_once.ts";

/** Where a recovery sheet goes: a new file, or one named after the identity; null for none. */
export type SheetWish = { readonly file?: string } | null;

/** A recovery sheet and the passphrase made for it, to be shown once. */
export interface SheetMade {
  /** Its file. */
  readonly file: string;
  /** Seven words. */
  readonly passphrase: string;
}

/** Writes one sheet, and takes it back if its identity doesn't come to be. */
export class NewSheet {
  readonly #wish: SheetWish;
  readonly #words: Secret;
  #file: string | undefined;

  private constructor(wish: SheetWish, words: Secret) {
    this.#wish = wish;
    this.#words = words;
  }

  /** Draws the words. Throws a `UserError` if the file that is wished is there already. */
  static async prepare(wish: SheetWish): Promise<NewSheet> {
    const { file } = wish ?? {};
    if (file !== undefined && await onFile(writing(file), () => exists(file))) {
      throw thereAlready(file);
    }
    return new NewSheet(wish, wish === null ? new Secret(0) : await generatePassphrase());
  }

  /**
   * Makes the newcomer's successor, writes the sheet that holds it, and answers the heir for its
   * profiles; `undefined` if none is wished. Throws a `UserError` when the file can't be made.
   */
  async write(
    newcomer: Signer,
    { labels, now }: { readonly labels: Labels; readonly now: UnixSeconds },
  ): Promise<Uint8Array | undefined> {
    if (this.#wish === null) return undefined;
    const path = this.#wish.file ?? recoveryFileName(newcomer.key);
    if (await onFile(writing(path), () => exists(path))) throw thereAlready(path);
    const made = await makeRecovery(newcomer, { labels, passphrase: this.#words, now, pause });
    const sheet = utf8ToBytes(made.sheet);
    const isNew = await onFile(writing(path), () => writeCarried(path, sheet));
    if (!isNew) throw thereAlready(path);
    this.#file = path;
    return made.heir;
  }

  /** What there is to show of it. */
  made(): SheetMade | null {
    return this.#file === undefined ? null : { file: this.#file, passphrase: shown(this.#words) };
  }

  /** Deletes the file: a sheet for an identity that isn't to be would only confuse. */
  async discard(): Promise<void> {
    if (this.#file !== undefined) await Deno.remove(this.#file).catch(() => {});
    this.#file = undefined;
  }

  /** Wipes the words. */
  [Symbol.dispose](): void {
    this.#words.wipe();
  }
}

function writing(path: string): string {
  return `write the recovery sheet to ${path} (--recovery FILE names another place)`;
}
