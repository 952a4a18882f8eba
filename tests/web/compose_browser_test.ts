/** Writing with files, and hostile attachments, in a real browser: nothing of them runs. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { encode } from "fast-png";
import { makeLan } from "../e2e/harness/netns.ts";
import { Machine, text } from "../e2e/harness/node.ts";
import { FILES_ROOM } from "../../src/web/uploads.ts";
import * as s from "../picture/samples.ts";
import { browserTest, Chromium } from "./harness/chromium.ts";
import type { Visitor } from "./harness/visitor.ts";

const SCRIPT = "<script>document.title='RUN';alert('RUN')</script>";

/** Files of which a browser could be tempted to run something. */
const HOSTILE: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  "svg.png": s.latin(
    `<svg xmlns="http://www.w3.org/2000/svg" onload="alert('RUN')">${SCRIPT}</svg>`,
  ),
  "html.png": s.latin(`<!doctype html><title>x</title>${SCRIPT}`),
  "script.gif": s.latin("GIF89a/*\0\0\0*/=1;alert('RUN');"),
  "behind.png": s.join(s.png(), SCRIPT),
  "comment.jpg": s.photoWith(s.segment(0xfe, SCRIPT)),
};

/** What can be shown of them, to the letter. */
const SHOWN = new Set(["comment.jpg"]);

/** Somebody in front of a signed-in browser. */
async function signedIn(chromium: Chromium, machine: Machine, options = {}): Promise<Visitor> {
  const visitor = await chromium.visitor(options);
  await visitor.open(text(await machine.object(["open", "--no-browser"]), "link"));
  await visitor.page.getByRole("link", { name: "Gossamer" }).waitFor();
  return visitor;
}

/** A file as the driver hands it to a field. */
function upload(name: string, bytes: Uint8Array): {
  name: string;
  mimeType: string;
  buffer: Buffer;
} {
  return { name, mimeType: "image/png", buffer: Buffer.from(bytes) };
}

browserTest(
  "a post with a picture is written in a browser, and hostile files do nothing",
  async (t) => {
    await using net = await makeLan(1);
    const [host] = net.lans[0]!;
    assert.ok(host);
    await using machine = await Machine.make(host);
    await machine.identity("Ada");
    await machine.start(["--unlock"], { unlock: true });
    await using chromium = await Chromium.start(host);

    await t.step(
      "by keyboard, with the count and the files' sizes said as they change",
      async () => {
        await using visitor = await signedIn(chromium, machine, { device: "phone" });
        const { page } = visitor;
        await visitor.open("/compose");
        await visitor.accessible();
        await page.getByLabel("What do you want to say?").fill("e\u0301😀".repeat(70) + "x");
        await page.getByText("1 too many", { exact: true }).waitFor();
        await page.getByText("1 character too many").waitFor();
        await page.getByLabel("What do you want to say?").fill("My cat");
        await page.getByText("134 left").waitFor();
        await page.getByText("Add pictures or other files").click();
        await page.getByLabel("File", { exact: true }).first().setInputFiles([
          upload("big.png", new Uint8Array(60_000)),
        ]);
        await page.getByText(/60 kB, and about 50 kB fit/).waitFor();
        const taken = s.photoWith(s.segment(0xe1, s.join("Exif\0\0", s.tiff(6))));
        await page.getByLabel("File", { exact: true }).first().setInputFiles([
          upload("IMG_1.jpg", taken),
        ]);
        await page.getByText(/that fits/).waitFor();
        await page.getByLabel("What it shows").first().fill("A cat on a wall");
        await visitor.accessible();
        await visitor.picture("compose-phone");
        await page.getByLabel("What it shows").nth(1).fill("A dog");
        await page.getByLabel("I know").check();
        await page.getByRole("button", { name: "Post", exact: true }).click();
        await page.getByRole("alert").getByText(/File 2 has a description/).waitFor();
        await visitor.accessible();
        await visitor.picture("compose-refused-phone");
        await page.getByLabel(/Choose IMG_1\.jpg again/).setInputFiles([
          upload("IMG_1.jpg", taken),
        ]);
        await page.getByLabel("What it shows").nth(1).fill("");
        await page.getByRole("button", { name: "Post", exact: true }).click();
        await page.getByText(/IMG_1\.jpg goes out as picture-1\.jpg, without where/).waitFor();
        assert.equal(await sizeOf(visitor, "A cat on a wall"), "8x16", "turned as the camera was");
        await visitor.accessible();
        await visitor.picture("posted-phone");
      },
    );

    await t.step("a picture that doesn't fit is made smaller in the browser", async () => {
      await using visitor = await signedIn(chromium, machine);
      const { page } = visitor;
      await visitor.open("/compose");
      await page.getByText("Add pictures or other files").click();
      const fit = page.getByRole("button", { name: "Make the picture fit" });
      assert.equal(await fit.count(), 0);
      const large = encode({ width: 900, height: 600, data: noise(900 * 600) });
      const field = page.getByLabel("File", { exact: true }).first();
      await field.setInputFiles([upload("IMG_2.png", large)]);
      await fit.waitFor();
      await visitor.accessible();
      await fit.click();
      await page.getByText(/^Made smaller: \d+ × \d+, \d+ kB\. This file has \d+ kB: that fits\.$/)
        .waitFor();
      assert.equal(await fit.count(), 0);
      await field.setInputFiles([upload("broken.png", new Uint8Array(60_000))]);
      await fit.click();
      await page.getByText(/can't be made small enough here/).waitFor();
      await field.setInputFiles([upload("IMG_2.png", large)]);
      await fit.click();
      await page.getByText(/that fits/).waitFor();
      const [type, size, shape] = await page.evaluate<[string, number, number]>(
        `(async () => {
          const [file] = document.querySelector("#file1").files;
          const { width, height } = await createImageBitmap(file);
          return [file.type, file.size, width / height];
        })()`,
      );
      assert.equal(type, "image/jpeg");
      assert.ok(size <= FILES_ROOM && size > FILES_ROOM / 10, `${size} bytes`);
      assert.ok(Math.abs(shape - 1.5) < 0.02, "it isn't distorted");
    });

    await t.step(
      "hostile files are pictures or nothing, whoever looks at them and how",
      async () => {
        for (const [name, bytes] of Object.entries(HOSTILE)) {
          await using visitor = await signedIn(chromium, machine);
          const { page } = visitor;
          let ran = false;
          page.on("dialog", (dialog) => {
            ran = true;
            void dialog.dismiss();
          });
          await visitor.open("/compose");
          await page.getByLabel("What do you want to say?").fill(`See ${name}`);
          await page.getByText("Add pictures or other files").click();
          await page.getByLabel("File", { exact: true }).first().setInputFiles([
            upload(name, bytes),
          ]);
          await page.getByLabel("What it shows").first().fill(`The file ${name}`);
          await page.getByLabel("Send files as they are").check();
          await page.getByRole("button", { name: "Post", exact: true }).click();
          await page.getByText("goes out with your node's next exchange").or(
            page.getByText("It waits, sealed"),
          ).waitFor();
          const shown = SHOWN.has(name);
          assert.equal(await sizeOf(visitor, `The file ${name}`), shown ? "16x8" : "0x0", name);
          await visitor.open("/everything");
          const download = page.waitForEvent("download");
          await page.getByRole("link", { name: `Save ${name}` }).click();
          assert.equal((await download).suggestedFilename(), name);
          assert.equal(ran, false, name);
          assert.notEqual(await page.title(), "RUN");
        }
      },
    );

    await t.step("nor can one be made to run as the page's own script", async () => {
      const visitor = await signedIn(chromium, machine);
      await visitor.open("/everything");
      const paths: string[] = await visitor.page.evaluate(
        `[...document.querySelectorAll(".attachments img, .attachments a")]
        .map((one) => one.getAttribute("src") ?? one.getAttribute("href"))`,
      );
      assert.ok(paths.length > 2 * Object.keys(HOSTILE).length);
      for (const path of paths) {
        if (path.startsWith("/picture/")) await lookAt(visitor, path);
        const outcome = await visitor.page.evaluate(`new Promise((done) => {
        const script = document.createElement("script");
        script.src = ${JSON.stringify(path)};
        script.onload = () => done("ran");
        script.onerror = () => done("refused");
        document.head.append(script);
      })`);
        assert.equal(outcome, "refused", path);
      }
      // The browser says why.
      await assert.rejects(async () => await visitor[Symbol.asyncDispose](), /MIME type/);
    });

    await t.step("it all works without scripts, and is taken back", async () => {
      await using visitor = await signedIn(chromium, machine, { scripts: false, dark: true });
      const { page } = visitor;
      await visitor.open("/");
      await page.getByRole("article").filter({ hasText: "My cat" })
        .getByRole("button", { name: "Take back" }).click();
      assert.equal(visitor.path, "/retract");
      await page.getByText(/everybody can see for ever/).waitFor();
      await page.getByRole("button", { name: "Take it back" }).click();
      await page.getByText(/Taken back|goes out as a post does/).first().waitFor();
      await visitor.open("/");
      assert.equal(await page.getByText("My cat").count(), 0);
      await page.getByRole("button", { name: "Quote" }).first().click();
      assert.equal(visitor.path, "/compose/about");
      await page.getByRole("heading", { name: "You quote this" }).waitFor();
      await page.getByLabel("What do you want to say?").fill("Look");
      await page.getByRole("button", { name: "Post", exact: true }).click();
      assert.match(visitor.path, /^\/posted\/[-0-9a-f]{36}$/);
    });
  },
);

/** Pixels that pack badly, four bytes each. */
function noise(pixels: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: 4 * pixels }, (_, i) => {
    state = Math.imul(state, 1_664_525) + 1_013_904_223 | 0;
    return i % 4 === 3 ? 255 : state >>> 24;
  });
}

/** Opened by itself it is a picture, or a sentence. */
async function lookAt({ page }: Visitor, path: string): Promise<void> {
  const tab = await page.context().newPage();
  await tab.goto(new URL(path, page.url()).href);
  const type = await tab.evaluate("document.contentType");
  assert.match(String(type), /^(?:image\/(?:jpeg|png)|text\/plain)$/);
  assert.notEqual(await tab.title(), "RUN");
  await tab.close();
}

/** Columns and rows of a picture as the browser sees it, once it has tried. */
async function sizeOf({ page }: Visitor, alt: string): Promise<string> {
  const image = page.getByAltText(alt, { exact: true });
  await image.scrollIntoViewIfNeeded();
  return await image.evaluate<
    string,
    {
      complete: boolean;
      naturalWidth: number;
      naturalHeight: number;
      addEventListener: (type: string, then: () => void) => void;
    }
  >(
    async (image) => {
      if (!image.complete) {
        await new Promise<void>((done) => {
          for (const type of ["load", "error"]) image.addEventListener(type, () => done());
        });
      }
      return `${image.naturalWidth}x${image.naturalHeight}`;
    },
  );
}
