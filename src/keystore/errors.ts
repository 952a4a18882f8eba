/**
 * What can go wrong with keys, as types: the node turns each into words and an exit code. Messages
 * hold no secret and no name of an identity.
 */

/** Which kind of failure; closed, so that the node can map each one. */
export type KeystoreErrorCode =
  | "wrong-passphrase"
  | "no-identity"
  | "damaged"
  | "unsupported"
  | "too-many"
  | "bad-passphrase"
  | "bad-name"
  | "identity-here"
  | "wrong-archive-passphrase"
  | "no-memory";

/** Any failure of the key store that is not the disk's own. */
export class KeystoreError extends Error {
  /** Which kind of failure. */
  readonly code: KeystoreErrorCode;

  /** Makes an error with its message. */
  constructor(code: KeystoreErrorCode, message: string) {
    super(message);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The passphrase doesn't open the `keys` file, or the file is damaged: nobody can tell these apart. */
export class WrongPassphraseError extends KeystoreError {
  /** Makes the error; nothing was changed. */
  constructor() {
    super("wrong-passphrase", "Wrong passphrase, or the keys file is damaged");
  }
}

/** The folder holds no identity yet, so no passphrase opens anything. */
export class NoIdentityError extends KeystoreError {
  /** Makes the error. */
  constructor() {
    super("no-identity", "There is no identity in this data folder yet");
  }
}

/** The `keys` file or a key bundle isn't what this program writes. It is left as it is. */
export class KeyFileError extends KeystoreError {
  /** `unsupported`: a newer version's, or parameters this program refuses; `damaged`: the rest. */
  constructor(code: "damaged" | "unsupported", message: string) {
    super(code, message);
  }
}

/** All 16 places are taken. */
export class TooManyIdentitiesError extends KeystoreError {
  /** Makes the error; nothing was changed. */
  constructor(most: number) {
    super("too-many", `A data folder holds at most ${most} identities`);
  }
}

/** The identity of an archive is in the data folder already. */
export class IdentityHereError extends KeystoreError {
  /** Makes the error; nothing was changed. */
  constructor() {
    super("identity-here", "This identity is in this data folder already");
  }
}

/** The passphrase doesn't open an archive or recovery sheet, or that is damaged or another network's. */
export class WrongArchivePassphraseError extends KeystoreError {
  /** Makes the error; `what` names the thing in words. */
  constructor(what: string) {
    super(
      "wrong-archive-passphrase",
      `Wrong passphrase for ${what}, or it is damaged or of another network`,
    );
  }
}

/** What was given can't be a passphrase: empty or over the cap. */
export class PassphraseError extends KeystoreError {
  /** Makes the error with its message. */
  constructor(message: string) {
    super("bad-passphrase", message);
  }
}

/** What was given can't be an identity's local name. */
export class IdentityNameError extends KeystoreError {
  /** Makes the error with its message. */
  constructor(message: string) {
    super("bad-name", message);
  }
}

/** The memory that the `keys` file's parameters ask for can't be had. */
export class KdfMemoryError extends KeystoreError {
  /** Makes the error; `memoryKiB` is what was asked for. */
  constructor(memoryKiB: number) {
    super(
      "no-memory",
      `Opening the keys takes ${
        Math.ceil(memoryKiB / 1024)
      } MiB of free memory, which can't be had`,
    );
  }
}
