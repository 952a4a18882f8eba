/** Forms with files, split as browsers send them, hostile ones too. */
import assert from "node:assert/strict";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { UserError } from "../../src/node/user_error.ts";
import { partsOf } from "../../src/web/multipart.ts";
import { SecretForm } from "../../src/web/secret_form.ts";

function part(head: string, content: string | Uint8Array): Uint8Array {
  const bytes = typeof content === "string" ? utf8ToBytes(content) : content;
  return concatBytes(utf8ToBytes(`--b\r\n${head}\r\n\r\n`), bytes, utf8ToBytes("\r\n"));
}

function body(...parts: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...parts, utf8ToBytes("--b--\r\n"));
}

function field(name: string, content: string | Uint8Array): Uint8Array {
  return part(`Content-Disposition: form-data; name="${name}"`, content);
}

Deno.test("what a browser's own encoder sends comes back, files byte by byte", async () => {
  const bytes = fc.uint8Array({ maxLength: 300 });
  const text = fc.string({ unit: "grapheme-ascii" }).filter((words) => !/[\r\n]/.test(words));
  await fc.assert(fc.asyncProperty(text, bytes, async (words, file) => {
    const form = new FormData();
    form.append("words", words);
    form.append("sheet", new File([new Uint8Array(file)], 'a"b\r\n.txt'));
    const response = new Response(form);
    const [, boundary = ""] = /boundary=(.*)$/.exec(response.headers.get("content-type") ?? "") ??
      [];
    const parts = partsOf(await response.bytes(), boundary);
    assert.deepEqual(parts?.get("words"), utf8ToBytes(words));
    assert.deepEqual(parts?.get("sheet"), file);
  }));
});

Deno.test("a content may hold what looks like the rest of the form", () => {
  const odd = "--b--\r\n\r\n--\r\n-b";
  const parts = partsOf(body(field("a", odd), field("b", "")), "b");
  assert.equal(new TextDecoder().decode(parts?.get("a")), odd);
  assert.deepEqual(parts?.get("b"), new Uint8Array(0));
});

Deno.test("the first part of a name counts, and there are 16 at most", () => {
  const parts = partsOf(body(field("a", "one"), field("a", "two")), "b");
  assert.equal(new TextDecoder().decode(parts?.get("a")), "one");
  const many = Array.from({ length: 16 }, (_, i) => field(`f${i}`, "x"));
  assert.equal(partsOf(body(...many), "b")?.size, 16);
  assert.equal(partsOf(body(...many, field("more", "x")), "b"), undefined);
});

Deno.test("what no browser sends is no form, and is wiped", () => {
  const whole = body(field("a", "secret"));
  const bad: readonly Uint8Array[] = [
    new Uint8Array(0),
    utf8ToBytes("--b"),
    utf8ToBytes("--c--\r\n"),
    whole.subarray(1),
    whole.subarray(0, whole.length - 6),
    body(part("Content-Type: text/plain", "no name")),
    body(part(`Content-Disposition: form-data; name="${"n".repeat(1_100)}"`, "x")),
    utf8ToBytes('--b\nContent-Disposition: form-data; name="a"\n\nx\n--b--\n'),
    utf8ToBytes("--b\r\nContent-Disposition: form-data"),
  ];
  for (const bytes of bad) {
    assert.equal(partsOf(bytes, "b"), undefined, new TextDecoder().decode(bytes).slice(0, 60));
    const copy = bytes.slice();
    assert.throws(() => new SecretForm(copy, "b"), UserError);
    assert.ok(copy.every((byte) => byte === 0));
  }
  assert.ok(partsOf(whole, "b"));
});

Deno.test("no bytes make it throw, or give what isn't in them", () => {
  const tokens = fc.constantFrom(
    "--b",
    "\r\n",
    "--",
    'Content-Disposition: form-data; name="a"',
    "x",
  );
  const noise = fc.array(tokens, { maxLength: 30 }).map((all) => utf8ToBytes(all.join("")));
  fc.assert(fc.property(fc.oneof(noise, fc.uint8Array({ maxLength: 200 })), (bytes) => {
    for (const [, content] of partsOf(bytes, "b") ?? []) {
      assert.ok(content.byteOffset >= bytes.byteOffset);
      assert.ok(content.byteOffset + content.length <= bytes.byteOffset + bytes.length);
    }
  }));
});
