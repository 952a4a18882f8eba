/** Pages full of hostile words in a real browser: nothing of them runs, and they stay usable on a phone. */
import assert from "node:assert/strict";
import { makeLan } from "../e2e/harness/netns.ts";
import { ID, MESSAGE } from "./everything.ts";
import { browserTest, Chromium } from "./harness/chromium.ts";
import { startSite } from "./harness/start_site.ts";

const PAGES: readonly string[] = [
  ...["/", "/everything", "/mentions", "/search?q=a", `/thread/${MESSAGE}`, "/compose"],
  ...[`/person/${ID}`, "/profile/edit", "/following", `/verify/${ID}`, "/blocks", "/blocks/hidden"],
  ...["/messages", "/messages?requests=1", "/messages/new", `/messages/${ID}`],
  ...["/trust", `/trust/${ID}`, "/invite", "/join", "/peers", "/health"],
  ...["/keys", "/privacy", "/obliterate"],
];

/** What leads to further pages: where, and what is pressed. */
const ASKED: readonly (readonly [path: string, name: string])[] = [
  [`/messages/${ID}`, "Answer"],
  ["/", "Reply"],
  [`/thread/${MESSAGE}`, "Quote"],
];

browserTest(
  "pages of hostile words are harmless, accessible and no wider than a phone",
  async (t) => {
    await using net = await makeLan(1);
    const [host] = net.lans[0]!;
    assert.ok(host);
    const allow = ["--allow-net=127.0.0.1", "--allow-read", "--allow-env"];
    await using started = await startSite("hostile_site.ts", { host, allow });
    const site = started.origin;
    await using chromium = await Chromium.start(host);
    for (const [device, dark] of [["phone", true], ["desktop", false]] as const) {
      await using visitor = await chromium.visitor({ device, dark });
      let ran = false;
      visitor.page.on("dialog", (dialog) => {
        ran = true;
        void dialog.dismiss();
      });
      for (const path of PAGES) {
        await t.step(`${path.slice(0, 20)} on a ${device}`, async () => {
          await visitor.open(`${site}${path}`);
          await visitor.page.getByRole("heading", { level: 1 }).waitFor();
          await visitor.accessible();
          await visitor.picture(
            `hostile-${device}${path.replaceAll(/[^a-z]+/g, "-").slice(0, 24)}`,
          );
          assert.equal(ran, false);
        });
      }
      await t.step(`what is asked before something is done, on a ${device}`, async () => {
        const { page } = visitor;
        for (const [path, name] of ASKED) {
          await visitor.open(`${site}${path}`);
          await page.evaluate(
            `document.querySelectorAll("details").forEach((one) => one.open = true)`,
          );
          await page.getByRole("button", { name, exact: true }).first().click();
          await page.waitForURL((url) => url.pathname !== path);
          await visitor.accessible();
          assert.equal(ran, false, name);
        }
      });
    }
  },
);
