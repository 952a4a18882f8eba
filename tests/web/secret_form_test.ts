/** Forms with a passphrase: decoded as the URL standard has it, bounded, overwritten. */
import assert from "node:assert/strict";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { Hono } from "hono";
import { UserError } from "../../src/node/user_error.ts";
import { MAX_SECRET_FORM_BYTES, SecretForm } from "../../src/web/secret_form.ts";
import type { WebEnv } from "../../src/web/site.ts";

const TYPE = "application/x-www-form-urlencoded";

/** Reads a request as a route would; answers its field `p`, or the code of what it was refused for. */
async function read(body: BodyInit, type = TYPE): Promise<string> {
  const app = new Hono<WebEnv>();
  app.post("/", async (c) => {
    const form = await SecretForm.read(c);
    const text = form.text("p");
    form.wipe();
    assert.ok(form.secret("p").every((byte) => byte === 0));
    return c.text(text);
  });
  app.onError((error, c) => c.text(error instanceof UserError ? error.code : String(error), 400));
  const init = { method: "POST", body, headers: { "content-type": type } };
  return await (await app.request("/", init)).text();
}

Deno.test("any fields come back as they were sent, whatever is in them", () => {
  const field = fc.string({ unit: "binary", maxLength: 40 });
  fc.assert(fc.property(fc.array(fc.tuple(field, field), { maxLength: 8 }), (pairs) => {
    const sent = new URLSearchParams(pairs);
    const form = new SecretForm(utf8ToBytes(sent.toString()));
    for (const [name] of pairs) {
      assert.equal(form.text(name), sent.get(name));
      assert.deepEqual(form.secret(name), utf8ToBytes(sent.get(name) ?? ""));
    }
  }));
});

Deno.test("any bytes are decoded as a browser's own decoder has it", () => {
  const odd = fc.string({ unit: fc.constantFrom(..."%&=+aA0fFg9\u0010\u0019 "), maxLength: 60 });
  fc.assert(fc.property(odd, (text) => {
    const form = new SecretForm(utf8ToBytes(text));
    for (const [name] of new URLSearchParams(text)) {
      if (name === "" || name.includes("\uFFFD")) continue;
      assert.deepEqual(form.text(name), new URLSearchParams(text).get(name));
    }
  }));
});

Deno.test("of a field that comes twice the first counts; one that doesn't come is empty", () => {
  const form = new SecretForm(utf8ToBytes("p=one&p=two&q"));
  assert.deepEqual([form.text("p"), form.text("q"), form.text("r")], ["one", "", ""]);
  assert.deepEqual(form.secret("r"), new Uint8Array(0));
});

Deno.test("wiping reaches every byte that was sent", () => {
  const body = utf8ToBytes("csrf=abc&p=secret");
  const form = new SecretForm(body);
  const secret = form.secret("p");
  assert.equal(new TextDecoder().decode(secret), "secret");
  form.wipe();
  assert.ok([...body, ...secret].every((byte) => byte === 0));
});

Deno.test("a form is taken up to its cap and not beyond", async () => {
  const most = "p=" + "x".repeat(MAX_SECRET_FORM_BYTES - 2);
  assert.equal(await read(most), most.slice(2));
  assert.equal(await read(most + "x"), "refused");
  assert.equal(await read("p=" + "x".repeat(250_000)), "refused");
});

Deno.test("what isn't such a form is refused", async () => {
  assert.equal(await read("p=a", `${TYPE}; charset=UTF-8`), "a");
  assert.equal(await read("p=a", TYPE.toUpperCase()), "a");
  for (const type of ["", "text/plain", "application/json", "multipart/form-data; boundary=x y"]) {
    assert.equal(await read("p=a", type), "usage", type);
  }
  assert.equal(await read(""), "");
});

Deno.test("what a body came in is overwritten", async () => {
  const chunks = ["p=sec", "ret&q", "=" + "x".repeat(MAX_SECRET_FORM_BYTES)].map(utf8ToBytes);
  const stream = (parts: readonly Uint8Array<ArrayBufferLike>[]): ReadableStream<Uint8Array> =>
    ReadableStream.from(parts);
  assert.equal(await read(stream(chunks.slice(0, 2))), "secret");
  assert.equal(await read(stream(chunks)), "refused");
  for (const chunk of chunks) assert.ok(chunk.every((byte) => byte === 0));
});
