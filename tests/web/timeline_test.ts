/** Timeline, everything and threads as pages. */
import assert from "node:assert/strict";
import type { MessageView } from "../../src/node/api.ts";
import { VERSION } from "../../src/node/version.ts";
import { bundleClient } from "../../scripts/web_client.ts";
import { MAX_STREAMS } from "../../src/web/streams.ts";
import { WEB_VERSION } from "../../src/web/version.ts";
import { postView, Visit } from "./visit.ts";

Deno.test("the timeline shows the newest first and leads to older ones", async () => {
  const all = Array.from(
    { length: 51 },
    (_, i) => postView({ id: i.toString(16).padStart(64, "0"), text: `Post ${i}.` }),
  );
  const visit = new Visit({ timeline: ({ before }) => before === undefined ? all : [] });
  const page = await visit.page("/");
  assert.ok(page.indexOf("Post 50.") < page.indexOf("Post 1."));
  assert.ok(!page.includes("Post 0."));
  const older = `?before=${visit.veil.hide(all[1]?.id ?? "")}`;
  assert.ok(page.includes(`href="${older}"`));
  assert.match(await visit.page(`/${older}`), /nothing older/);
  assert.match(await visit.page(`/?before=${all[1]?.id}`), /nothing older/);
  assert.deepEqual(visit.asked("timeline").slice(-2), [
    { limit: 51, all: false, before: all[1]?.id },
    { limit: 51, all: false, before: all[1]?.id },
  ]);
  assert.deepEqual(visit.failures, []);
});

Deno.test("the navigation says on which of its pages one is", async () => {
  for (const path of ["/", "/everything"]) {
    const page = await new Visit({ timeline: () => [] }).page(path);
    const current = [...page.matchAll(/<a href="([^"]*)" aria-current="page"/g)].map(([, to]) =>
      to
    );
    assert.deepEqual(current, [path]);
  }
});

Deno.test("locked keys lead to where they are opened, and back", async () => {
  const response = await new Visit({}).get("/?before=ab");
  assert.equal(response.status, 403);
  assert.match(await response.text(), /href="\/keys\?back=%2F%3Fbefore%3Dab"/);
});

Deno.test("what others wrote stays text, wherever it stands", async () => {
  const evil = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>\u202E`;
  const visit = new Visit({
    timeline: () => [postView({
      text: evil,
      name: evil,
      warning: evil,
      language: evil,
      attachments: [{ name: evil, mediaType: evil, size: 1, alt: evil }],
      links: [{ start: 0, end: 3, text: evil, url: "javascript:alert(3)", plain: false }],
      mentions: [{ start: 4, end: 6, text: evil, id: "g1x", name: evil, suspicious: true }],
    })],
  });
  const page = await visit.page("/everything");
  assert.ok(!/<script>alert|<img src=x|href="javascript|\u202E/.test(page));
  assert.ok(page.includes("&lt;script&gt;"));
});

Deno.test("the version is the node's own, and the browser's code is bundled from what is here", async () => {
  assert.equal(WEB_VERSION, VERSION);
  const committed = await Deno.readTextFile(
    new URL("../../src/web/assets/client.js", import.meta.url),
  );
  assert.equal(committed, await bundleClient());
});

Deno.test("what others post into an open page is no use of the keys", async () => {
  const watched = async function* (): AsyncIterable<MessageView> {
    for (let i = 0; i < 3; i++) yield await Promise.resolve(postView({ text: `Post ${i}.` }));
  };
  const visit = new Visit({ identities: () => [] }, watched());
  const stream = await (await visit.get("/events?all=true")).text();
  assert.match(stream, /Post 0\..*Post 2\./s);
  assert.equal(visit.asked("identities").length, 1);
});

Deno.test("a browser holds open as many streams as it may, and another when one has ended", async () => {
  const gate = Promise.withResolvers<void>();
  const watched = async function* (): AsyncIterable<MessageView> {
    await gate.promise;
    yield postView();
  };
  const visit = new Visit({ identities: () => [] }, watched());
  const open = (): Promise<Response> => visit.get("/events?all=true");
  const streams: Response[] = [];
  for (let n = 0; n < MAX_STREAMS; n++) streams.push(await open());
  assert.ok(streams.every(({ status }) => status === 200));
  const refused = await open();
  assert.equal(refused.status, 400);
  assert.match(await refused.text(), /close some pages/);
  await streams.pop()?.body?.cancel();
  const next = await open();
  assert.equal(next.status, 200);
  gate.resolve();
  for (const stream of [...streams, next]) await stream.text();
  assert.deepEqual(visit.failures, []);
});
