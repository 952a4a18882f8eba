/**
 * The operating system's own key store as a place for the data folder's passphrase, when its owner
 * asks for that: the Secret Service (GNOME Keyring, KWallet, KeePassXC) through `secret-tool`, the
 * Keychain through macOS's `security`. The passphrase goes there and back through pipes, in hex, never
 * as an argument, which other users of the machine could see.
 *
 * Whoever can use that store as you, any program of yours while it is open, can read it from there.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { UserError } from "../node/user_error.ts";
import type { Context } from "./context.ts";
import type { ProgramResult } from "./deps.ts";
import { MAX_SECRET_BYTES } from "./terminal_input.ts";

const SERVICE = "gossamer";
/** What `security` answers when there is no such entry. */
const MACOS_NOT_FOUND = 44;
const DIGITS = utf8ToBytes("0123456789abcdef");

/** Where one data folder's passphrase may rest. All of it throws a `UserError` where there is no store. */
export interface PassphraseStore {
  /** What is kept; `undefined` for nothing. The caller wipes it. */
  get(): Promise<Uint8Array | undefined>;
  /** Keeps a passphrase, in place of an earlier one, and makes sure that it is there. */
  put(passphrase: Uint8Array): Promise<void>;
  /** Removes it. Answers whether there was one. */
  forget(): Promise<boolean>;
}

/** The system's store, for the data folder of a command. Throws a `UserError` on systems without one. */
export async function passphraseStore(context: Context): Promise<PassphraseStore> {
  const { deps, dataDir } = context;
  if (deps.os === "windows") {
    throw new UserError("failed", "There is no key store that this program can use on Windows.");
  }
  // A hash, for the name is kept in the clear: it tells folders apart without naming them.
  const folder = utf8ToBytes(`gossamer passphrase store\0${await deps.realPath(dataDir)}`);
  const account = bytesToHex(sha256(folder).subarray(0, 16));
  return deps.os === "darwin"
    ? new Keychain(context, account)
    : new SecretService(context, account);
}

class SecretService implements PassphraseStore {
  readonly #context: Context;
  readonly #attributes: readonly string[];

  constructor(context: Context, account: string) {
    this.#context = context;
    this.#attributes = ["application", SERVICE, "folder", account];
  }

  async get(): Promise<Uint8Array | undefined> {
    const result = await this.#run("lookup");
    // Not found says nothing; a store that can't be reached says why.
    if (result.code !== 0 && result.stderr === "") return undefined;
    return fromHex(succeeded(result).stdout);
  }

  async put(passphrase: Uint8Array): Promise<void> {
    const hex = toHex(passphrase);
    try {
      succeeded(await this.#run("store", hex));
    } finally {
      hex.fill(0);
    }
    await mustHold(this, passphrase);
  }

  async forget(): Promise<boolean> {
    const before = await this.get();
    before?.fill(0);
    if (before === undefined) return false;
    succeeded(await this.#run("clear"));
    return true;
  }

  #run(what: "lookup" | "store" | "clear", stdin?: Uint8Array): Promise<ProgramResult> {
    const label = what === "store" ? ["--label=Gossamer"] : [];
    return run(this.#context, {
      program: "secret-tool",
      args: [what, ...label, ...this.#attributes],
      ...(stdin === undefined ? {} : { stdin }),
    });
  }
}

class Keychain implements PassphraseStore {
  readonly #context: Context;
  readonly #where: readonly string[];

  constructor(context: Context, account: string) {
    this.#context = context;
    this.#where = ["-a", account, "-s", SERVICE];
  }

  async get(): Promise<Uint8Array | undefined> {
    const result = await this.#run(["find-generic-password", ...this.#where, "-w"]);
    if (result.code === MACOS_NOT_FOUND) return undefined;
    return fromHex(succeeded(result).stdout);
  }

  async put(passphrase: Uint8Array): Promise<void> {
    const hex = toHex(passphrase);
    // In its interactive mode the tool reads commands, and so the passphrase, from its input.
    const command = utf8ToBytes(`add-generic-password -U ${this.#where.join(" ")} -w `);
    const line = new Uint8Array(command.length + hex.length + 1);
    line.set(command);
    line.set(hex, command.length);
    line[line.length - 1] = 0x0A;
    try {
      succeeded(await this.#run(["-i"], line));
    } finally {
      hex.fill(0);
      line.fill(0);
    }
    await mustHold(this, passphrase);
  }

  async forget(): Promise<boolean> {
    const result = await this.#run(["delete-generic-password", ...this.#where]);
    if (result.code === MACOS_NOT_FOUND) return false;
    succeeded(result);
    return true;
  }

  #run(args: readonly string[], stdin?: Uint8Array): Promise<ProgramResult> {
    const program = "security";
    return run(this.#context, { program, args, ...(stdin === undefined ? {} : { stdin }) });
  }
}

async function run(
  { deps }: Context,
  request: { program: string; args: readonly string[]; stdin?: Uint8Array },
): Promise<ProgramResult> {
  const result = await deps.runProgram(request);
  if (result !== undefined) return result;
  throw new UserError(
    "failed",
    `The system's key store can't be used: ${request.program} isn't here (on Debian it is in ` +
      "libsecret-tools). Nothing was changed.",
  );
}

function succeeded(result: ProgramResult): ProgramResult {
  if (result.code === 0) return result;
  const [why = ""] = result.stderr.split("\n");
  throw new UserError(
    "failed",
    `The system's key store refused${why === "" ? "" : `: ${why}`}. Nothing was changed here.`,
  );
}

/** A store that says yes and keeps nothing, or something else, would lock its owner out one day. */
async function mustHold(store: PassphraseStore, passphrase: Uint8Array): Promise<void> {
  const kept = await store.get();
  const same = kept?.length === passphrase.length && kept.every((b, i) => b === passphrase[i]);
  kept?.fill(0);
  if (!same) throw new UserError("failed", "The system's key store didn't keep the passphrase.");
}

function toHex(bytes: Uint8Array): Uint8Array {
  const hex = new Uint8Array(bytes.length * 2);
  bytes.forEach((byte, i) => {
    hex[2 * i] = DIGITS[byte >> 4] ?? 0;
    hex[2 * i + 1] = DIGITS[byte & 15] ?? 0;
  });
  return hex;
}

/** Reads hex with perhaps a line break after it, and wipes it. */
function fromHex(hex: Uint8Array): Uint8Array {
  const digits = hex.filter((byte) => byte !== 0x0A && byte !== 0x0D);
  const values = digits.map((digit) => DIGITS.indexOf(digit));
  const good = digits.every((digit) => DIGITS.includes(digit)) && digits.length % 2 === 0 &&
    digits.length > 0 && digits.length <= 2 * MAX_SECRET_BYTES;
  const bytes = Uint8Array.from(
    { length: good ? digits.length / 2 : 0 },
    (_, i) => (values[2 * i] ?? 0) * 16 + (values[2 * i + 1] ?? 0),
  );
  for (const buffer of [hex, digits, values]) buffer.fill(0);
  if (good) return bytes;
  throw new UserError("failed", "What the system's key store holds isn't a passphrase of ours.");
}
