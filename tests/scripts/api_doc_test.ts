/** docs/API.md says what the program's types say. */
import assert from "node:assert/strict";
import { withApi } from "../../scripts/api_doc.ts";
import { isMethod } from "../../src/node/params.ts";
import { ROOT } from "../e2e/harness/process.ts";

const page = await Deno.readTextFile(`${ROOT}docs/API.md`);

Deno.test("docs/API.md is what the code says", async () => {
  assert.equal(page, await withApi(page), "Run: deno run -RW scripts/api_doc.ts");
});

Deno.test("docs/API.md has the methods that the socket knows, each with its parameters and result", () => {
  const [, methods = ""] = /^## Methods$(.*)^## Types$/ms.exec(page) ?? [];
  const sections = methods.split(/^### /m).slice(1);
  assert.ok(sections.length > 30);
  for (const section of sections) {
    const name = section.split("\n")[0] ?? "";
    assert.ok(isMethod(name), name);
    const code = /^```ts\n(.*)^```$/ms.exec(section)?.[1] ?? "";
    assert.match(code, /\bparams: .*\bresult: /s, name);
    assert.equal(code.split("{").length, code.split("}").length, name);
    // What stands between heading and code.
    assert.notEqual(section.slice(name.length, section.indexOf("```")).trim(), "", name);
  }
});

Deno.test("docs/API.md has every type whole", () => {
  const [, types = ""] = /^## Types$(.*)/ms.exec(page) ?? [];
  const codes = [...types.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
  assert.ok(codes.length > 30);
  for (const code of codes) assert.equal(code.split("{").length, code.split("}").length, code);
  assert.match(types, /^MessageView \{.*?^ {2}attachments: AttachmentView\[\];\n\}/ms);
});

Deno.test("a page without a place for it is not written", async () => {
  await assert.rejects(withApi("# Nothing"), /lacks/);
});
