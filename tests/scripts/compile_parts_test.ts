/** The parts of `deno task compile` by themselves: targets, what is embedded, licences, bill of materials. */
import assert from "node:assert/strict";
import { ALLOWED, contents, type Lock, refused } from "../../scripts/compile/embedded.ts";
import { LICENSE_FILE, licensesPage } from "../../scripts/compile/licenses.ts";
import { whyNot } from "../../scripts/compile/outcome.ts";
import { reducedConfig, reducedLock } from "../../scripts/compile/reduced.ts";
import { sbom } from "../../scripts/compile/sbom.ts";
import { fileName, readArguments, TARGETS } from "../../scripts/compile/targets.ts";
import { versionText } from "../../src/node/version.ts";

const ROOT = "file:///p/";
const SUM = `sha512-${"A".repeat(86)}==`;

function entry(...dependencies: string[]): Lock["npm"][string] {
  return { integrity: SUM, dependencies };
}

const LOCK: Lock = {
  version: "5",
  specifiers: { "npm:k-rpc@5.1.0": "5.1.0", "npm:fast-check@4.10.2": "4.10.2" },
  npm: {
    "k-rpc@5.1.0": entry("bencode@2.0.3", "lru"),
    "bencode@2.0.3": entry(),
    "bencode@4.0.1": entry(),
    "lru@3.1.0_commander@15.1.0": entry("k-rpc"),
    "fast-check@4.10.2": entry("pure-rand"),
    "pure-rand@8.4.2": entry(),
  },
  workspace: { dependencies: ["npm:k-rpc@5.1.0", "npm:fast-check@4.10.2"] },
};

function of(paths: string[], ...npm: string[]): ReturnType<typeof contents> {
  const files = paths.map((path) => ({ kind: "esm", specifier: path }));
  const packages = npm.map((npmPackage) => ({ specifier: `npm:/${npmPackage}`, npmPackage }));
  return contents({ modules: [...files, ...packages] }, { lock: LOCK, root: ROOT });
}

Deno.test("without a target this machine's is made; each is made once", () => {
  assert.deepEqual(readArguments([], "aarch64-apple-darwin"), {
    targets: ["aarch64-apple-darwin"],
    out: "dist",
  });
  const [first, second] = TARGETS;
  const argv = [first, second, first].flatMap((target) => ["--target", target]);
  assert.deepEqual(readArguments([...argv, "--out", "o"], "nothing").targets, [first, second]);
});

Deno.test("wrong arguments are told", () => {
  for (
    const argv of [["--target"], ["--out", ""], ["--outt", "x"], ["x"], ["--target", "riscv"]]
  ) assert.throws(() => readArguments(argv, TARGETS[0]), TypeError, argv.join(" "));
  assert.throws(() => readArguments([], "armv7-unknown-linux-gnueabihf"), /there are:/);
});

Deno.test("an executable for Windows ends in .exe", () => {
  assert.deepEqual(TARGETS.map(fileName).filter((name) => name === "gossamer.exe").length, 1);
});

Deno.test("what is embedded are own modules and packages with all that they need", () => {
  const found = of(["file:///p/src/b.ts", "file:///p/main.ts"], "k-rpc@5.1.0");
  assert.deepEqual(found, {
    files: ["main.ts", "src/b.ts"],
    packages: [
      { name: "bencode", version: "2.0.3", integrity: SUM },
      { name: "k-rpc", version: "5.1.0", integrity: SUM },
      { name: "lru", version: "3.1.0", integrity: SUM },
    ],
  });
  assert.deepEqual(refused(found), []);
});

Deno.test("packages for tests and files that are no part of the program are refused", () => {
  const found = of(["file:///p/main.ts", "file:///p/tests/x.ts"], "fast-check@4.10.2");
  assert.deepEqual(refused(found), [
    "tests/x.ts is no part of the program",
    "fast-check 4.10.2 isn't among the packages that may be embedded",
    "pure-rand 8.4.2 isn't among the packages that may be embedded",
  ]);
  assert.throws(() => of(["file:///q/a.ts"]), /outside of the project/);
  assert.throws(() => of([], "gone@1.0.0"), /doesn't know gone/);
  for (const name of ["fast-check", "nostr-tools", "@msgpack/msgpack"]) {
    assert.equal(ALLOWED.includes(name), false, name);
  }
});

Deno.test("a module that can't be loaded is no success", () => {
  const modules = [{ specifier: "file:///p/a.ts", error: "gone" }];
  assert.throws(
    () => contents({ modules }, { lock: LOCK, root: ROOT }),
    /can't be loaded: .*a\.ts/,
  );
});

Deno.test("the copy's lock file and settings name nothing that isn't in the copy", () => {
  const { packages } = of([], "k-rpc@5.1.0");
  const lock = reducedLock(LOCK, packages);
  assert.deepEqual(Object.keys(lock.npm), [
    "k-rpc@5.1.0",
    "bencode@2.0.3",
    "lru@3.1.0_commander@15.1.0",
  ]);
  assert.deepEqual(lock.workspace.dependencies, ["npm:k-rpc@5.1.0"]);
  assert.deepEqual(lock.specifiers, { "npm:k-rpc@5.1.0": "5.1.0" });
  const config = {
    imports: {
      "k-rpc": "npm:k-rpc@5.1.0",
      "k-rpc/": "npm:/k-rpc@5.1.0/",
      "fast-check": "npm:fast-check@4.10.2",
    },
    permissions: { default: { net: true }, test: { run: true } },
    tasks: {},
    unstable: ["kv"],
  };
  const reduced = reducedConfig(config, packages);
  assert.deepEqual(Object.keys(reduced.imports), ["k-rpc", "k-rpc/"]);
  assert.deepEqual(reduced["permissions"], { default: { net: true } });
  assert.deepEqual([reduced["unstable"], reduced["tasks"]], [["kv"], undefined]);
});

Deno.test("the page of licences has each one in whole, and refuses packages that name none", () => {
  const page = licensesPage([
    { name: "a", version: "1", license: "MIT", texts: ["Copyright A\r\nDo.", "Notice"] },
    { name: "b", version: "2", license: "ISC", texts: [] },
  ]);
  assert.match(page, /=\na 1 \(MIT\)\n=+\n\nCopyright A\nDo\.\n\nNotice\n/);
  assert.match(page, /=\nb 2 \(ISC\)\n=+\n\nThe package has no file with its licence\./);
  const silent = { name: "c", version: "3", license: "", texts: ["?"] };
  assert.throws(() => licensesPage([silent]), /without a licence: c/);
  const names = [
    "LICENSE",
    "LICENCE.md",
    "LICENSE-MIT",
    "NOTICE",
    "CopyrightNotice.txt",
    "COPYING",
  ];
  assert.deepEqual(names.filter((name) => !LICENSE_FILE.test(name)), []);
  assert.equal(LICENSE_FILE.test("licenses.js.map2") || LICENSE_FILE.test("index.js"), false);
});

Deno.test("the bill of materials names each package with its checksum and licence", () => {
  const one = { name: "@scure/base", version: "2.4.0", integrity: SUM, license: "MIT" };
  const bill = JSON.parse(sbom([one], { version: "0.1.0", commit: "c0", runtime: "2.9.6" }));
  assert.deepEqual([bill.bomFormat, bill.specVersion], ["CycloneDX", "1.5"]);
  assert.deepEqual(bill.components.map(({ purl }: { purl: string }) => purl), [
    "pkg:github/denoland/deno@v2.9.6",
    "pkg:npm/%40scure/base@2.4.0",
  ]);
  assert.equal(bill.components[1].hashes[0].content, "00".repeat(64));
  assert.deepEqual(bill.metadata.component.properties, [{ name: "commit", value: "c0" }]);
  const build = { version: "0.1.0", commit: null, runtime: "2.9.6" };
  assert.throws(() => sbom([{ ...one, integrity: "sha1-x" }], build), /no SHA-512/);
});

Deno.test("a base binary that can't be had is told from other failures", () => {
  const said = "error: Writing\n\nCaused by:\n    0: Setting up base binary.\n    1: x";
  assert.match(whyNot(said, "t"), /^Nothing was made for t: Deno's base binary \(denort\)/);
  assert.match(whyNot(said, "t"), /DENORT_BIN can name.*\n.*portable\.sh.*\nerror: Writing/);
  assert.equal(
    whyNot("error: no space", "t"),
    "Nothing was made for t. Deno said:\nerror: no space",
  );
});

Deno.test("a version says which commit it is of, where one is known", () => {
  const commit = "0123456789abcdef0123456789abcdef01234567";
  assert.match(versionText(null), /^\d+\.\d+\.\d+$/);
  assert.match(versionText(commit), /^\d+\.\d+\.\d+ \(0123456789ab\)$/);
  assert.match(versionText(`${commit}-modified`), / \(0123456789ab, modified\)$/);
});
