/** How a command ends that didn't succeed: words on stderr, a code, JSON on stdout if asked for. */
import { CommanderError } from "commander";
import { EXIT, type FailureCode, UserError } from "../node/user_error.ts";
import type { Deps } from "./deps.ts";
import { toJsonLine } from "./json.ts";
import { Output, StdoutClosed } from "./output.ts";

/** How to report. */
export interface ReportOptions {
  /** For its stdout and stderr. */
  readonly deps: Deps;
  /** Whether the error goes to stdout as JSON, too. */
  readonly json: boolean;
  /** At `debug` a bug shows its stack. */
  readonly logLevel: string;
}

/** A command that has said all it has to say, and whose exit code isn't 0. */
export class Ended extends Error {
  /** See `Error`. */
  override readonly name = "Ended";
  /** The code, by name. */
  readonly code: FailureCode;

  /** Ends with a code. */
  constructor(code: FailureCode) {
    super(code);
    this.code = code;
  }
}

/** Tells the user of an error and answers the exit code. */
export async function report(error: unknown, options: ReportOptions): Promise<number> {
  if (error instanceof StdoutClosed) return EXIT.done;
  if (error instanceof Ended) return EXIT[error.code];
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
  const { code, message } = describe(error);
  const out = new Output(options.deps, { json: options.json, quiet: false });
  // Commander has said it on stderr already.
  if (!(error instanceof CommanderError)) await out.complain(`gossamer: ${message}`);
  if (!(error instanceof UserError) && options.logLevel === "debug" && error instanceof Error) {
    await out.complain(error.stack ?? error.name);
  }
  if (options.json) await printJson(out, { error: { code, message } });
  return EXIT[code];
}

function describe(error: unknown): { code: FailureCode; message: string } {
  if (error instanceof UserError) return { code: error.code, message: error.message };
  if (error instanceof CommanderError) return { code: "usage", message: usageMessage(error) };
  const what = error instanceof Error ? error.message : "unknown error";
  // Disk, network and permissions fail without anybody's fault in here.
  if (error instanceof Error && "code" in error) {
    const advice = "What is stored is unharmed. See that the data folder is yours to read and " +
      "write, and that its disk has room; then try again.";
    return { code: "failed", message: `The system refused: ${what}. ${advice}` };
  }
  return {
    code: "failed",
    message: `Unexpected failure: ${what}\nPlease report it, with what --log debug says.`,
  };
}

function usageMessage(error: CommanderError): string {
  if (error.code === "commander.help") return "A command is missing.";
  return error.message.replace(/^error: /, "");
}

async function printJson(out: Output, value: unknown): Promise<void> {
  try {
    await out.write(`${toJsonLine(value)}\n`);
  } catch (error) {
    if (!(error instanceof StdoutClosed)) throw error;
  }
}
