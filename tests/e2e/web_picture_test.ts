/** A photograph posted in one node's page and seen in another's, without what it told; and what isn't one. */
import assert from "node:assert/strict";
import * as s from "../picture/samples.ts";
import { Browser } from "./harness/browser.ts";
import { Machine } from "./harness/node.ts";

const SCRIPT = "<script>alert(1)</script>";

async function bytesOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}

Deno.test("a photograph is posted, seen elsewhere and taken back by the page alone", async () => {
  await using a = await Machine.make();
  await using b = await Machine.make();
  const ada = await a.identity("Ada");
  await b.identity("Bob");
  const nodeB = await b.start(["--unlock", "--eager"], { unlock: true });
  const join = `g:?a=127.0.0.1:${await nodeB.port()}`;
  await a.start(["--unlock", "--eager", "--join", join], { unlock: true });
  const [atA, atB] = [await Browser.open(a), await Browser.open(b)];

  // Before her first public word she is asked; then it goes out, without place, camera and name.
  assert.match(await atA.page("/compose"), /said nothing in public yet/);
  const taken = s.photoWith(s.segment(0xe1, s.join("Exif\0\0", s.tiff(6))));
  const fields = {
    ...{ text: "My cat", as: ada, alt1: "A cat on a wall" },
    file1: new File([taken], "PXL_20260512_Berlin.jpg", { type: "image/jpeg" }),
    file2: new File([`<html>${SCRIPT}`], "evil.png", { type: "image/png" }),
  };
  assert.match(
    (await atA.send("/compose", fields)).page,
    /evil\.png: this page can&#39;t take out/,
  );
  const asked = await atA.send("/compose", { ...fields, file2: "" });
  assert.match(asked.page, /first that this identity says in public/);
  const sent = await atA.send("/compose", { ...fields, file2: "", first: "yes" });
  assert.equal(sent.status, 303, sent.page);
  const posted = await atA.page(sent.to);
  assert.match(posted, /PXL_20260512_Berlin\.jpg goes out as picture-1\.jpg, without/);
  const id = idOn(posted);
  assert.ok(!sent.to.includes(id.slice(0, 8)), "no address tells whose it is");

  // Bob sees it.
  await nodeB.event("message", (event) => String(event["id"]).startsWith(id));
  const page = await atB.page("/everything");
  const [, at = ""] = /<img src="(\/picture\/[^"]*)" alt="A cat on a wall"/.exec(page) ?? [];
  assert.doesNotMatch(page, /Berlin/);
  const picture = await atB.get(at);
  assert.equal(picture.headers.get("content-type"), "image/jpeg");
  const shown = await bytesOf(picture);
  const saved = await bytesOf(await atB.get(at.replace("picture", "attachment")));
  assert.deepEqual(saved, shown);
  for (const told of ["GPS", "ACME"]) assert.equal(s.indexOf(saved, told), -1);
  assert.equal(saved.length, s.photo().length + 36, "which way up it is stays");

  // What only says that it is a picture can be saved, and is never shown.
  const evil = await atA.send("/compose", {
    ...{ text: "Click", as: ada, "as-they-are": "yes", file1: fields.file2 },
  });
  const evilId = idOn(await atA.page(evil.to));
  await nodeB.event("message", (event) => String(event["id"]).startsWith(evilId));
  assert.equal((await bytesOfRefused(atB, `/picture/${evilId}/0`)).includes("<"), false);
  const file = await atB.get(`/attachment/${evilId}/0`);
  assert.equal(file.headers.get("content-type"), "application/octet-stream");
  assert.match(file.headers.get("content-disposition") ?? "", /^attachment; filename="evil\.png"/);
  assert.match(file.headers.get("content-security-policy") ?? "", /^sandbox; default-src 'none'/);
  assert.match(await file.text(), /<script>/);

  // Taken back, it is gone from either page.
  assert.match((await atA.send("/retract", { id })).page, /My cat/);
  const back = await atA.send("/retract/sure", { id });
  assert.match(await atA.page(back.to), /Taken back/);
  await nodeB.event(
    "message",
    (event) => ![id, evilId].some((one) => String(event["id"]).startsWith(one)),
  );
  for (const browser of [atA, atB]) {
    assert.doesNotMatch(await browser.page("/everything"), /My cat/);
    assert.equal((await bytesOfRefused(browser, `/picture/${id}/0`, 400)).includes("JFIF"), false);
  }
  assert.equal((await bytesOfRefused(atB, at, 400)).includes("JFIF"), false);
});

/** The first message on a page, as far as pages name it. */
function idOn(page: string): string {
  const [, id = ""] = / id="m-([0-9a-f]{24})"/.exec(page) ?? [];
  assert.notEqual(id, "", page);
  return id;
}

/** What is said in place of a picture. */
async function bytesOfRefused(browser: Browser, path: string, status = 415): Promise<string> {
  const response = await browser.get(path);
  const text = await response.text();
  assert.equal(response.status, status, text);
  return text;
}
