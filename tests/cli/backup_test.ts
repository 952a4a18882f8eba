import assert from "node:assert/strict";
import { IN_BACKUP, runIn, type World } from "./fakes.ts";

const WORLD: World = { files: { "/pw": "right\n", "/own": "of my own\n" } };
const FOLDER = ["--passphrase-file", "/pw", "--data-dir", "/d"];

Deno.test("backup shows its words once, and what isn't in it", async () => {
  const { code, stdout, stderr, carried, secrets } = await runIn(
    WORLD,
    ...["backup", "/stick/b", ...FOLDER],
  );
  assert.equal(code, 0, stderr);
  assert.equal(stdout, "/stick/b\n");
  assert.match(stderr, /shown this once:\n\n {4}seven words for it\n/);
  assert.match(stderr, /Not in it: 9 of your messages/);
  assert.deepEqual(carried, [{ dataDir: "/d", network: "main", file: "/stick/b", force: false }]);
  assert.ok(secrets.every((secret) => secret.every((byte) => byte === 0)));
});

Deno.test("backup in JSON has the words in the result alone; a passphrase of one's own isn't shown", async () => {
  const json = await runIn(WORLD, "backup", "/b", "--force", "--json", ...FOLDER);
  assert.deepEqual(JSON.parse(json.stdout), {
    ...{ file: "/b", bytes: 1_048_896, madeAt: 1_800_000_000, contents: IN_BACKUP },
    passphrase: "seven words for it",
  });
  assert.ok(!json.stderr.includes("seven words"));
  const own = await runIn(WORLD, "backup", "/b", "--backup-passphrase-file", "/own", ...FOLDER);
  assert.equal(own.code, 0, own.stderr);
  assert.ok(!own.stderr.includes("shown this once"));
  const request = { dataDir: "/d", network: "main", file: "/b", force: false };
  assert.deepEqual(own.carried, [{ ...request, own: "of my own" }]);
});

Deno.test("backup needs an identity and a passphrase, whatever is unlocked", async () => {
  const none = await runIn({ ...WORLD, anyIdentity: false }, "backup", "/b", ...FOLDER);
  assert.deepEqual([none.code, none.carried], [3, []]);
  const locked = await runIn({ ...WORLD, unlocked: true }, "backup", "/b", "--data-dir", "/d");
  assert.deepEqual([locked.code, locked.carried], [3, []]);
});

Deno.test("restore asks for the backup's passphrase, opens no folder, and says what is in it", async () => {
  const words = ["--backup-passphrase-file", "/own", "--data-dir", "/d"];
  const dry = await runIn(WORLD, "restore", "/b", "--dry-run", ...words);
  assert.equal(dry.code, 0, dry.stderr);
  assert.match(
    dry.stdout,
    /^Whole, and nothing was changed\. In it:\n {2}made 2027-01-15 08:00 UTC\n/,
  );
  assert.match(
    dry.stdout,
    /identities: 2; followed: 3; blocked: 1\n {2}archived posts: 40; private messages: 5/,
  );
  assert.deepEqual([dry.places, dry.stderr], [[], ""]);
  const real = await runIn(WORLD, "restore", "/b", "--json", ...words);
  assert.equal(real.code, 0, real.stderr);
  const { restored, dataDir } = JSON.parse(real.stdout);
  assert.deepEqual([restored, dataDir], [true, "/d"]);
  const typed = await runIn(
    { ...WORLD, terminal: true, typed: ["typed words"] },
    ...["restore", "/b", "--data-dir", "/d"],
  );
  assert.deepEqual(typed.questions, ["Passphrase of the backup: "]);
  assert.ok(typed.secrets.every((secret) => secret.every((byte) => byte === 0)));
  const inVain = await runIn(
    { ...WORLD, terminal: true, typed: ["typed words"], unrestorable: "no such file" },
    ...["restore", "/b", "--data-dir", "/d"],
  );
  assert.deepEqual([inVain.code, inVain.questions, inVain.carried], [1, [], []]);
  assert.match(inVain.stderr, /\/b: no such file/);
  const nobody = await runIn(
    WORLD,
    "restore",
    "/b",
    "--data-dir",
    "/d",
    "--passphrase-file",
    "/pw",
  );
  assert.deepEqual([nobody.code, nobody.carried], [3, []]);
});
