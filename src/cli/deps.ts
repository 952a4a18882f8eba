/**
 * Everything that the command line reaches outside itself, as one interface: `system_deps.ts`
 * builds it from the real things, tests from fakes.
 */
import type {
  Backend,
  BackupMade,
  BackupRequest,
  CapsuleContents,
  CapsuleRead,
  CapsuleRequest,
  CapsuleWritten,
  Created,
  Deletion,
  Destruction,
  ExportResult,
  IdentityCreation,
  IdentityDeletion,
  IdentityExport,
  IdentityImport,
  IdentityRevocation,
  ImportResult,
  KeysPlace,
  NodeHooks,
  NodeOptions,
  Obliteration,
  OpenSheet,
  PassphraseChange,
  PassphraseChanged,
  Place,
  ProtectionView,
  RestoreCheck,
  Restored,
  RestoreRequest,
  SheetOpening,
} from "../node/mod.ts";
import type { StartWeb } from "../node/web_port.ts";
import type { LookRequest, Surroundings } from "./surroundings.ts";

/** Standard output or standard error. */
export interface Sink {
  /** Writes all of it. Rejects with `Deno.errors.BrokenPipe` when nobody reads any more. */
  write(text: string): Promise<void>;
  /** Whether a person may be looking at it. */
  readonly isTerminal: boolean;
  /** Width in columns; only meaningful on a terminal. */
  readonly columns: number;
  /** Height in rows; 0 where that isn't known. */
  readonly rows: number;
}

/** SIGINT and SIGTERM as a signal. A second one, a second or more later, ends the process at once. */
export interface Interrupt {
  /** Aborts at the first one. */
  readonly signal: AbortSignal;
  /** Stops listening. */
  dispose(): void;
}

/** What `unlockBundle` takes. */
export interface UnlockRequest extends Place {
  /** The caller wipes it afterwards. */
  readonly passphrase: Uint8Array;
}

/** A program to run, found as a shell would. */
export interface ProgramRequest {
  /** Its name. */
  readonly program: string;
  /** Its arguments: nothing secret, as others can see them. */
  readonly args: readonly string[];
  /** What it reads; nothing if left out. The caller wipes it. */
  readonly stdin?: Uint8Array;
}

/** What a program left. */
export interface ProgramResult {
  /** Its exit code. */
  readonly code: number;
  /** Its output; the caller wipes it. */
  readonly stdout: Uint8Array;
  /** What it complained of. */
  readonly stderr: string;
}

/** The outside world. */
export interface Deps {
  /** The running node's control socket, or else the store under its lock. */
  openBackend(place: Place): Promise<Backend>;
  /** Runs a node until its signal aborts. */
  runNode(options: NodeOptions, hooks: NodeHooks): Promise<void>;
  /** Loads the web page's program. */
  loadWeb(): Promise<StartWeb>;
  /** Makes an identity; the first one in a data folder sets the passphrase. */
  identityCreate(request: IdentityCreation): Promise<Created>;
  /** Writes an identity into an archive. */
  identityExport(request: IdentityExport): Promise<ExportResult>;
  /** Takes an identity in from an archive, and destroys that. */
  identityImport(request: IdentityImport): Promise<ImportResult>;
  /** Writes a sealed backup of a data folder. */
  backup(request: BackupRequest): Promise<BackupMade>;
  /** Looks whether a backup can be restored, without its passphrase. */
  checkRestore(request: RestoreCheck): Promise<void>;
  /** Makes a data folder out of a backup. */
  restore(request: RestoreRequest): Promise<Restored>;
  /** Signs an own identity's revocation, in base64; `undefined` if called off. */
  identityRevoke(request: IdentityRevocation): Promise<string | undefined>;
  /** Opens a recovery sheet. */
  openSheet(request: SheetOpening): Promise<OpenSheet>;
  /** Writes stored messages into a file, those of a time on. */
  capsuleWrite(request: CapsuleContents): Promise<CapsuleWritten>;
  /** Takes in the messages of such a file. */
  capsuleRead(request: CapsuleRequest): Promise<CapsuleRead>;
  /** Destroys one identity and what ties it to its owner; `undefined` if called off. */
  identityDelete(request: IdentityDeletion): Promise<Deletion | undefined>;
  /** Destroys all of a data folder; `undefined` if called off. */
  obliterateEverything(request: Obliteration): Promise<Destruction | undefined>;
  /** Whether there is an identity; asks for no passphrase. */
  anyIdentity(place: Place): Promise<boolean>;
  /** Changes a folder's passphrase. */
  passphraseChange(request: PassphraseChange): Promise<PassphraseChanged>;
  /** Gives a running node the `keys` file as it is now, sealed. */
  tellKeysFile(place: KeysPlace): Promise<void>;
  /** Opens the keys into the bundle that `Backend.unlock` takes; the caller wipes it. */
  unlockBundle(request: UnlockRequest): Promise<Uint8Array>;
  /** Reads a file, but no more than `maxBytes` + 1 of it. Rejects with `Deno.errors`. */
  readFile(path: string, maxBytes: number): Promise<Uint8Array>;
  /** Writes a file that wasn't there; `false` (and nothing done) if anything has that name. */
  writeNewFile(path: string, bytes: Uint8Array): Promise<boolean>;
  /** Removes a file; `false` if there was none. */
  removeFile(path: string): Promise<boolean>;
  /** Makes a folder and its parents, if they aren't there. */
  makeFolder(path: string): Promise<void>;
  /** Runs one of the few programs that this one may; `undefined` if it isn't there. */
  runProgram(request: ProgramRequest): Promise<ProgramResult | undefined>;
  /** Starts one of those and goes on; `false` if it isn't there. Others can see its arguments. */
  launch(program: string, args: readonly string[]): Promise<boolean>;
  /** A path without links; as it was given if nothing is there. */
  realPath(path: string): Promise<string>;
  /** Reads standard input, but no more than `maxBytes` + 1 of it. */
  readStdin(maxBytes: number): Promise<Uint8Array>;
  /** What this machine couldn't do for this process's secrets, in words for the owner. */
  readonly machineWarnings: readonly string[];
  /** The same, point by point. */
  readonly protection: ProtectionView;
  /** Looks at what `doctor` can see of this machine without a node. Sends nothing, changes nothing. */
  lookAround(request: LookRequest): Promise<Surroundings>;
  /** An environment variable. */
  env(name: string): string | undefined;
  /** Whether the runtime exports telemetry of this process. */
  telemetry(): boolean;
  /** The operating system, as `Deno.build.os` names it. */
  readonly os: string;
  /** For results. */
  readonly stdout: Sink;
  /** For everything else. */
  readonly stderr: Sink;
  /** Whether the system's journal reads it. */
  readonly stderrIsJournal: boolean;
  /** Whether a person may be typing. */
  readonly stdinIsTerminal: boolean;
  /** Asks on the terminal without echo; `undefined` when it was called off. The caller wipes it. */
  askPassphrase(question: string): Promise<Uint8Array | undefined>;
  /** Asks yes or no on the terminal; `false` when it was called off. */
  confirm(question: string): Promise<boolean>;
  /** Says something at the terminal and waits for Enter, or the end of input. */
  waitForEnter(text: string): Promise<void>;
  /** Program and arguments that start this program again, as absolute paths. */
  readonly selfCommand: readonly string[];
  /** Starts listening for SIGINT and SIGTERM. */
  interrupt(): Interrupt;
}
