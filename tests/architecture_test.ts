/**
 * The rules that keep the program readable and its borders tight, applied to the real sources; and
 * for each rule a small bad sample, so that a rule that can't fail is noticed.
 */
import assert from "node:assert/strict";
import config from "../deno.json" with { type: "json" };
import pure from "../deno.pure.json" with { type: "json" };
import * as rules from "./architecture/rules.ts";
import { readSources, type Source, source } from "./architecture/source.ts";

const ROOT = new URL("../", import.meta.url);
const program = await readSources(ROOT, ["main.ts", "src"]);
const tests = await readSources(ROOT, ["tests"]);
const everything = [...program, ...tests, ...await readSources(ROOT, ["bench", "scripts"])];

/** Every place where data is declared public (docs/PRIVACY.md). Look twice before adding one. */
const MAKE_PUBLIC: readonly string[] = [
  "src/store/public_rows.ts",
  "src/wire/admit.ts",
  "src/wire/announcement.ts",
  "src/wire/beacon.ts",
  "src/wire/dht.ts",
  "src/wire/frame.ts",
  "src/wire/message.ts",
  "src/wire/privacy.ts",
  "src/wire/statement.ts",
];

const publicMarks: rules.Home = {
  what: "asPublic",
  pattern: /\basPublic\s*(?:<[^>]*>)?\(/g,
  allowed: (path) => MAKE_PUBLIC.includes(path),
};

const plainWords: rules.Home = {
  what: "asPlain",
  pattern: /\basPlain\(|\bas Plain\b/g,
  allowed: (path) =>
    ["src/node/log.ts", "src/node/machine_warnings.ts", "src/node/time_keeper.ts"].includes(path),
};

const admissions: rules.Home = {
  what: "an admission by cast",
  pattern: /\bas\s+(?:Admitted(?:Message|Statement)|Public\s*<)/g,
  allowed: (path) => ["src/wire/admit.ts", "src/wire/privacy.ts"].includes(path),
};

const labels: rules.Home = {
  what: "a domain label",
  pattern: /gossamer\/1 /g,
  allowed: (path) => path === "src/wire/labels.ts",
  inStrings: true,
};

const keys: rules.Home = {
  what: "a KV key",
  pattern: /\.(?:get|set|delete|list|watch|getMany)\(\s*\[|\b(?:key|prefix|start|end):\s*\[/g,
  allowed: (path) => path === "src/store/keys.ts" || !path.startsWith("src/store/"),
};

const databases: rules.Home = {
  what: "openKv",
  pattern: /\bopenKv\b/g,
  allowed: (path) => path === "src/store/kv_deno.ts",
};

/** Caps that are unlike any other number, so that one of them elsewhere can only be a copy. */
const CAPS = [61_440, 53_248, 2_592_000, 65_519, 14_677, 140];

/** Constants that no test has to name. */
const NOT_NAMED: readonly string[] = [
  // Tested by the numbers of the protocol page, which is stricter.
  "BASE_STAMP_BITS",
  "MAX_FUTURE_S",
  "ONE_TIME_STAMP_BITS",
  "PROTOCOL_VERSION",
  "STAMP_FREE_BYTES",
  // The engine takes it as an option and is tested with small values.
  "EXCHANGE_BODY_BYTES",
  // What authors do, which no receiver checks.
  "AUTHOR_STAMP_BITS",
  "CREATED_GRAIN_S",
  // Private messages can't be written yet.
  "MAX_PRIVATE_TEXT_POINTS",
];

/** Runs a rule on the real sources and on a bad sample, of which it must say exactly that. */
function rule(
  name: string,
  apply: (sources: readonly Source[]) => string[],
  options: { sources?: readonly Source[]; bad: Record<string, string>; says: readonly string[] },
): void {
  Deno.test(name, () => {
    const bad = Object.entries(options.bad).map(([path, text]) => source(path, text));
    assert.deepEqual(apply(bad), options.says, "the rule does not see its own bad sample");
    assert.deepEqual(apply(options.sources ?? program), []);
  });
}

Deno.test("the sources are found", () => {
  assert.ok(program.length > 20 && tests.length > 5);
});

rule("imports go one way", rules.layers, {
  bad: {
    "src/wire/a.ts": `import type { B } from "../gossip/mod.ts";`,
    "src/store/a.ts": `import {\n  b,\n} from "../keystore/mod.ts";\nimport "../wire/ids.ts";`,
    "src/gossip/a.ts": `export * from "../node/mod.ts"; // import "../cli/mod.ts"`,
    "src/node/a.ts": `const a = await import("../cli/mod.ts"); const s = 'import "../cli/x.ts"';`,
    "src/other/a.ts": `import { w } from "../wire/mod.ts";`,
  },
  says: [
    "src/wire/a.ts must not import src/gossip/mod.ts",
    "src/store/a.ts must not import src/keystore/mod.ts",
    "src/gossip/a.ts must not import src/node/mod.ts",
    "src/node/a.ts must not import src/cli/mod.ts",
    "src/other/a.ts: folder other is not in the map",
  ],
});

rule("a folder is entered through its mod.ts", rules.doors, {
  bad: {
    "src/node/a.ts": `import { a } from "../store/public.ts"; import { b } from "../wire/ids.ts";`,
    "src/store/a.ts": `import type { Store } from "./mod.ts";`,
    "src/cli/a.ts": `import type { A } from "../node/api.ts"; import "../gossip/events.ts";`,
  },
  says: [
    "src/node/a.ts imports src/store/public.ts, not src/store/mod.ts",
    "src/cli/a.ts imports src/gossip/events.ts, not src/gossip/mod.ts",
    "src/store/a.ts imports the mod.ts of its own folder",
  ],
});

rule("values are imported without cycles", rules.cycles, {
  bad: {
    "src/wire/c.ts": `import { a } from "./a.ts";`,
    "src/wire/a.ts": `import { b } from "./b.ts";`,
    "src/wire/b.ts": `import { c } from "./c.ts"; import type { a } from "./a.ts";`,
    "src/wire/d.ts": `import type { E } from "./e.ts";`,
    "src/wire/e.ts": `import { d } from "./d.ts";`,
  },
  says: ["src/wire/a.ts → src/wire/b.ts → src/wire/c.ts"],
});

rule("files are short", rules.sizes, {
  bad: {
    "src/wire/a.ts": "\n".repeat(401),
    "src/wire/b.ts": "\n".repeat(400),
    "src/gossip/engine.ts": "\n".repeat(600),
  },
  says: ["src/wire/a.ts has 401 lines, over 400"],
});

rule("the core is pure", rules.purity, {
  bad: {
    "src/wire/a.ts": "// Date.now() in words is fine\nconst a = Date.now() + Math\n .random();",
    "src/gossip/a.ts": `import { readFile } from "node:fs"; import { b } from "../trust/mod.ts";`,
    "src/trust/a.ts": "const text = `Deno ${new Date()}`; a.console; setTimeout(f, 1);",
    "src/sim/a.ts": `crypto.subtle; const s = "console.log"; /Deno/.test(s); globalThis.x;`,
    "src/store/keys.ts": `import { b } from "./kv_deno.ts"; import { x } from "hash-wasm";`,
    "src/store/kv_deno.ts": "Deno.pid;",
  },
  says: [
    "src/wire/a.ts:2 uses Date.now",
    "src/wire/a.ts:2 uses Math .random",
    "src/gossip/a.ts imports node:fs, which is not pure",
    "src/trust/a.ts:1 uses new Date",
    "src/trust/a.ts:1 uses setTimeout",
    "src/sim/a.ts:1 uses crypto",
    "src/sim/a.ts:1 uses globalThis",
    "src/store/keys.ts imports ./kv_deno.ts, which is not pure",
    "src/store/keys.ts imports hash-wasm, which is not pure",
  ],
});

rule("only the command line and the log speak to the terminal", rules.consoles, {
  bad: { "src/node/a.ts": "console.log(1);", "src/cli/a.ts": "console.log(1);" },
  says: ["src/node/a.ts:1 has console"],
});

rule("the checkers are not talked out of anything", rules.escapes, {
  sources: everything,
  bad: {
    "src/wire/a.ts": "let a: any;\nb as any;\nlet c: Map<string, any>;\nPromise.any([]);",
    "src/wire/b.ts": "// any is a word\nx as unknown as Y;",
    "src/wire/c.ts":
      "// deno-lint-ignore no-explicit-any\n/* @ts-ignore */\nconst s = '@ts-ignore';",
  },
  says: [
    "src/wire/a.ts:1 uses any",
    "src/wire/a.ts:2 uses any",
    "src/wire/a.ts:3 uses any",
    "src/wire/b.ts:2 casts through unknown",
    "src/wire/c.ts has a deno-lint-ignore",
    "src/wire/c.ts has a @ts-ignore",
  ],
});

rule("packages come from the import map", rules.packages, {
  bad: { "src/wire/a.ts": `import x from "npm:left-pad@1.0.0";` },
  says: ["src/wire/a.ts imports npm:left-pad@1.0.0 past the import map"],
});

rule("data is declared public in known places only", (s) => rules.homes(s, publicMarks), {
  bad: { "src/node/a.ts": "send(asPublic(x));", "src/wire/privacy.ts": "function asPublic(x) {}" },
  says: ["src/node/a.ts:1 has asPublic"],
});

rule(
  "sentences that aren't in the source are logged in known places only",
  (s) => rules.homes(s, plainWords),
  {
    bad: {
      "src/node/a.ts": "log.warn(asPlain(x));\ny as Plain;",
      "src/node/log.ts": "x as Plain;",
    },
    says: ["src/node/a.ts:1 has asPlain", "src/node/a.ts:2 has asPlain"],
  },
);

rule("only admit.ts admits", (s) => rules.homes(s, admissions), {
  bad: {
    "src/node/a.ts": "x as AdmittedMessage;\ny as Public<Uint8Array>;",
    "src/wire/admit.ts": "x as AdmittedMessage;",
  },
  says: ["src/node/a.ts:1 has an admission by cast", "src/node/a.ts:2 has an admission by cast"],
});

rule("domain labels stand in labels.ts", (s) => rules.homes(s, labels), {
  bad: { "src/wire/a.ts": "// gossamer/1 x\nconst a = `gossamer/1 mine`;" },
  says: ["src/wire/a.ts:2 has a domain label"],
});

rule("KV keys are built in keys.ts", (s) => rules.homes(s, keys), {
  bad: { "src/store/a.ts": `kv.get(["m", id]);\nkv.list({ prefix: [1] });\nmap.get(id);` },
  says: ["src/store/a.ts:1 has a KV key", "src/store/a.ts:2 has a KV key"],
});

rule("databases are opened in kv_deno.ts", (s) => rules.homes(s, databases), {
  bad: { "src/node/a.ts": "await Deno.openKv(path);" },
  says: ["src/node/a.ts:1 has openKv"],
});

rule("caps stand in limits.ts", (s) => rules.doubledCaps(s, CAPS), {
  bad: { "src/store/a.ts": "if (n > 61440) f(0xf000, 61_440, 614400, x61440); // 61440" },
  says: [
    "src/store/a.ts:1 repeats the cap 61440",
    "src/store/a.ts:1 repeats the cap 0xf000",
    "src/store/a.ts:1 repeats the cap 61_440",
  ],
});

Deno.test("each cap of the wire is named in a test", () => {
  const sample = source("src/wire/limits.ts", "export const A = 1;\nexport const B = 2;");
  assert.deepEqual(rules.unmentioned(sample, [source("tests/a.ts", "f(B); // A")]), ["A"]);

  const limits = program.find(({ path }) => path === "src/wire/limits.ts");
  assert.ok(limits);
  const others = tests.filter(({ path }) => path !== "tests/architecture_test.ts");
  const missing = rules.unmentioned(limits, others).filter((name) => !NOT_NAMED.includes(name));
  assert.deepEqual(missing, []);
});

Deno.test("the purity check covers every pure file, under the same versions and options", () => {
  const named = config.tasks["check:pure"].split(" ").filter((word) => word.startsWith("src/"));
  const left = program.filter(({ path }) => rules.isPure(path))
    .filter(({ path }) => !named.some((name) => path === name || path.startsWith(`${name}/`)));
  assert.deepEqual(left.map(({ path }) => path), []);

  const imports = new Map<string, string>(Object.entries(config.imports));
  for (const [name, version] of Object.entries(pure.imports)) {
    assert.equal(version, imports.get(name), name);
  }
  const { lib: _lib, types: _types, ...options } = pure.compilerOptions;
  const { jsx: _jsx, jsxImportSource: _source, ...shared } = config.compilerOptions;
  assert.deepEqual(options, shared);
});

Deno.test("the types of every file are checked, whoever imports it", () => {
  const named = config.tasks["check:types"].split(" ");
  const checks = (path: string): boolean =>
    named.includes(path) || named.some((name) =>
      !name.includes(".") && path.startsWith(`${name}/`)
    ) ||
    named.includes(path.replace(/[^/]+(?=\.tsx?$)/, "*"));
  const files = [...everything.map(({ path }) => path), "packaging/portable_app.ts"];
  assert.deepEqual(files.filter((path) => !checks(path)), []);
  assert.equal(checks("src/new/a.ts"), false);
});
