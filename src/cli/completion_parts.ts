/**
 * What the completion scripts of all shells share: tables of commands, options and values. The scripts
 * are fixed texts. Completing starts no program, so it can open no key, ask no node and show no name.
 */
import { type CommandNode, flatten, type OptionNode, type ValueNode } from "./command_tree.ts";

/** The first lines of every script, as comments. */
export function scriptHeader(shell: string, version: string): string {
  return `# ${shell} completion for gossamer ${version}, made by: gossamer completions ${shell}
# It knows commands and options. It starts no program, reads no data folder and asks no node.`;
}

/** A word that completes to something, with what it does. */
export interface Candidate {
  /** The word. */
  readonly word: string;
  /** One line. */
  readonly description: string;
}

/** Commands below a command. */
export function commandCandidates({ children }: CommandNode): readonly Candidate[] {
  return children.map(({ path, description }) => ({ word: path.at(-1) ?? "", description }));
}

/** Options that may stand after a command: its own, then those for every command. */
export function optionCandidates(command: CommandNode, root: CommandNode): readonly Candidate[] {
  return optionsOf(command, root).flatMap(({ names, description }) =>
    names.map((word) => ({ word, description }))
  );
}

function optionsOf(command: CommandNode, root: CommandNode): readonly OptionNode[] {
  if (command === root) return root.options;
  const own = new Set(command.options.flatMap(({ names }) => names));
  const rest = root.options.filter(({ names }) =>
    !names.some((name) => own.has(name) || name === "--version")
  );
  return [...command.options, ...rest];
}

/** A value as one word for the scripts: `file`, `folder`, `free`, or `choice a b c`. */
function valueWord({ kind, choices }: ValueNode): string {
  return kind === "choice" ? `choice ${choices.join(" ")}` : kind;
}

/**
 * The functions that bash and zsh alike look words up with: the kind of an option's value, that of an
 * argument, and the words of a command by the branches given, which each shell writes in its own way.
 */
export function lookups(root: CommandNode, words: readonly string[]): string {
  return `_gossamer_value() {
  case "$1 $2" in
${valueCases(root)}
    *) REPLY='' ;;
  esac
}

_gossamer_argument() {
  case "$1 $2" in
${argumentCases(root)}
    *) REPLY='' ;;
  esac
}

_gossamer_words() {
  case "$1" in
${words.join("\n")}
  esac
}`;
}

/** What stands in a `case` of a POSIX-like shell: `'path --option'`, or any path for the program's own. */
function valueCases(root: CommandNode): string {
  const lines = flatten(root).flatMap((command) => {
    const path = command === root ? "*" : quote(command.path.join(" "));
    return command.options.flatMap(({ names, value }) =>
      value === undefined
        ? []
        : names.map((name) =>
          `    ${path}${quote(` ${name}`)}) REPLY=${quote(valueWord(value))} ;;`
        )
    );
  });
  // The program's own come last, as a command may have an option of the same name.
  const own = lines.filter((line) => !line.startsWith("    *"));
  return [...own, ...lines.filter((line) => line.startsWith("    *"))].join("\n");
}

/** The same for arguments: `'path 0'` is the first; a variadic one has every number from its own on. */
function argumentCases(root: CommandNode): string {
  return flatten(root).flatMap(({ path, arguments: list }) =>
    list.map((argument, n) => {
      const number = argument.variadic
        ? quote(`${path.join(" ")} `) + "*"
        : quote(`${path.join(" ")} ${n}`);
      return `    ${number}) REPLY=${quote(valueWord(argument))} ;;`;
    })
  ).join("\n");
}

/** Paths of all commands, as patterns of a `case`. */
export function pathPattern(root: CommandNode): string {
  return flatten(root).slice(1).map(({ path }) => quote(path.join(" "))).join(" | ");
}

/** A text as one word of bash, zsh and POSIX shells. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
