/** Keys, privacy and obliterate in a real browser: unlocking sealed and not, and pages that clear themselves. */
import assert from "node:assert/strict";
import { makeLan } from "../e2e/harness/netns.ts";
import { Machine, text } from "../e2e/harness/node.ts";
import { browserTest, Chromium } from "./harness/chromium.ts";
import type { Visitor } from "./harness/visitor.ts";

/** Looks at a page as it is, in both colours. */
async function look(visitor: Visitor, name: string): Promise<void> {
  for (const colour of ["light", "dark"] as const) {
    await visitor.prefers(colour);
    await visitor.accessible();
    await visitor.picture(`${name}-${visitor.device}-${colour}`);
  }
}

browserTest("keys are unlocked in a browser, and gone from it when they are locked", async (t) => {
  await using net = await makeLan(1);
  const [host] = net.lans[0]!;
  assert.ok(host);
  await using machine = await Machine.make(host);
  const passphrase = (await Deno.readTextFile(machine.passphraseFile)).trim();
  const ada = await machine.identity("Ada");
  await machine.start(["--no-lan"]);
  await using chromium = await Chromium.start(host);
  const enter = async (visitor: Visitor, path: string): Promise<void> => {
    await visitor.open(text(await machine.object(["open"]), "link"));
    await visitor.page.waitForURL(({ pathname }) => pathname === "/");
    await visitor.open(path);
  };
  const unlock = async ({ page }: Visitor, typed: string): Promise<void> => {
    await page.getByLabel("Passphrase").fill(typed);
    await page.getByRole("button", { name: "Unlock" }).click();
  };

  for (const device of ["phone", "desktop"] as const) {
    await t.step(`with scripts, on a ${device}: sealed, and led back`, async () => {
      await using visitor = await chromium.visitor({ device });
      const { page } = visitor;
      await enter(visitor, "/keys?back=/privacy");
      await look(visitor, "keys-locked");
      const sent: string[] = [];
      page.on("request", (request) => sent.push(request.postData() ?? ""));
      await unlock(visitor, passphrase);
      await page.waitForURL("**/privacy");
      assert.ok(sent.some((body) => body.includes("passphrase-sealed=")));
      assert.ok(sent.every((body) => !body.includes(passphrase)));
      await look(visitor, "privacy");
      await visitor.open("/keys");
      await page.getByText(ada).first().waitFor();
      await look(visitor, "keys-unlocked");
      await visitor.open("/keys/revoke");
      await look(visitor, "revoke");
      await visitor.open("/obliterate");
      await look(visitor, "obliterate");
      // The open page asks when somebody comes back to it, and now and then.
      await visitor.open("/keys");
      await machine.object(["lock"]);
      await page.getByRole("heading", { name: "Keys and identities" }).waitFor();
      await page.getByLabel("Passphrase").waitFor();
      assert.ok(!(await page.content()).includes(ada));
    });
  }

  await t.step("without scripts it works as well, and a wrong passphrase is said", async () => {
    await using visitor = await chromium.visitor({ scripts: false });
    const { page } = visitor;
    await enter(visitor, "/keys");
    await unlock(visitor, "wrong");
    await page.getByRole("alert").getByText("Wrong passphrase").waitFor();
    await visitor.picture("keys-wrong");
    while (await page.getByLabel("Passphrase").isVisible()) await unlock(visitor, passphrase);
    await page.getByText("The keys are unlocked").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("This browser is signed out").waitFor();
    assert.equal((await machine.object(["status"]))["unlocked"], false);
  });

  await t.step("a browser can stop the node", async () => {
    await using visitor = await chromium.visitor();
    const { page } = visitor;
    await enter(visitor, "/obliterate");
    await page.getByLabel("I want the node to stop").check();
    await page.getByRole("button", { name: "Lock and stop the node" }).click();
    await page.getByText("The node has stopped").first().waitFor();
    await look(visitor, "stopped");
    assert.equal((await machine.object(["status"]))["running"], false);
  });
});
