/** What exports and new identities have in common: files never overwritten, words shown once. */
import { KeystoreError, type Secret } from "../keystore/mod.ts";
import { StoreError } from "../store/mod.ts";
import { UserError } from "./user_error.ts";

/** A generated passphrase as a person reads it: the one string of it, which nothing can wipe. */
export function shown(passphrase: Secret): string {
  return passphrase.use((bytes) => new TextDecoder().decode(bytes));
}

/** The failure to write a file whose name is taken. */
export function thereAlready(file: string): UserError {
  return new UserError(
    "failed",
    `${file} is there already, and nothing is ever overwritten. Nothing was changed; give another ` +
      "name.",
  );
}

function isOwn(error: Error): boolean {
  return error instanceof KeystoreError || error instanceof StoreError ||
    error instanceof UserError;
}

/** Runs what touches a file that the user named; the system's refusal is told as one of that file. */
export async function onFile<T>(doing: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || isOwn(error)) {
      throw error;
    }
    throw new UserError("failed", `Can't ${doing}: ${error.message}. Nothing was changed.`);
  }
}
