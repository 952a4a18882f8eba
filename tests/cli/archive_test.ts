import { deepEqual, equal, match } from "node:assert/strict";
import { runIn } from "./fakes.ts";

const FILES = { "/p": "right\n", "/a": "own words\n" };
const KEY = ["--passphrase-file", "/p"];

function allWiped({ secrets }: { secrets: readonly Uint8Array[] }): boolean {
  return secrets.every((bytes) => bytes.every((byte) => byte === 0));
}

Deno.test("identity create makes a recovery sheet unless told not to, and shows its words once", async () => {
  const create = ["identity", "create", ...KEY];
  const usual = await runIn({ files: FILES }, ...create, "--quiet");
  deepEqual([usual.code, usual.stdout, usual.created.at(0)?.recovery], [0, "g1new\n", {}]);
  match(usual.stderr, /gossamer-recovery-new\.txt[^]*\n {4}seven words of its own\n/);
  const named = await runIn({ files: FILES }, ...create, "--recovery", "/media/sheet.txt");
  deepEqual(named.created.at(0)?.recovery, { file: "/media/sheet.txt" });
  const none = await runIn({ files: FILES }, ...create, "--no-recovery", "--json");
  deepEqual([none.code, JSON.parse(none.stdout), none.created.at(0)?.recovery], [
    0,
    { id: "g1new", name: "", recovery: null },
    null,
  ]);
});

Deno.test("identity export shows generated words once, on stderr or in the JSON", async () => {
  const plain = await runIn({ files: FILES }, "identity", "export", "ada", "/x", ...KEY, "--quiet");
  deepEqual([plain.code, plain.stdout], [0, "/x\n"]);
  match(plain.stderr, /\n {4}seven words for it\n[^]*destroys it/);
  deepEqual(plain.carried, [{
    dataDir: "/home/ada/.local/share/gossamer",
    network: "main",
    file: "/x",
    id: "g1mine",
  }]);
  const json = await runIn({ files: FILES }, "identity", "export", "g1you", "/x", ...KEY, "--json");
  deepEqual(JSON.parse(json.stdout), {
    id: "g1yours",
    name: "ada",
    file: "/x",
    passphrase: "seven words for it",
  });
  equal(json.stderr.includes("seven words"), false);
  equal(allWiped(plain) && allWiped(json), true);
});

Deno.test("identity export takes a passphrase of one's own from its own file only", async () => {
  const own = ["--archive-passphrase-file", "/a"];
  const outcome = await runIn(
    { files: FILES },
    ...["identity", "export", "bob", "/x", ...KEY, ...own, "--json"],
  );
  deepEqual([outcome.code, outcome.passphrases], [0, ["own words", "right"]]);
  deepEqual(JSON.parse(outcome.stdout).passphrase, null);
  equal(allWiped(outcome), true);
});

Deno.test("identity export without a passphrase exits 3, for an unknown identity 1", async () => {
  const locked = await runIn({}, "identity", "export", "ada", "/x");
  deepEqual([locked.code, locked.carried], [3, []]);
  const unknown = await runIn({ files: FILES }, "identity", "export", "eve", "/x", ...KEY);
  deepEqual([unknown.code, unknown.carried], [1, []]);
});

Deno.test("identity import asks for the archive's passphrase and the folder's, each from its source", async () => {
  const typed = ["own words", "right", "right"];
  const asked = await runIn({ terminal: true, typed }, "identity", "import", "/x");
  deepEqual([asked.code, asked.stdout, asked.questions], [0, "g1came\n", [
    "Passphrase of the archive: ",
    "Passphrase (the one of this data folder, or a new one): ",
    "The same again: ",
  ]]);
  deepEqual(asked.passphrases, ["own words", "right"]);
  match(asked.stderr, /the archive \/x is destroyed[^]*may survive/);
  const kept = await runIn(
    { files: FILES },
    ...["identity", "import", "/x", "--keep", ...KEY, "--archive-passphrase-file", "/a", "--json"],
  );
  deepEqual([kept.code, JSON.parse(kept.stdout)], [
    0,
    { id: "g1came", name: "ada", destroyed: false },
  ]);
  deepEqual(kept.passphrases, ["own words", "right"]);
  equal(allWiped(asked) && allWiped(kept), true);
});

Deno.test("identity import never takes the folder's passphrase for the archive's", async () => {
  for (const argv of [KEY, ["--archive-passphrase-file", "/a"]]) {
    const outcome = await runIn({ files: FILES }, "identity", "import", "/x", ...argv);
    deepEqual([outcome.code, outcome.carried], [3, []]);
    match(outcome.stderr, /two passphrases/);
    equal(allWiped(outcome), true);
  }
});
