/** What is public about the owner, what destroying means, and stopping the node. */
import assert from "node:assert/strict";
import type { PrivacyView, StatusView } from "../../src/node/api.ts";
import { publicNow } from "../../src/node/privacy_words.ts";
import { OUT_OF_REACH } from "../../src/wire/destruction_words.ts";
import { Visit } from "./visit.ts";

const PRIVACY: PrivacyView = {
  running: true,
  network: "main",
  unlocked: true,
  identities: [{ id: "g1ada", name: "<i>work</i>", messages: 2, profile: ["name"] }],
  following: 3,
  announced: ["203.0.113.7:14677"],
  beacon: true,
  mdns: false,
  portMapping: false,
  dht: true,
  proxy: null,
  messages: 10,
  nodes: 1,
  locatorNodes: 1,
  data: [
    {
      what: "statuses",
      class: "public",
      places: ["public.kv"],
      seenBy: "everybody",
      until: "gone",
    },
    { what: "follows", class: "private", places: ["private.kv"], seenBy: "you", until: "unfollow" },
  ],
};

/** As a page has it. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}

Deno.test("the page of what is public says all that the command says", async () => {
  const page = await new Visit({ privacy: () => PRIVACY }).page("/privacy");
  const sentences = publicNow(PRIVACY);
  assert.ok(sentences.length >= 5);
  for (const sentence of sentences) assert.ok(page.includes(escaped(sentence)), sentence);
  const [before = "", after = ""] = page.split("Private: never sent");
  assert.ok(before.includes("statuses") && !before.includes("follows"));
  assert.ok(after.includes("follows") && after.includes("public.kv-wal"));
  assert.ok(!page.includes("keys are locked"));
  const locked = { ...PRIVACY, unlocked: false, identities: [], following: null };
  assert.match(await new Visit({ privacy: () => locked }).page("/privacy"), /The keys are locked/);
});

function visit(): Visit {
  const status = { network: "main", unlocked: true } as Partial<StatusView> as StatusView;
  return new Visit({
    status: () => status,
    lock: () => ({ unlocked: [] }),
    stop: () => ({}),
  });
}

Deno.test("obliterate says what goes, what can't, and the command for it", async () => {
  const page = await visit().page("/obliterate");
  for (const caveat of OUT_OF_REACH) assert.ok(page.includes(escaped(caveat)), caveat);
  assert.ok(page.includes("gossamer obliterate --everything"));
  const own = { network: "village", unlocked: true } as Partial<StatusView> as StatusView;
  const village = await new Visit({ status: () => own }).page("/obliterate");
  assert.ok(village.includes("gossamer --network village obliterate --everything"));
});

Deno.test("the node is locked and stopped only by who said that they are sure", async () => {
  const one = visit();
  const unsure = await one.submit("/obliterate/stop");
  assert.equal(unsure.status, 400);
  assert.match(await unsure.text(), /role="alert"/);
  assert.deepEqual(one.calls.map(({ method }) => method), ["status"]);
  assert.equal((await one.submit("/obliterate/stop", { csrf: "", sure: "yes" })).status, 403);
  assert.equal((await one.get("/obliterate/stop?sure=yes")).status, 400);
  const sure = await one.submit("/obliterate/stop", { sure: "yes" });
  assert.equal(sure.status, 200);
  assert.match(await sure.text(), /The node has stopped/);
  assert.deepEqual(one.calls.map(({ method }) => method), ["status", "lock", "stop"]);
  assert.match(sure.headers.get("set-cookie") ?? "", /Max-Age=0/);
});
