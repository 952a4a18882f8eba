/** Completion scripts, run by the shells that they are for. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Command } from "@commander-js/extra-typings";
import { commandTree, flatten } from "../../src/cli/command_tree.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { runIn } from "../cli/fakes.ts";
import { programTest, ran, ranWell } from "./programs.ts";

/** Completes a line, word by word; the last one is what the cursor stands at. */
type Complete = (words: readonly string[]) => Promise<readonly string[]>;

interface Shell {
  readonly name: string;
  /** Where the script goes, in a folder. */
  readonly file: string;
  readonly completer: (folder: string, env: Readonly<Record<string, string>>) => Complete;
}

const BASH = `source "$1/gossamer.bash"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _gossamer; printf '%s\\n' "\${COMPREPLY[@]}"`;

/** A real zsh at a terminal of its own, with what it offers printed between < and >. */
const ZSH = `zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1=; fpath=(\${(q)1} \\$fpath); autoload -U compinit; compinit -u -D"
zpty -w z "compadd () { local -a found; builtin compadd -O found \\"\\$@\\"; print -rl -- \\"<\\"\\\${^found}\\">\\"; builtin compadd \\"\\$@\\"; }"
zpty -w z "offer () { zle complete-word; print -r -- '>>'; }; zle -C complete-word complete-word _main_complete"
zpty -w z "zle -N offer; bindkey '^I' offer; print REA''DY"
zpty -r z out '*READY*'
zpty -w -n z "$2"$'\\t'
zpty -r z out '*>>*'
print -r -- $out
zpty -d z`;

const SHELLS: readonly Shell[] = [
  {
    name: "bash",
    file: "gossamer.bash",
    completer: (folder, env) => async (words) => {
      // Readline gives = and : as words of their own.
      const split = words.flatMap((word) => word.split(/([=:])/).filter((part) => part !== ""));
      const last = words.at(-1) === "" ? [""] : [];
      const argv = ["bash", "--norc", "-uc", BASH, "bash", folder, ...split, ...last];
      return lines(await ranWell(argv, { cwd: folder, env }));
    },
  },
  {
    name: "zsh",
    file: "_gossamer",
    completer: (folder, env) => async (words) => {
      const text = await ranWell(["zsh", "-fc", ZSH, "zsh", folder, words.join(" ")], {
        cwd: folder,
        env,
      });
      return [...new Set([...text.matchAll(/<([^<>\r\n]+)>/g)].map(([, word]) => word!))];
    },
  },
  {
    name: "fish",
    file: "gossamer.fish",
    completer: (folder, env) => async (words) => {
      const code = `source ${folder}/gossamer.fish; complete -C "$argv"`;
      const argv = ["fish", "--no-config", "-c", code, words.join(" ")];
      return lines(await ranWell(argv, { cwd: folder, env }))
        .map((line) => line.split("\t")[0]!.replace(/^--[\w-]+=/, ""));
    },
  },
];

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

const LEVELS = ["debug", "error", "info", "silent", "warn"];

for (const { name, file, completer } of SHELLS) {
  programTest(`${name} completes commands, options and values`, { needs: [name] }, async () => {
    await withScript(name, file, async (folder, env) => {
      const complete = completer(folder, env);
      const offered = async (...words: string[]): Promise<string[]> =>
        [...await complete(["gossamer", ...words])].sort();
      assert.deepEqual(await offered("ident"), ["identity"]);
      const below = ["create", "delete", "export", "import", "list", "revoke", "show"];
      assert.deepEqual(await offered("identity", ""), below);
      assert.deepEqual(await offered("--network", "post", "identity", "cr"), ["create"]);
      assert.deepEqual(await offered("--log", ""), LEVELS);
      assert.deepEqual(await offered("status", "--log", ""), LEVELS);
      assert.deepEqual(await offered("status", "--log=de"), ["debug"]);
      assert.deepEqual(await offered("completions", ""), ["bash", "fish", "zsh"]);
      assert.deepEqual(await offered("completions", "bash", ""), []);
      assert.deepEqual(await offered("post", "--quo"), ["--quote"]);
      assert.deepEqual(await offered("post", "--pass"), [
        "--passphrase-file",
        "--passphrase-store",
      ]);
      // What has a value of its own takes the next word, whatever that looks like.
      // Fish offers options there all the same.
      if (name !== "fish") assert.deepEqual(await offered("post", "--as", "--quo"), []);
      assert.deepEqual(await offered("post", "--", "--quo"), []);
      assert.deepEqual(await offered("join", "g:?a=x", ""), []);
      // Neither names nor ids nor files where a text or a name goes.
      for (const words of [["post", ""], ["follow", ""], ["follow", "--name", ""]]) {
        assert.deepEqual(await offered(...words), [], words.join(" "));
      }
      assert.deepEqual(
        await offered("capsule", "read", "some"),
        ["some.capsule", "somewhere/"]
          .map((path) => name === "fish" ? path : path.replace("/", "")),
      );
      const folders = await offered("--data-dir", "some");
      assert.deepEqual(folders.map((path) => path.replace("/", "")), ["somewhere"]);
    });
  });
}

programTest("every command and option completes in bash", { needs: ["bash"] }, async () => {
  await withScript("bash", "gossamer.bash", async (folder, env) => {
    const all = flatten(commandTree(program()));
    const code = `source "$1/gossamer.bash"; shift
      for line; do read -ra COMP_WORDS <<< "$line"; COMP_WORDS+=("\${LAST-}")
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _gossamer; echo "\${COMPREPLY[*]}"; done`;
    const argv = ["bash", "--norc", "-c", code, "bash", folder];
    const typed = all.map(({ path }) => ["gossamer", ...path].join(" "));
    const offeredFor = async (last: string): Promise<string[][]> =>
      (await ranWell([...argv, ...typed], { env: { ...env, LAST: last }, cwd: folder }))
        .split("\n").map((line) => line.split(" "));
    const options = await offeredFor("-");
    const words = await offeredFor("");
    for (const [n, command] of all.entries()) {
      for (const name of command.options.flatMap(({ names }) => names)) {
        assert.ok(options[n]?.includes(name), `${typed[n]} ${name}`);
      }
      if (command.children.length === 0) continue;
      assert.deepEqual(words[n], command.children.map(({ path }) => path.at(-1)));
    }
    assert.ok(all.length > 40);
  });
});

programTest("shellcheck finds nothing wrong with the bash script", {
  needs: ["shellcheck"],
}, async () => {
  await withScript("bash", "gossamer.bash", async (folder) => {
    const result = await ran([
      "shellcheck",
      "-s",
      "bash",
      "-S",
      "warning",
      `${folder}/gossamer.bash`,
    ]);
    assert.deepEqual([result.code, result.stdout], [0, ""]);
  });
});

Deno.test("completions gives the script as JSON, too, and refuses other shells", async () => {
  const outcome = await runIn({}, "completions", "bash", "--json");
  const { shell, script } = JSON.parse(outcome.stdout);
  assert.equal(shell, "bash");
  assert.equal(`${script.trimEnd()}\n`, (await runIn({}, "completions", "bash")).stdout);
  assert.deepEqual(outcome.places, []);
  const wrong = await runIn({}, "completions", "tcsh");
  assert.deepEqual([wrong.code, wrong.stdout], [2, ""]);
  assert.match(wrong.stderr, /Allowed choices are bash, zsh, fish/);
});

/** The program's commands, without its own options. */
function program(): Parameters<typeof commandTree>[0] {
  const made = new Command("gossamer");
  const context = (): never => {
    throw new Error("nothing is run here");
  };
  for (const register of COMMANDS) register(made, context);
  return made;
}

async function scriptOf(shell: string): Promise<string> {
  const { code, stdout } = await runIn({}, "completions", shell);
  assert.equal(code, 0);
  return stdout;
}

/** With the script in a folder, and beside it files; a `gossamer` that is started betrays itself. */
async function withScript(
  shell: string,
  file: string,
  use: (folder: string, env: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "gossamer-completions-" });
  try {
    await Deno.writeTextFile(join(folder, file), await scriptOf(shell));
    await Deno.mkdir(join(folder, "somewhere"));
    await Deno.writeTextFile(join(folder, "some.capsule"), "");
    await Deno.mkdir(join(folder, "bin"));
    const trap = join(folder, "bin", "gossamer");
    await Deno.writeTextFile(trap, `#!/bin/sh\ntouch '${folder}/started'\n`, { mode: 0o755 });
    const path = `${join(folder, "bin")}:${Deno.env.get("PATH")}`;
    await use(folder, { PATH: path, HOME: folder, TERM: "dumb" });
    assert.equal(await exists(join(folder, "started")), false);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch {
    return false;
  }
}
