/** The browser that the page is tested with sees what it should see, and nothing but the test's own network. */
import assert from "node:assert/strict";
import { makeLan } from "../e2e/harness/netns.ts";
import { browserTest, Chromium } from "./harness/chromium.ts";
import { startSite } from "./harness/start_site.ts";

browserTest(
  "the test's browser stays in its namespace, and tells of strangers asked and of faults",
  async (t) => {
    await using net = await makeLan(1);
    const [host] = net.lans[0]!;
    assert.ok(host);
    const allow = ["--allow-net=127.0.0.1"];
    await using started = await startSite("plain_site.ts", { host, allow });
    const site = started.origin;
    await using chromium = await Chromium.start(host);

    await t.step("on a phone and on a desk, in dark and in light", async () => {
      for (const [device, width] of [["phone", 390], ["desktop", 1_280]] as const) {
        await using visitor = await chromium.visitor({ device, dark: true });
        await visitor.open(`${site}/`);
        assert.equal(await visitor.page.evaluate("innerWidth"), width);
        const dark = `matchMedia("(prefers-color-scheme: dark)").matches`;
        assert.equal(await visitor.page.evaluate(dark), true);
        await visitor.prefers("light");
        assert.equal(await visitor.page.evaluate(dark), false);
        await visitor.accessible();
        await visitor.page.getByRole("link", { name: "On" }).click();
        assert.equal(visitor.path, "/on?a=1");
      }
    });
    await t.step("a page that asks another origin is seen, whether or not it is let", async () => {
      for (const path of ["/asks", "/asks-refused"]) {
        const visitor = await chromium.visitor();
        await visitor.open(`${site}${path}`);
        await visitor.page.getByText("asked").waitFor();
        await assert.rejects(
          async () => await visitor[Symbol.asyncDispose](),
          /10\.88\.1\.77|Refused/,
        );
      }
    });
    await t.step("an error of a page's script is seen", async () => {
      const visitor = await chromium.visitor();
      await visitor.open(`${site}/throws`);
      await assert.rejects(async () => await visitor[Symbol.asyncDispose](), /on purpose/);
    });
    await t.step("axe finds a fault, and what is too wide is found", async () => {
      await using visitor = await chromium.visitor({ device: "phone" });
      await visitor.open(`${site}/faulty`);
      await assert.rejects(() => visitor.accessible(), /image-alt/);
      await visitor.open(`${site}/wide`);
      await assert.rejects(() => visitor.accessible(), /px too wide/);
    });
    await t.step("without scripts none runs", async () => {
      await using visitor = await chromium.visitor({ scripts: false });
      await visitor.open(`${site}/throws`);
    });
  },
);
