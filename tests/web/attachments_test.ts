/** Attachments in the page: what is shown, what is saved, and that neither can do anything. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { AttachmentView } from "../../src/node/api.ts";
import { UserError } from "../../src/node/user_error.ts";
import { saveAs } from "../../src/web/views/attachments.tsx";
import * as s from "../picture/samples.ts";
import { postView, Visit } from "./visit.ts";

const ID = "ab".repeat(32);
const SCRIPT = "<script>alert(document.domain)</script>";

/** A page whose every message has this one attachment. */
function withFile(bytes: Uint8Array, part: Partial<AttachmentView> = {}): Visit {
  const view = { name: "cat.png", mediaType: "image/png", size: bytes.length, alt: "", ...part };
  return new Visit({
    attachment: () => ({ ...view, base64: bytes.toBase64() }),
    timeline: () => [postView({ attachments: [view] })],
  });
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}

Deno.test("a picture is shown as what its bytes are, not as what its author calls it", async () => {
  const files = {
    "image/png": s.png(),
    "image/jpeg": s.photo(),
    "image/gif": s.join(s.gifHead(), s.gifPicture(), ";"),
    "image/webp": s.WEBP,
  };
  for (const [type, bytes] of Object.entries(files)) {
    for (const mediaType of ["image/png", "text/html", "image/svg+xml", ""]) {
      const visit = withFile(bytes, { mediaType, name: "x.html" });
      const response = await visit.get(`/picture/${ID}/0`);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("content-type"), type);
      assert.deepEqual(await bytesOf(response), bytes);
      assert.deepEqual(visit.calls, [{ method: "attachment", params: { id: ID, index: 0 } }]);
    }
  }
});

Deno.test("no answer with somebody's bytes may run, load or be used by another site", async () => {
  const visit = withFile(s.photoWith(s.segment(0xfe, SCRIPT)));
  for (const path of [`/picture/${ID}/0`, `/attachment/${ID}/0`]) {
    const { headers } = await visit.get(path);
    assert.equal(
      headers.get("content-security-policy"),
      "sandbox; default-src 'none'; frame-ancestors 'none'",
    );
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("cross-origin-resource-policy"), "same-origin");
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(headers.get("x-frame-options"), "DENY");
    assert.equal(headers.get("referrer-policy"), "same-origin");
  }
});

Deno.test("what isn't a safe picture is never shown, and still can be saved as it is", async () => {
  const hostile = {
    "HTML named .png": s.latin(`<!doctype html>${SCRIPT}`),
    "an SVG with script": s.latin(`<svg xmlns="http://www.w3.org/2000/svg">${SCRIPT}</svg>`),
    "a PNG with HTML behind it": s.join(s.png(), SCRIPT),
    "a GIF that is script, too": s.latin("GIF89a/*\0\0\0*/=1;alert(1);"),
    "half a picture": s.photo().subarray(0, 200),
    "nothing": new Uint8Array(),
  };
  for (const [what, bytes] of Object.entries(hostile)) {
    const visit = withFile(bytes);
    const shown = await visit.get(`/picture/${ID}/0`);
    assert.equal(shown.status, 415, what);
    assert.equal(shown.headers.get("content-type"), "text/plain; charset=UTF-8");
    assert.ok(!(await shown.text()).includes("<"));
    const saved = await visit.get(`/attachment/${ID}/0`);
    assert.equal(saved.headers.get("content-type"), "application/octet-stream");
    assert.match(
      saved.headers.get("content-disposition") ?? "",
      /^attachment; filename="cat\.png"/,
    );
    assert.deepEqual(await bytesOf(saved), s.join(bytes), what);
  }
});

Deno.test("a comment with HTML is not sent with what is shown", async () => {
  const bytes = s.photoWith(s.segment(0xfe, SCRIPT), s.segment(0xe1, `Exif\0\0${SCRIPT}`));
  const response = await withFile(bytes).get(`/picture/${ID}/0`);
  assert.equal(response.headers.get("content-type"), "image/jpeg");
  assert.equal(s.indexOf(await bytesOf(response), "script"), -1);
});

Deno.test("blocked authors' attachments are asked for only where the reader did", async () => {
  const visit = new Visit({
    attachment: ({ hidden }) => {
      if (hidden !== true) throw new UserError("refused", "Its author is blocked.");
      return { name: "", mediaType: "", size: 1, alt: "", base64: "AA==" };
    },
  });
  assert.equal((await visit.get(`/attachment/${ID}/0`)).status, 400);
  assert.equal((await visit.get(`/picture/${ID}/0?hidden=0`)).status, 400);
  const saved = await visit.get(`/attachment/${ID}/2?hidden=1`);
  assert.equal(saved.status, 200);
  assert.match(saved.headers.get("content-disposition") ?? "", /filename="attachment-3"/);
});

Deno.test("a place that isn't a number is refused before the node is asked", async () => {
  const visit = withFile(s.png());
  for (const index of ["x", "-1", "1e3", "0x0", "1000", "%00"]) {
    assert.equal((await visit.get(`/picture/${ID}/${index}`)).status, 400, index);
  }
  assert.deepEqual(visit.calls, []);
});

Deno.test("a file is saved under a harmless name", () => {
  assert.equal(saveAs("cat.png"), `attachment; filename="cat.png"; filename*=UTF-8''cat.png`);
  assert.equal(
    saveAs(`Grüße "1" (2)'*.png`),
    `attachment; filename="Gr__e _1_ (2)__.png"; ` +
      "filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%221%22%20%282%29%27%2A.png",
  );
  fc.assert(fc.property(fc.string({ unit: "binary" }), (name) => {
    const header = saveAs(name);
    assert.match(header, /^attachment; filename="[\w.() -]*"; filename\*=UTF-8''[\w.!~%-]*$/);
    assert.equal(decodeURIComponent(header.split("''")[1] ?? ""), name.toWellFormed());
  }));
});

Deno.test("a post shows what may be a picture, says what it shows, and offers every file", async () => {
  const visit = withFile(s.png(), { alt: "A cat on a wall", size: 1_234 });
  const page = await visit.page("/everything");
  const id = visit.veil.hide(ID.slice(0, 24));
  assert.match(
    page,
    new RegExp(`<img src="/picture/${id}/0" alt="A cat on a wall" loading="lazy"`),
  );
  assert.match(
    page,
    new RegExp(`<a href="/attachment/${id}/0" download[^>]*>Save <bdi>cat.png</bdi>`),
  );
  assert.match(page, /1\.2 kB; its author calls it <bdi>image\/png<\/bdi>/);
  const silent = await withFile(s.png()).page("/everything");
  assert.match(silent, /alt="Picture; its author did not say what it shows"/);
  assert.match(silent, /Without a description by its author/);
});

Deno.test("what its author doesn't call a picture of the four kinds is only offered", async () => {
  for (
    const mediaType of ["image/svg+xml", "text/html", "image/avif", "image/png; x", "IMAGE/PNGX"]
  ) {
    const page = await withFile(s.png(), { mediaType, alt: "Words" }).page("/everything");
    assert.ok(!page.includes("<img"), mediaType);
    assert.match(page, /<p class="alt" dir="auto">Words<\/p>/);
    assert.match(page, /\/attachment\//);
  }
});
