/** What every command needs to know: the global options, settled, and the way out. */
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from "../node/log.ts";
import { UserError } from "../node/user_error.ts";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { checkNetwork, dataDir } from "./data_dir.ts";
import type { Deps } from "./deps.ts";
import { Output } from "./output.ts";

/** The global options as commander leaves them. */
export interface Globals {
  /** `--data-dir`. */
  readonly dataDir?: string;
  /** `--network`. */
  readonly network: string;
  /** `--json`. */
  readonly json?: true;
  /** `--quiet`. */
  readonly quiet?: true;
  /** `--log`, not yet checked. */
  readonly log: string;
  /** `--log-format`, not yet checked. */
  readonly logFormat: string;
  /** `--passphrase-file`. */
  readonly passphraseFile?: string;
  /** `--passphrase-store`. */
  readonly passphraseStore?: true;
}

/** What a command works with. */
export interface Context {
  /** The outside world. */
  readonly deps: Deps;
  /** Where results and notes go. */
  readonly out: Output;
  /** The data folder. Throws a `UserError` of code `usage` when there is none to be found. */
  readonly dataDir: string;
  /** Name of the network, checked. */
  readonly network: string;
  /** How much is said on stderr. */
  readonly logLevel: LogLevel;
  /** How it is said. */
  readonly logFormat: LogFormat;
  /** `--passphrase-file`. */
  readonly passphraseFile?: string;
  /** `--passphrase-store`: the passphrase comes from the system's key store. */
  readonly passphraseStore: boolean;
}

/** Adds commands to the program; `context` may be called inside their actions only. */
export type Register = (program: CommandUnknownOpts, context: () => Context) => void;

/** Settles the global options. Throws a `UserError` of code `usage`. */
export function makeContext(globals: Globals, deps: Deps): Context {
  const network = checkNetwork(globals.network);
  const { passphraseFile } = globals;
  const passphraseStore = globals.passphraseStore === true;
  if (passphraseStore && passphraseFile !== undefined) {
    throw new UserError("usage", "--passphrase-store can't be had with --passphrase-file.");
  }
  // Looked for when first needed: `version` works without a home.
  let found: string | undefined;
  return {
    deps,
    out: new Output(deps, { json: globals.json === true, quiet: globals.quiet === true }),
    get dataDir() {
      const env = (name: string): string | undefined => deps.env(name);
      return found ??= dataDir({ given: globals.dataDir, network, os: deps.os, env });
    },
    network,
    logLevel: logLevel(globals.log),
    logFormat: logFormat(globals.logFormat),
    passphraseStore,
    ...(passphraseFile === undefined ? {} : { passphraseFile }),
  };
}

function logLevel(name: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === name);
  if (level !== undefined) return level;
  throw new UserError("usage", `--log takes one of ${LOG_LEVELS.join(", ")}.`);
}

function logFormat(name: string): LogFormat {
  const format = LOG_FORMATS.find((known) => known === name);
  if (format !== undefined) return format;
  throw new UserError("usage", `--log-format takes one of ${LOG_FORMATS.join(", ")}.`);
}
