/** The completion script for fish, to be `gossamer.fish` in a folder of its completions. */
import { type CommandNode, flatten, type OptionNode, type ValueNode } from "./command_tree.ts";
import { commandCandidates, scriptHeader } from "./completion_parts.ts";

/** Makes the script. */
export function fishCompletion(root: CommandNode, version: string): string {
  return `${scriptHeader("fish", version)}

# The words of the command so far, without options and their values; then how many arguments it has.
function __gossamer_at
    set -l words (commandline -opc)
    set -e words[1]
    set -l at
    set -l n 0
    set -l value
    set -l ended
    for word in $words
        if test -n "$value"
            set value
        else if test -z "$ended"; and test "$word" = --
            set ended 1
        else if test -z "$ended"; and string match -q -- '-*' $word
            switch "$at $word"
                case ${takingValues(root).join(" ")}
                    set value 1
            end
        else
            switch (string join ' ' -- $at $word)
                case ${flatten(root).slice(1).map(({ path }) => quote(path.join(" "))).join(" ")}
                    set -a at $word
                case '*'
                    set n (math $n + 1)
            end
        end
    end
    string join ' ' -- $at $n
end

function __gossamer_in
    set -l at (__gossamer_at)
    test (string replace -r ' ?[0-9]+$' '' -- "$at") = "$argv"
end

complete -c gossamer -f
${flatten(root).flatMap((command) => linesOf(command, root)).join("\n")}
`;
}

function linesOf(command: CommandNode, root: CommandNode): string[] {
  const path = command.path.join(" ");
  const inside = `-n ${quote(`__gossamer_in ${path}`.trim())}`;
  const at = (n: number): string => `-n ${quote(atNumber(path, n))}`;
  const commands = commandCandidates(command).map(({ word, description }) =>
    `complete -c gossamer ${at(0)} -a ${word} -d ${quote(description)}`
  );
  const options = command.options.map((option) =>
    `complete -c gossamer ${command === root ? "" : `${inside} `}${optionPart(option)}`
  );
  const values = command.arguments.flatMap((argument, n) => {
    const part = valuePart(argument);
    return part === ""
      ? []
      : [`complete -c gossamer ${argument.variadic ? inside : at(n)} ${part}`];
  });
  return [...commands, ...options, ...values];
}

function atNumber(path: string, n: number): string {
  return `test (__gossamer_at) = "${`${path} ${n}`.trim()}"`;
}

function optionPart({ names, value, description }: OptionNode): string {
  const flags = names.map((name) =>
    name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`
  );
  // -r: a value has to follow; -f: and it is no file, unless the value says so.
  const required = value === undefined
    ? ""
    : ` -r ${value.kind === "file" ? "" : "-f "}${valuePart(value)}`.trimEnd();
  return `${flags.join(" ")}${required} -d ${quote(description)}`;
}

function valuePart({ kind, choices }: ValueNode): string {
  switch (kind) {
    case "file":
      return "-F";
    case "folder":
      return "-a '(__fish_complete_directories)'";
    case "choice":
      return `-a ${quote(choices.join(" "))}`;
    default:
      return "";
  }
}

function takingValues(root: CommandNode): string[] {
  return flatten(root).flatMap((command) =>
    command.options.filter(({ value }) => value !== undefined).flatMap(({ names }) =>
      names.map((name) =>
        quote(command === root ? `* ${name}` : `${command.path.join(" ")} ${name}`)
      )
    )
  );
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
