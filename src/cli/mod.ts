/**
 * The command line: arguments in, exit code out. It holds no rules of its own beyond reading
 * arguments and printing results; what a command does is a method of the node's API.
 */
import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { LOG_FORMATS, LOG_LEVELS } from "../node/log.ts";
import { versionText } from "../node/version.ts";
import { COMMANDS } from "./commands.ts";
import { type Globals, makeContext } from "./context.ts";
import type { Deps } from "./deps.ts";
import { report } from "./errors.ts";
import { Output } from "./output.ts";
import { toldOf } from "./telemetry.ts";

export type { Deps } from "./deps.ts";
export { systemDeps } from "./system_deps.ts";

const HELP = `
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 locked or wrong passphrase, 4 no node running or
reached, 5 refused by a rule.

A command talks to the running node; without one it works on the data folder itself. What needs
a key and finds the node locked unlocks it for as long as the command lasts, if a passphrase is to be
had: from --passphrase-file, from the system's key store with --passphrase-store, from the file that
GOSSAMER_PASSPHRASE_FILE names, from systemd's credential gossamer-passphrase, or by asking at the
terminal. \`unlock\` keeps the keys open.

Examples:
  gossamer node
  gossamer identity create
  gossamer post 'Hello, world.'
  gossamer timeline --watch`;

/** Runs one command and answers its exit code. Never throws. */
export async function run(argv: readonly string[], deps: Deps): Promise<number> {
  const said = { out: "", err: "" };
  const { program, globals } = makeProgram(deps, said);
  const end = argv.indexOf("--");
  const json = (end < 0 ? argv : argv.slice(0, end)).includes("--json");
  const out = new Output(deps, { json, quiet: false });
  try {
    try {
      for (const register of COMMANDS) register(program, () => makeContext(globals(), deps));
      await program.parseAsync([...argv], { from: "user" });
    } finally {
      if (said.err !== "") await out.complain(said.err.trimEnd());
      if (said.out !== "") await out.write(said.out);
    }
    return 0;
  } catch (error) {
    try {
      return await report(error, { deps, json, logLevel: globals().log });
    } catch {
      // Neither stream takes anything: the code is all that is left to say.
      return 1;
    }
  }
}

/** The program with its global options. What commander says is gathered, as its writers can't wait. */
function makeProgram(deps: Deps, said: { out: string; err: string }): Program {
  const program = new Command("gossamer")
    .description("Gossamer: messages for everybody, carried from node to node, without a server.")
    .option("--data-dir <dir>", "data folder (default: GOSSAMER_DATA_DIR, else the platform's)")
    .option("--network <name>", "network to take part in", "main")
    .option("--json", "print results as JSON, and nothing else, on stdout")
    .option("--quiet", "print no notes on stderr, only failures")
    .addOption(
      // Wrong ones are refused where the others of these options are read.
      new Option("--log <level>", "diagnostics on stderr").choices(LOG_LEVELS)
        .argParser((level: string) => level).default("warn"),
    )
    .addOption(
      new Option("--log-format <format>", "how they are written").choices(LOG_FORMATS)
        .argParser((format: string) => format).default("text"),
    )
    .option("--passphrase-file <file>", "file with the passphrase, for what needs a key")
    .option("--passphrase-store", "take it from the system's key store (see unlock --remember)")
    .version(versionText(), "--version", "print the version")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void (said.out += text),
      writeErr: (text) => void (said.err += text),
      getOutHelpWidth: () => deps.stdout.isTerminal ? deps.stdout.columns : 80,
      getErrHelpWidth: () => deps.stderr.isTerminal ? deps.stderr.columns : 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError("(--help shows what can be said)")
    .addHelpText("after", HELP)
    .hook("preAction", (_, command) => {
      const exporting = command.name() === "metrics" && command.opts()["otlp"] === true;
      if (!exporting && deps.telemetry()) throw toldOf();
    })
    .exitOverride();
  return { program, globals: () => program.opts() };
}

interface Program {
  readonly program: CommandUnknownOpts;
  /** The global options, once parsed. */
  globals(): Globals;
}
