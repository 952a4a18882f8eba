/**
 * Where a passphrase comes from: a file named by `--passphrase-file` or `GOSSAMER_PASSPHRASE_FILE`,
 * the system's key store when asked for, systemd's credentials, or the person at the terminal. It
 * lives in bytes, which are wiped after use, and never in a string.
 */
import { UserError } from "../node/user_error.ts";
import type { Context } from "./context.ts";
import { MAX_SECRET_BYTES } from "./terminal_input.ts";
import { readUserFile } from "./user_files.ts";

const CREDENTIAL = "gossamer-passphrase";

/** How to look for a passphrase. */
export interface PassphraseRequest {
  /** Shown at a terminal. Without it nobody is asked. */
  readonly question?: string;
  /** Ask twice, as a typo would lock out whoever made it. */
  readonly twice?: boolean;
  /** For a passphrase that isn't the data folder's: its own file, if any, in place of the usual sources. */
  readonly other?: { readonly file?: string };
}

/**
 * Finds the passphrase and lends it to `use`, then wipes it. `undefined` when there is no source
 * for one, or the person called it off. Throws a `UserError` when a file can't be read or is empty,
 * or when what was typed twice differs.
 */
export async function withPassphrase<T>(
  context: Context,
  request: PassphraseRequest,
  use: (passphrase: Uint8Array) => Promise<T>,
): Promise<T | undefined> {
  const passphrase = await findPassphrase(context, request);
  if (passphrase === undefined) return undefined;
  try {
    return await use(passphrase);
  } finally {
    passphrase.fill(0);
  }
}

/** The same, but the caller wipes it. */
export async function findPassphrase(
  context: Context,
  { question, twice, other }: PassphraseRequest,
): Promise<Uint8Array | undefined> {
  const { deps } = context;
  if (other === undefined && context.passphraseStore) return await fromStore(context);
  const source = other === undefined ? passphraseFile(context) : otherFile(other);
  const found = source === undefined ? undefined : await fromFile(context, source);
  if (found !== undefined) return found;
  if (question === undefined || !deps.stdinIsTerminal || !deps.stderr.isTerminal) return undefined;
  const first = await deps.askPassphrase(question);
  if (first === undefined || first.length === 0) return undefined;
  if (!twice) return first;
  const second = await deps.askPassphrase("The same again: ");
  const same = second !== undefined && equalBytes(first, second);
  second?.fill(0);
  if (same) return first;
  first.fill(0);
  if (second === undefined) return undefined;
  throw new UserError("failed", "The two passphrases differ. Nothing was changed; try again.");
}

/**
 * Fails, before anybody is asked for a passphrase, when there is no identity that it could open.
 * Throws a `UserError` of code `locked`.
 */
export async function needIdentity({ deps, dataDir, network }: Context): Promise<void> {
  if (await deps.anyIdentity({ dataDir, network })) return;
  throw new UserError(
    "locked",
    "There is no identity in this data folder yet. Create one: gossamer identity create",
  );
}

/** What a command fails with that needs a passphrase and has no source for one. */
export function noPassphrase(): UserError {
  return new UserError(
    "locked",
    "No passphrase was given. Name a file that holds it with --passphrase-file FILE, or run this " +
      "at a terminal. Nothing was changed.",
  );
}

interface Source {
  readonly path: string;
  /** A service may have credentials of systemd's, but none for us. */
  readonly mayBeMissing: boolean;
}

function passphraseFile({ deps, passphraseFile }: Context): Source | undefined {
  const named = passphraseFile ?? deps.env("GOSSAMER_PASSPHRASE_FILE");
  if (named) return { path: named, mayBeMissing: false };
  const credentials = deps.env("CREDENTIALS_DIRECTORY");
  return credentials ? { path: `${credentials}/${CREDENTIAL}`, mayBeMissing: true } : undefined;
}

async function fromStore(context: Context): Promise<Uint8Array> {
  // Loaded only when asked for.
  const { passphraseStore } = await import("./passphrase_store.ts");
  const found = await (await passphraseStore(context)).get();
  if (found !== undefined) return found;
  throw new UserError(
    "locked",
    "The system's key store holds no passphrase for this data folder. Nothing was changed. To put it " +
      "there: gossamer unlock --remember",
  );
}

function otherFile({ file }: { readonly file?: string }): Source | undefined {
  return file === undefined ? undefined : { path: file, mayBeMissing: false };
}

async function fromFile(
  { deps }: Context,
  { path, mayBeMissing }: Source,
): Promise<Uint8Array | undefined> {
  let bytes: Uint8Array;
  try {
    // Room for a line break at its end.
    bytes = await readUserFile(deps, { path, maxBytes: MAX_SECRET_BYTES + 2, mayBeMissing });
  } catch (error) {
    if (mayBeMissing && error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const passphrase = bytes.slice(0, lengthWithoutLineBreak(bytes));
  bytes.fill(0);
  if (passphrase.length > 0) return passphrase;
  throw new UserError("locked", `There is no passphrase in ${path}: it's empty.`);
}

function lengthWithoutLineBreak(bytes: Uint8Array): number {
  if (bytes.at(-1) !== 0x0A) return bytes.length;
  return bytes.at(-2) === 0x0D ? bytes.length - 2 : bytes.length - 1;
}

/** Both were typed by the same person just now: time tells nobody anything here. */
function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
