/** `completions`: prints what a shell needs to complete this program's commands. */
import { Argument } from "@commander-js/extra-typings";
import { VERSION } from "../node/version.ts";
import type { CommandNode } from "./command_tree.ts";
import type { Register } from "./context.ts";

/** Shells that can be completed for. */
const SHELLS = ["bash", "zsh", "fish"] as const;

const HELP = `
The script knows commands, options and files. Completing starts no program, reads no data folder and
asks no node, so it never shows a name or an id.

Examples:
  gossamer completions bash > ~/.local/share/bash-completion/completions/gossamer
  gossamer completions zsh > ~/.zfunc/_gossamer      # with ~/.zfunc in fpath, before compinit
  gossamer completions fish > ~/.config/fish/completions/gossamer.fish`;

/** Adds `completions`. */
export const registerCompletions: Register = (program, context) => {
  program.command("completions")
    .description("print the completion script of a shell")
    .addArgument(new Argument("<shell>", "which shell").choices(SHELLS))
    .addHelpText("after", HELP)
    .action(async (shell) => {
      const { commandTree } = await import("./command_tree.ts");
      const script = await makeScript(shell, commandTree(program));
      await context().out.result({ shell, script }, () => script.trimEnd());
    });
};

async function makeScript(shell: typeof SHELLS[number], root: CommandNode): Promise<string> {
  switch (shell) {
    case "bash":
      return (await import("./completion_bash.ts")).bashCompletion(root, VERSION);
    case "zsh":
      return (await import("./completion_zsh.ts")).zshCompletion(root, VERSION);
    case "fish":
      return (await import("./completion_fish.ts")).fishCompletion(root, VERSION);
    default:
      return shell satisfies never;
  }
}
