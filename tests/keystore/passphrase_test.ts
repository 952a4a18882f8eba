import assert from "node:assert/strict";
import { PassphraseError } from "../../src/keystore/errors.ts";
import { MAX_PASSPHRASE_BYTES, passphraseFrom } from "../../src/keystore/passphrase.ts";

function read(text: string): string {
  return passphraseFrom(new TextEncoder().encode(text))
    .use((bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
}

Deno.test("passphraseFrom strips one line ending and nothing else", () => {
  const cases = {
    "secret": "secret",
    "secret\n": "secret",
    "secret\r\n": "secret",
    "secret\n\n": "secret\n",
    "secret\r": "secret\r",
    " se\ncret ": " se\ncret ",
    "\n\n": "\n",
    "\uFEFFe\u0301\n": "\uFEFFe\u0301",
  };
  assert.deepEqual(Object.keys(cases).map(read), Object.values(cases));
});

Deno.test("passphraseFrom refuses nothing and too much, and wipes what it was given", () => {
  const most = "x".repeat(MAX_PASSPHRASE_BYTES);
  assert.equal(read(most), most);
  assert.equal(read(most + "\r\n"), most);
  for (const text of ["", "\n", "\r\n", most + "x", most + "x\n"]) {
    const bytes = new TextEncoder().encode(text);
    assert.throws(() => passphraseFrom(bytes), PassphraseError);
    assert.deepEqual(bytes, new Uint8Array(text.length));
  }
  const bytes = new TextEncoder().encode("secret\n");
  passphraseFrom(bytes);
  assert.deepEqual(bytes, new Uint8Array(7));
});
