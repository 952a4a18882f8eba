/** What the page's script seals, the node opens, once and nobody else's. */
import assert from "node:assert/strict";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { UserError } from "../../src/node/user_error.ts";
import { seal } from "../../src/web/client/seal.ts";
import { FieldOffers } from "../../src/web/sealed_fields.ts";
import { SecretForm } from "../../src/web/secret_form.ts";

function form(fields: Readonly<Record<string, string>>): SecretForm {
  return new SecretForm(utf8ToBytes(new URLSearchParams(fields).toString()));
}

function isTooOld(error: unknown): boolean {
  return error instanceof UserError && error.code === "usage" && /too old/.test(error.message);
}

Deno.test("what a browser sealed comes out as it was typed", async () => {
  const offers = new FieldOffers();
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme", maxLength: 200 }), async (typed) => {
      const sealed = await seal(typed, offers.offer());
      assert.ok(typed.length < 4 || !sealed.includes(typed));
      assert.deepEqual(offers.open(form({ "p-sealed": sealed }), "p"), utf8ToBytes(typed));
    }),
    { numRuns: 30 },
  );
});

Deno.test("a field that wasn't sealed is taken as it is", () => {
  const offers = new FieldOffers();
  assert.deepEqual(offers.open(form({ p: "typed" }), "p"), utf8ToBytes("typed"));
  assert.deepEqual(offers.open(form({}), "p"), new Uint8Array(0));
});

Deno.test("each key opens one field, and one that doesn't fit uses it up", async () => {
  const offers = new FieldOffers();
  const [one, two] = [offers.offer(), offers.offer()];
  assert.notEqual(one, two);
  const sealed = await seal("secret", one);
  const spoiled = `${sealed.slice(0, -1)}${sealed.endsWith("0") ? "1" : "0"}`;
  assert.throws(() => offers.open(form({ "p-sealed": spoiled }), "p"), isTooOld);
  assert.throws(() => offers.open(form({ "p-sealed": sealed }), "p"), isTooOld);
  const other = await seal("secret", two);
  assert.throws(() => new FieldOffers().open(form({ "p-sealed": other }), "p"), isTooOld);
  assert.deepEqual(offers.open(form({ "p-sealed": other }), "p"), utf8ToBytes("secret"));
  assert.throws(() => offers.open(form({ "p-sealed": other }), "p"), isTooOld);
});

Deno.test("sixteen pages can be open at a time, the oldest is too old then", async () => {
  const offers = new FieldOffers();
  const keys = Array.from({ length: 17 }, () => offers.offer());
  const sealed = await Promise.all(keys.map((key) => seal("x", key)));
  assert.throws(() => offers.open(form({ "p-sealed": sealed[0] ?? "" }), "p"), isTooOld);
  for (const one of sealed.slice(1)) {
    assert.deepEqual(offers.open(form({ "p-sealed": one }), "p"), utf8ToBytes("x"));
  }
});

Deno.test("what nobody sealed is refused in words", async () => {
  const offers = new FieldOffers();
  const key = offers.offer();
  const good = await seal("secret", key);
  const zeros = "00".repeat(32);
  const bad = [
    "x",
    "0",
    "00",
    good.slice(0, 158),
    `${key}${zeros}${"00".repeat(20)}`,
    "é".repeat(80),
  ];
  for (const sealed of bad) {
    assert.throws(() => offers.open(form({ "p-sealed": sealed, p: "plain" }), "p"), isTooOld);
  }
});
