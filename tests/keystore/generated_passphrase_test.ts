import assert from "node:assert/strict";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { generatePassphrase } from "../../src/keystore/generated_passphrase.ts";
import { MIN_STRENGTH, passphraseStrength } from "../../src/keystore/passphrase_strength.ts";
import { Secret } from "../../src/keystore/secret.ts";
import { effLargeWordlist } from "../../src/keystore/wordlist.ts";

function textOf(secret: Secret): string {
  return secret.use((bytes) => new TextDecoder().decode(bytes));
}

Deno.test("the list is the EFF's, whole and in its order", async () => {
  const words = await effLargeWordlist();
  assert.equal(words.length, 7_776);
  assert.equal(
    bytesToHex(sha256(utf8ToBytes(words.join("\n")))),
    "abae49761b88f3f1ba31ef944bea1f61b795a3cd7e1cfb7d276ed45bf77967ba",
  );
});

Deno.test("each 8 random bytes choose a word, from the first to the last", async () => {
  const draws = [0n, 7_775n, 7_776n, 7_777n, 2n ** 64n - 1n, 2n ** 63n, 12_345_678_901_234n];
  const words = await effLargeWordlist();
  const made = await generatePassphrase((bytes) => {
    const view = new DataView(bytes.buffer);
    draws.forEach((draw, i) => view.setBigUint64(i * 8, draw));
  });
  assert.equal(textOf(made), draws.map((draw) => words[Number(draw % 7_776n)]).join(" "));
});

Deno.test("generated passphrases differ, and are strong enough for what they guard", async () => {
  const made = await Promise.all(Array.from({ length: 20 }, () => generatePassphrase()));
  const texts = made.map(textOf);
  assert.equal(new Set(texts).size, texts.length);
  for (const text of texts) assert.match(text, /^[a-z-]+( [a-z-]+){6}$/);
  assert.equal((await passphraseStrength(made[0]!)).score, 4);
});

Deno.test("passphraseStrength tells weak from strong, and never repeats what it was given", async () => {
  for (const weak of ["letmein", "hunter2", "ada1990", "correcthorse"]) {
    const { score, advice } = await passphraseStrength(Secret.take(utf8ToBytes(weak)));
    assert.equal(score < MIN_STRENGTH, true, weak);
    assert.notEqual(advice, "", weak);
    assert.equal(advice.toLowerCase().includes(weak), false);
  }
  const { score } = await passphraseStrength(
    Secret.take(utf8ToBytes("quorum tundra 83 violet hinge")),
  );
  assert.equal(score >= MIN_STRENGTH, true);
});
