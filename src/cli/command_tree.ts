/**
 * The commands as plain data, read from commander's own tree: what completions and the man page are
 * made from, so that neither can differ from what the program takes.
 */
import type { Argument, CommandUnknownOpts, Option } from "@commander-js/extra-typings";

/** What may stand where a value is expected. */
export type ValueKind = "file" | "folder" | "choice" | "free";

/** A value of an option, or an argument. */
export interface ValueNode {
  /** Its name in the usage, without brackets. */
  readonly name: string;
  /** What it names. */
  readonly kind: ValueKind;
  /** All that it can be, for a choice. */
  readonly choices: readonly string[];
}

/** One option of a command. */
export interface OptionNode {
  /** As the usage shows it: `-h, --help`, `--name <name>`. */
  readonly flags: string;
  /** Its names with their dashes, the long one last. */
  readonly names: readonly string[];
  /** What follows it; `undefined` for a switch. */
  readonly value: ValueNode | undefined;
  /** What it does, with choices and default. */
  readonly description: string;
}

/** One argument of a command. */
export interface ArgumentNode extends ValueNode {
  /** What it is. */
  readonly description: string;
  /** Whether more of the same may follow. */
  readonly variadic: boolean;
}

/** One command, with all below it. */
export interface CommandNode {
  /** The words after the program's name; empty for the program itself. */
  readonly path: readonly string[];
  /** What it does. */
  readonly description: string;
  /** The line of its usage, with the program's name. */
  readonly usage: string;
  /** Its own options; the program's, which go everywhere, are only in the root. */
  readonly options: readonly OptionNode[];
  /** In their order. */
  readonly arguments: readonly ArgumentNode[];
  /** What its help says after the lists: explanations and examples. */
  readonly after: string;
  /** Commands below it. */
  readonly children: readonly CommandNode[];
}

/** Reads a program, from its root. */
export function commandTree(root: CommandUnknownOpts): CommandNode {
  return readCommand(root, []);
}

/** A command and all below it, in the order of the help. */
export function flatten(command: CommandNode): readonly CommandNode[] {
  return [command, ...command.children.flatMap(flatten)];
}

function readCommand(command: CommandUnknownOpts, path: readonly string[]): CommandNode {
  const help = command.createHelp();
  return {
    path,
    description: help.commandDescription(command),
    usage: help.commandUsage(command),
    options: help.visibleOptions(command).map((option) => readOption(option, help)),
    arguments: command.registeredArguments.map((argument) => readArgument(argument, help)),
    after: afterText(command),
    // Without the `help` that commander adds: `--help` does the same everywhere.
    children: command.commands.map((child) => readCommand(child, [...path, child.name()])),
  };
}

type Help = ReturnType<CommandUnknownOpts["createHelp"]>;

function readOption(option: Option, help: Help): OptionNode {
  const { flags, short, long } = option;
  const value = /[<[](.*?)(?:\.\.\.)?[>\]]/.exec(flags)?.[1];
  return {
    flags,
    names: [short, long].filter((name) => name !== undefined),
    value: value === undefined ? undefined : readValue(value, option.argChoices),
    description: help.optionDescription(option),
  };
}

function readArgument(argument: Argument, help: Help): ArgumentNode {
  return {
    ...readValue(argument.name(), argument.argChoices),
    description: help.argumentDescription(argument),
    variadic: argument.variadic,
  };
}

/** Names of values are the convention: `<file>` and `<dir>` are paths. */
function readValue(name: string, choices: readonly string[] | undefined): ValueNode {
  if (choices !== undefined) return { name, kind: "choice", choices };
  const kind = name === "file" ? "file" : name === "dir" ? "folder" : "free";
  return { name, kind, choices: [] };
}

/** Commander keeps this text only in a listener of its own, so the help is written to find it. */
function afterText(command: CommandUnknownOpts): string {
  const before = command.configureOutput();
  let whole = "";
  command.configureOutput({ ...before, writeOut: (text) => void (whole += text) });
  try {
    command.outputHelp();
    return whole.slice(command.helpInformation().length).trim();
  } finally {
    command.configureOutput(before);
  }
}
