/** Ending an identity by its recovery sheet, through the page. */
import assert from "node:assert/strict";
import type { StatusView } from "../../src/node/api.ts";
import { UserError } from "../../src/node/user_error.ts";
import { MAX_SECRET_FILE_FORM_BYTES } from "../../src/web/secret_form.ts";
import { Visit } from "./visit.ts";

const ADA = "g1ada000";
const SHEET = new File(["the sheet"], "sheet.txt");
const FIELDS = { id: "G1ADA", words: "seven words", sure: "yes", sheet: [SHEET] };

interface Tried {
  readonly visit: Visit;
  /** Sheet and words of each that was opened. */
  readonly opened: string[];
  /** Statements that were sent. */
  sent(): readonly unknown[];
}

function visit(unlocked = true): Tried {
  const status = { network: "main", unlocked } as Partial<StatusView> as StatusView;
  const one = new Visit({
    status: () => status,
    revoke: () => ({ id: ADA, successor: "g1eve", message: "ab", waiting: false }),
  });
  const opened: string[] = [];
  one.openSheet = (sheet, words) => {
    opened.push([sheet, words].map((bytes) => new TextDecoder().decode(bytes)).join(": "));
    return Promise.resolve({ id: ADA, successor: "g1eve", statement: "AAAA" });
  };
  const sent = (): readonly unknown[] => one.asked("revoke");
  return { visit: one, opened, sent };
}

Deno.test("a sheet with its words ends the identity that was named", async () => {
  const { visit: one, opened, sent } = visit();
  assert.match(await one.page("/keys/revoke"), /<input[^>]*type="file"/);
  const response = await one.post("/keys/revoke", FIELDS);
  const to = response.headers.get("location");
  assert.deepEqual([response.status, to], [303, `/person/${one.veil.hide(ADA)}`]);
  assert.deepEqual(opened, ["the sheet: seven words"]);
  assert.deepEqual(sent(), [{ statement: "AAAA" }]);
});

Deno.test("nothing is sent for another identity's sheet, by who isn't sure, or with a part missing", async () => {
  const { visit: one, sent, opened } = visit();
  const cases: readonly [Record<string, string | File[]>, RegExp][] = [
    [{ ...FIELDS, id: "g1bob" }, /That recovery sheet is of g1ada000/],
    [{ ...FIELDS, id: "g1a" }, /not of what you named/],
    [{ ...FIELDS, id: "" }, /not of what you named/],
    [{ ...FIELDS, sure: "" }, /say that you are sure/],
    [{ ...FIELDS, sheet: [] }, /no recovery sheet/],
    [{ ...FIELDS, sheet: [new File([], "empty")] }, /no recovery sheet/],
  ];
  for (const [fields, words] of cases) {
    const response = await one.post("/keys/revoke", fields);
    assert.equal(response.status, 400);
    assert.match(await response.text(), words);
  }
  assert.equal(opened.length, 3);
  const huge = new File([new Uint8Array(MAX_SECRET_FILE_FORM_BYTES)], "huge");
  assert.equal((await one.post("/keys/revoke", { ...FIELDS, sheet: [huge] })).status, 400);
  const foreign = await one.post("/keys/revoke", { ...FIELDS, csrf: "x" }, { origin: "null" });
  assert.equal(foreign.status, 403);
  assert.equal((await one.submit("/keys/revoke", { csrf: "x", id: ADA })).status, 403);
  assert.deepEqual(sent(), []);
  assert.deepEqual(one.failures, []);
});

Deno.test("wrong words are said, and the identity that was typed stays in the form", async () => {
  const { visit: one, sent } = visit();
  one.openSheet = () => Promise.reject(new UserError("locked", "Wrong passphrase for the sheet."));
  const response = await one.post("/keys/revoke", { ...FIELDS, id: 'g1"><b>' });
  const page = await response.text();
  assert.equal(response.status, 403);
  assert.match(page, /role="alert"><p>Wrong passphrase for the sheet/);
  assert.ok(page.includes('value="g1&quot;&gt;&lt;b&gt;"'));
  assert.ok(!page.includes('seven words"'));
  assert.deepEqual(sent(), []);
});

Deno.test("with locked keys no sheet is opened", async () => {
  const { visit: one, opened, sent } = visit(false);
  const page = await one.page("/keys/revoke");
  assert.ok(page.includes("/keys?back=/keys/revoke") && !page.includes('type="file"'));
  assert.equal((await one.post("/keys/revoke", FIELDS)).status, 403);
  assert.deepEqual([opened, sent()], [[], []]);
});
