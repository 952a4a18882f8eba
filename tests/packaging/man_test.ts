/** The man page: what is in it, and that the programs that show such pages have nothing against it. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { EXIT } from "../../src/node/user_error.ts";
import { DATA_FILES } from "../../src/wire/data_files.ts";
import { ENVIRONMENT, EXIT_MEANINGS } from "../../src/cli/man_text.ts";
import { roffLiteral, roffParagraphs, roffText } from "../../src/cli/roff.ts";
import { runIn } from "../cli/fakes.ts";
import { programTest, ran, ranWell } from "./programs.ts";

async function withPage<T>(page: string, use: (path: string) => Promise<T>): Promise<T> {
  const path = await Deno.makeTempFile({ prefix: "gossamer-", suffix: ".1" });
  try {
    await Deno.writeTextFile(path, page);
    return await use(path);
  } finally {
    await Deno.remove(path);
  }
}

async function thePage(): Promise<string> {
  const { code, stdout, places } = await runIn({ env: {} }, "man");
  assert.deepEqual([code, places], [0, []]);
  return stdout;
}

async function shown(page: string): Promise<string> {
  return await withPage(page, (path) => ranWell(["mandoc", "-Tutf8", "-Owidth=200", path]))
    // What is bold or underlined is overstruck.
    .then((text) => text.replace(/.[\b]/g, ""));
}

programTest("mandoc finds nothing wrong with the page", { needs: ["mandoc"] }, async () => {
  await withPage(await thePage(), async (path) => {
    const { code, stdout } = await ran(["mandoc", "-Tlint", "-Wwarning", path]);
    assert.deepEqual([stdout, code], ["", 0]);
  });
});

programTest("man shows the page without a warning", { needs: ["man"] }, async () => {
  await withPage(await thePage(), async (path) => {
    const env = { MANWIDTH: "80", LC_ALL: "C.UTF-8", MANROFFSEQ: "" };
    const { code, stdout, stderr } = await ran(["man", "--warnings", "-l", path], { env });
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^GOSSAMER\(1\)/);
  });
});

programTest("the page has every command, option, exit code, file and variable", {
  needs: ["mandoc"],
}, async () => {
  const text = await shown(await thePage());
  const config: unknown = JSON.parse(await Deno.readTextFile("deno.json"));
  const allowed = (config as { permissions: { default: { env: { allow: string[] } } } })
    .permissions.default.env.allow;
  assert.deepEqual(ENVIRONMENT.map(([name]) => name).sort(), [...allowed].sort());
  assert.deepEqual(Object.keys(EXIT_MEANINGS), Object.keys(EXIT));
  const help = (await runIn({}, "--help")).stdout;
  const commands = [...help.matchAll(/^ {2}([a-z][a-z-]+)(?: |$)/gm)].map(([, name]) => name!)
    .filter((name) => name !== "gossamer" && name !== "help");
  assert.ok(commands.length > 25, commands.join(" "));
  for (const name of commands) {
    assert.match(text, new RegExp(`^ {2,4}${name}$`, "m"));
    const own = (await runIn({}, name, "--help")).stdout;
    for (const [, option] of own.matchAll(/^ {2,}(?:-\w, )?(--[a-z-]+)/gm)) {
      assert.ok(text.includes(option!), `${name} ${option}`);
    }
  }
  for (const { name } of DATA_FILES) assert.ok(text.includes(`\n       ${name}`), name);
  for (const code of Object.values(EXIT)) {
    assert.match(text, new RegExp(`^ {5,8}${code} {2,}`, "m"));
  }
});

programTest("no text becomes a macro or an escape", { needs: ["mandoc"] }, async () => {
  const text = fc.string({ unit: "grapheme-ascii", minLength: 1 })
    .map((made) => made.replace(/\s+/g, " ").trim()).filter((made) => made !== "");
  const hostile = fc.oneof(
    text,
    fc.constantFrom(".so /etc/passwd", "'br", "\\fB\\n(.x", "a\\", "--no-lan .x", '"', "…g1"),
  );
  const samples = fc.sample(hostile, { numRuns: 60, seed: 7 });
  const page = [
    ".TH X 1 2026-01-01",
    ".SH NAME",
    "x \\- y",
    ".SH A",
    ...samples.flatMap((made, n) => [
      ".PP",
      `(${n}`,
      roffLiteral(made),
      ".PP",
      `(${n}`,
      roffText(made),
    ]),
    ".SH B",
    roffParagraphs(`.one\n\n  .two\n  'three\nfour`),
    "",
  ].join("\n");
  const out = (await shown(page)).replace(/\s+/g, "");
  for (const [n, made] of samples.entries()) {
    const bare = made.replace(/\s+/g, "");
    assert.equal(out.split(`(${n}${bare}`).length >= 3, true, JSON.stringify(made));
  }
  assert.match(out, /\.one\.two'threefour/);
});

Deno.test("man gives the page as JSON, too", async () => {
  const { stdout } = await runIn({}, "man", "--json");
  assert.equal(`${JSON.parse(stdout).man.trimEnd()}\n`, await thePage());
});
