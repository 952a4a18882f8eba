import { deepEqual, equal, match } from "node:assert/strict";
import { type Outcome, runIn, type World } from "./fakes.ts";

const FILES = { "/p": "right\n", "/wrong": "wrong\n" };
const WORLD: World = {
  files: FILES,
  answers: { following: () => [], lock: () => ({ unlocked: [] }) },
  needKeys: ["following"],
};
const ACCOUNT = /^[0-9a-f]{32}$/;

function allWiped({ secrets }: Outcome): boolean {
  return secrets.every((bytes) => bytes.every((byte) => byte === 0));
}

for (const os of ["linux", "darwin"]) {
  Deno.test(`on ${os} the system's key store keeps the passphrase until it is told to forget`, async () => {
    const keyStore = new Map<string, Uint8Array>();
    const world = { ...WORLD, os, keyStore };
    const put = await runIn(world, "unlock", "--remember", "--passphrase-file", "/p", "--json");
    deepEqual([put.code, put.stdout, keyStore.size], [0, '{"unlocked":["g1mine"]}\n', 1]);
    const got = await runIn(world, "following", "--passphrase-store");
    deepEqual([got.code, got.passphrases], [0, ["right"]]);
    equal(got.programs.flat().some((arg) => ACCOUNT.test(arg)), true);
    const gone = await runIn(world, "unlock", "--forget", "--json");
    deepEqual([gone.code, gone.stdout, keyStore.size], [0, '{"forgotten":true}\n', 0]);
    const none = await runIn(world, "following", "--passphrase-store");
    deepEqual([none.code, none.passphrases], [3, []]);
    match(none.stderr, /holds no passphrase for this data folder[^]*unlock --remember/);
    const again = await runIn(world, "unlock", "--forget", "--json");
    equal(again.stdout, '{"forgotten":false}\n');
    const secret = /right|7269676874/;
    for (const { programs } of [put, got, gone]) {
      equal(secret.test(programs.flat().join(" ")), false);
    }
    equal(allWiped(put) && allWiped(got), true);
  });
}

Deno.test("the system's key store is asked only when it is named, and keeps no wrong passphrase", async () => {
  const keyStore = new Map<string, Uint8Array>();
  const world = { ...WORLD, keyStore };
  const wrong = await runIn(world, "unlock", "--remember", "--passphrase-file", "/wrong");
  deepEqual([wrong.code, wrong.programs, keyStore.size], [3, [], 0]);
  await runIn(world, "unlock", "--remember", "--passphrase-file", "/p");
  for (const argv of [["following"], ["following", "--passphrase-file", "/p"]]) {
    deepEqual((await runIn(world, ...argv)).programs, []);
  }
  const elsewhere = await runIn(world, "following", "--passphrase-store", "--data-dir", "/other");
  equal(elsewhere.code, 3);
});

Deno.test("unlock --remember without a node keeps the passphrase and unlocks nothing", async () => {
  const keyStore = new Map<string, Uint8Array>();
  const argv = ["unlock", "--remember", "--passphrase-file", "/p", "--json"];
  const outcome = await runIn({ ...WORLD, keyStore, running: false }, ...argv);
  deepEqual([outcome.code, outcome.stdout, keyStore.size], [0, '{"unlocked":[]}\n', 1]);
});

Deno.test("where there is no key store of the system's, or a strange one, that is said", async () => {
  const cases: [World, number, RegExp][] = [
    [{ ...WORLD, os: "windows", env: { APPDATA: "C:" } }, 1, /on Windows/],
    [WORLD, 1, /secret-tool isn't here/],
  ];
  for (const [world, code, words] of cases) {
    const outcome = await runIn(world, "following", "--passphrase-store");
    equal(outcome.code, code);
    match(outcome.stderr, words);
  }
  const keyStore = new Map<string, Uint8Array>();
  await runIn({ ...WORLD, keyStore }, "unlock", "--remember", "--passphrase-file", "/p");
  for (const text of ["", "abc", "zz", "ab".repeat(1_025)]) {
    for (const key of keyStore.keys()) keyStore.set(key, new TextEncoder().encode(text));
    const outcome = await runIn({ ...WORLD, keyStore }, "following", "--passphrase-store");
    equal(outcome.code, 1, text);
    match(outcome.stderr, /isn't a passphrase of ours/);
  }
});
