/** `man`: prints the manual page. */
import { VERSION } from "../node/version.ts";
import type { Register } from "./context.ts";

/** Adds `man`. */
export const registerMan: Register = (program, context) => {
  program.command("man")
    .description("print the manual page, in roff")
    .addHelpText(
      "after",
      "\nExamples:\n  gossamer man | man -l -\n" +
        "  gossamer man > ~/.local/share/man/man1/gossamer.1",
    )
    .action(async () => {
      const { commandTree } = await import("./command_tree.ts");
      const { manPage } = await import("./man_page.ts");
      const page = manPage(commandTree(program), VERSION);
      await context().out.result({ man: page }, () => page.trimEnd());
    });
};
