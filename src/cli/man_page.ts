/** Makes the man page, from the tree of commands and the texts beside it. */
import { EXIT } from "../node/user_error.ts";
import { DATA_FILES } from "../wire/data_files.ts";
import { type CommandNode, flatten, type OptionNode } from "./command_tree.ts";
import {
  DESCRIPTION,
  ENVIRONMENT,
  EXIT_MEANINGS,
  FILES,
  MAN_DATE,
  PASSPHRASES,
  SECURITY,
} from "./man_text.ts";
import { roffArgument, roffBold, roffLiteral, roffParagraphs, roffText } from "./roff.ts";

/** The page gossamer(1), in roff with man(7) macros. */
export function manPage(root: CommandNode, version: string): string {
  return [
    '.\\" Made by: gossamer man',
    `.TH GOSSAMER 1 ${MAN_DATE} ${roffArgument(`Gossamer ${version}`)} ${
      roffArgument("User Commands")
    }`,
    ".SH NAME",
    "gossamer \\- messages for everybody, carried from node to node, without a server",
    ...section("SYNOPSIS", [
      ".B gossamer",
      ".RI [ options ]",
      ".I command",
      ".RI [ argument \\&... ]",
    ]),
    ...section("DESCRIPTION", [roffParagraphs(DESCRIPTION)]),
    ...section("OPTIONS", [
      roffText("These go with every command, before or after it."),
      ...root.options.flatMap(option),
      ".PP",
      roffParagraphs(PASSPHRASES),
    ]),
    ...section("COMMANDS", flatten(root).slice(1).flatMap(commandPart)),
    ...section(
      "EXIT STATUS",
      Object.entries(EXIT).flatMap(([name, code]) =>
        item(roffBold(String(code)), EXIT_MEANINGS[name] ?? name)
      ),
    ),
    ...section(
      "ENVIRONMENT",
      ENVIRONMENT.flatMap(([name, meaning]) => item(roffBold(name), meaning)),
    ),
    ...section("FILES", [
      roffText(FILES),
      ...DATA_FILES.flatMap(({ name, holds }) => item(roffBold(name), `${holds}.`)),
    ]),
    ...section("EXAMPLES", [roffParagraphs(examples(root.after))]),
    ...section("SECURITY", [roffParagraphs(SECURITY)]),
    "",
  ].join("\n");
}

function section(title: string, lines: readonly string[]): string[] {
  return [`.SH ${roffArgument(title)}`, ...lines];
}

function commandPart(command: CommandNode): string[] {
  const { path, description, usage, options, after, children } = command;
  const own = options.filter(({ names }) => !names.includes("--help"));
  return [
    `.SS ${roffArgument(path.join(" "))}`,
    ".nf",
    `\\fB${roffLiteral(usage)}\\fR`,
    ".fi",
    ".PP",
    roffText(sentence(description)),
    ...command.arguments.flatMap(({ name, description: what }) =>
      what === "" ? [] : item(`\\fI${roffLiteral(name)}\\fR`, sentence(what))
    ),
    ...own.flatMap(option),
    ...(after === "" || children.length > 0 ? [] : [".PP", roffParagraphs(after)]),
  ];
}

function option({ flags, description }: OptionNode): string[] {
  return item(roffBold(flags), sentence(description));
}

function item(tag: string, text: string): string[] {
  return [".TP", tag, roffText(text)];
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** The root's help goes over exit codes and passphrases as well, which have sections of their own. */
function examples(after: string): string {
  return after.slice(after.search(/^Examples?:$/m)).replace(/^Examples?:\n/, "");
}
