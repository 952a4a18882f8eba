/** Turns what disk, keys and sockets report into words and an exit code for the user. */
import { KeystoreError, type KeystoreErrorCode } from "../keystore/mod.ts";
import { StoreError, type StoreErrorCode } from "../store/mod.ts";
import { type FailureCode, UserError } from "./user_error.ts";

const STORE_FAILURES: Readonly<Record<StoreErrorCode, FailureCode>> = {
  full: "failed",
  taken: "failed",
  unreadable: "failed",
  damaged: "failed",
  newer: "failed",
  "other-network": "usage",
  "wrong-key": "locked",
  locked: "locked",
  closed: "failed",
};

const KEY_FAILURES: Readonly<Record<KeystoreErrorCode, FailureCode>> = {
  "wrong-passphrase": "locked",
  "no-identity": "locked",
  damaged: "failed",
  unsupported: "failed",
  "too-many": "refused",
  "bad-passphrase": "refused",
  "bad-name": "refused",
  "identity-here": "failed",
  "wrong-archive-passphrase": "locked",
  "no-memory": "failed",
};

/** What to do next, where the error itself doesn't say. */
const ADVICE: Partial<Readonly<Record<KeystoreErrorCode, string>>> = {
  "wrong-passphrase": "Nothing was changed. Try again with the right passphrase.",
  "no-identity": "Create one: gossamer identity create",
  "too-many": "Nothing was changed.",
  "bad-passphrase": "Nothing was changed.",
  "bad-name": "Nothing was changed.",
  "identity-here": "Nothing was changed.",
  damaged: "Nothing was changed; messages and follows are unharmed. Put back a copy of the file " +
    "`keys`: without one, the identities in it are lost",
  unsupported: "Nothing was changed. Use the version of this program that wrote it",
  "wrong-archive-passphrase":
    "Nothing was changed; the file is as it was. Try again with the passphrase that it was made with.",
};

/** The same for the store. */
const STORE_ADVICE: Partial<Readonly<Record<StoreErrorCode, string>>> = {
  full: "Make room on it and try again",
  unreadable: "Nothing was changed. See that the disk has room and works, and that the folder is " +
    "yours to write to; then try again",
  "wrong-key": "Put back the private.kv that belongs to these keys",
};

/** The user's view of a failure; anything unknown is left as it is, for a bug must look like one. */
export function toUserError(error: unknown): unknown {
  if (error instanceof StoreError) {
    return new UserError(STORE_FAILURES[error.code], advised(error, STORE_ADVICE[error.code]));
  }
  if (error instanceof KeystoreError) {
    return new UserError(KEY_FAILURES[error.code], advised(error, ADVICE[error.code]));
  }
  return error;
}

function advised({ message }: Error, advice: string | undefined): string {
  return advice === undefined ? message : `${message}. ${advice}`;
}

/** Runs something, turning its failures into the user's view of them. */
export async function withUserErrors<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw toUserError(error);
  }
}
