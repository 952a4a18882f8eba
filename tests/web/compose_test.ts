/** Writing in the page: who speaks, what becomes public, files, and that nothing that was written is lost. */
import assert from "node:assert/strict";
import type { Api, IdentityView, OwnPublicView } from "../../src/node/api.ts";
import { UserError } from "../../src/node/user_error.ts";
import { FILES_ROOM, MAX_UPLOAD_BYTES } from "../../src/web/uploads.ts";
import { MAX_BODY_BYTES } from "../../src/wire/limits.ts";
import * as s from "../picture/samples.ts";
import { type Answers, postView, Visit } from "./visit.ts";

const ID = "cd".repeat(32);
const ADA: IdentityView = { id: "g1ada", name: "ada", unlocked: true };
const BEE: IdentityView = { id: "g1bee", name: "bee", unlocked: true };

type Posted = Api["post"]["params"];

/** A page whose owner has these identities, and what was posted by it. */
function desk(
  { identities = [ADA], messages = 3, answers = {} }: {
    identities?: readonly IdentityView[];
    messages?: number;
    answers?: Answers;
  } = {},
): { visit: Visit; posted: Posted[] } {
  const posted: Posted[] = [];
  const own: OwnPublicView[] = identities.map(({ id, name }) => ({
    id,
    name,
    messages,
    profile: [],
  }));
  const visit = new Visit({
    identities: () => identities,
    privacy: () => ({ ...PRIVACY, identities: own }),
    peers: () => [],
    show: ({ id }) => ({ ...postView({ id, text: "What was said" }), kind: "status" }),
    post: (params) => {
      posted.push(params);
      return { id: ID, created: 1_800_000_000, waiting: false, notes: [] };
    },
    ...answers,
  });
  return { visit, posted };
}

const PRIVACY: Api["privacy"]["result"] = {
  ...{
    running: true,
    network: "main",
    unlocked: true,
    identities: [],
    following: 0,
    announced: [],
  },
  ...{ beacon: false, mdns: false, portMapping: false, dht: false, proxy: null, messages: 0 },
  ...{ nodes: 0, locatorNodes: 0, data: [] },
};

function picture(bytes: Uint8Array<ArrayBuffer>, name = "IMG_20260512.jpg"): File {
  return new File([bytes], name, { type: "text/html" });
}

/** The page that comes back for a form that wasn't accepted. */
async function refused(
  visit: Visit,
  fields: Readonly<Record<string, string | readonly (string | File)[]>>,
  status = 400,
): Promise<string> {
  const response = await visit.post("/compose", fields);
  const page = await response.text();
  assert.equal(response.status, status, page);
  return page;
}

/** The form for an answer or a quote. */
async function about(visit: Visit, fields: Readonly<Record<string, string>>): Promise<string> {
  const response = await visit.post("/compose/about", fields);
  const page = await response.text();
  assert.equal(response.status, 200, page);
  return page;
}

/** What the alert says. */
function alert(page: string): string {
  return /role="alert"><p>(.*?)<\/p>/s.exec(page)?.[1] ?? "";
}

Deno.test("a post goes to the node as it was written, and is shown with what became of it", async () => {
  const { visit, posted } = desk();
  const response = await visit.post("/compose", {
    ...{ text: "Hello,\r\nworld", as: ADA.id, reply: "ab".repeat(32), quote: "ef".repeat(32) },
    ...{ warning: "spiders", language: " de ", form: "1" },
  });
  assert.equal(response.status, 303);
  assert.equal(response.headers.get("location"), "/posted/1");
  assert.deepEqual(posted, [{
    ...{ text: "Hello,\nworld", as: ADA.id, attachments: [] },
    ...{ replyTo: "ab".repeat(32), quote: "ef".repeat(32), warning: "spiders", language: "de" },
  }]);
  const page = await visit.page("/posted/1");
  assert.match(page, /waits, sealed, until your node has met another/);
  assert.match(page, /What was said/);
});

Deno.test("of one identity it is said that it speaks; of several none is chosen beforehand", async () => {
  const one = await desk().visit.page("/compose");
  assert.match(one, /<input type="hidden" name="as" value="g1ada"/);
  const { visit, posted } = desk({ identities: [ADA, BEE] });
  const several = await visit.page("/compose");
  assert.equal(several.match(/type="radio"[^>]*required/g)?.length, 2);
  assert.ok(!/type="radio"[^>]*checked/.test(several));
  for (const as of [[], ["g1eve"], ["ada"]]) {
    const page = await refused(visit, { text: "Who?", as });
    assert.match(alert(page), /Choose which of your identities speaks/);
    assert.match(page, />\nWho\?<\/textarea>/);
  }
  assert.equal(posted.length, 0);
  assert.equal((await visit.post("/compose", { text: "Bee", as: BEE.id })).status, 303);
  assert.equal(posted[0]?.as, BEE.id);
});

Deno.test("before the first public word of an identity its owner says that they know", async () => {
  const { visit, posted } = desk({ messages: 0 });
  const asked = await visit.page("/compose");
  assert.match(asked, /said nothing in public yet/);
  assert.match(
    alert(await refused(visit, { text: "Hi", as: ADA.id })),
    /first that this identity says/,
  );
  assert.equal(posted.length, 0);
  assert.equal(
    (await visit.post("/compose", { text: "Hi", as: ADA.id, first: "yes" })).status,
    303,
  );
  assert.ok(!(await desk().visit.page("/compose")).includes("nothing in public yet"));
});

Deno.test("what becomes public stands beside the button", async () => {
  const page = await desk().visit.page("/compose");
  assert.match(page, /aria-describedby="public">Post<\/button>/);
  assert.match(page, /id="public">Everybody can read a post, for ever/);
  assert.match(page, /At most 140 characters/);
  assert.match(page, /A photograph can say where, when and with what it was taken/);
});

Deno.test("a form that is refused comes back with all that was written, but for files", async () => {
  const { visit } = desk({
    answers: {
      post: () => {
        throw new UserError("refused", "A post has at most 140 characters. Nothing was sent.");
      },
    },
  });
  const fields = {
    ...{
      text: "</textarea><b>x",
      as: ADA.id,
      warning: `"w`,
      language: "en",
      reply: "ab".repeat(32),
    },
    ...{
      alt1: "A cat <3",
      file1: [picture(s.photo(), "cat<.jpg")],
      "as-they-are": "yes",
      form: "7",
    },
  };
  const page = await refused(visit, fields);
  assert.equal(
    alert(page),
    "A post has at most 140 characters. Nothing was sent. Choose the file again.",
  );
  assert.match(page, />\n&lt;\/textarea&gt;&lt;b&gt;x<\/textarea>/);
  assert.match(page, /name="warning" value="&quot;w"/);
  assert.match(page, /name="language" value="en"/);
  assert.match(page, /name="form" value="7"/);
  assert.match(page, /name="reply" value="(?:ab){32}"/);
  assert.match(page, /What was said/);
  assert.match(page, />\nA cat &lt;3<\/textarea>/);
  assert.match(page, /name="lost1" value="cat&lt;.jpg"/);
  assert.match(page, /name="as-they-are" value="yes" checked/);
});

Deno.test("a file that has to be chosen again isn't forgotten", async () => {
  const { visit, posted } = desk();
  const base = { text: "See", as: ADA.id };
  const forgotten = await refused(visit, { ...base, lost1: "cat.jpg", alt1: "A cat" });
  assert.match(alert(forgotten), /Choose cat\.jpg again, or say that it stays away/);
  assert.match(forgotten, /name="lost1" value="cat\.jpg"/);
  assert.match(
    alert(await refused(visit, { ...base, alt3: "A dog" })),
    /File 3 has a description, and no file is chosen/,
  );
  assert.equal(posted.length, 0);
  const without = { ...base, lost1: "cat.jpg", drop1: "yes", alt1: "A cat" };
  assert.equal((await visit.post("/compose", without)).status, 303);
  assert.deepEqual(posted[0]?.attachments, []);
});

Deno.test("a field for a file that was left empty is none, and an empty file is a file", async () => {
  const { visit, posted } = desk();
  const base = { text: "Look", as: ADA.id, "as-they-are": "yes" };
  const nothing = { ...base, file1: [new File([], "")] };
  assert.equal((await visit.post("/compose", nothing)).status, 303);
  assert.deepEqual(posted[0]?.attachments, []);
  const empty = { ...base, file1: [new File([], "empty.txt")] };
  assert.equal((await visit.post("/compose", empty)).status, 303);
  assert.deepEqual(posted[1]?.attachments.map(({ name }) => name), ["empty.txt"]);
});

Deno.test("that two identities may be seen to be one person's is said to who has two", async () => {
  const show: Answers["show"] = ({ id }) => ({
    ...postView({ id, author: ADA.id }),
    kind: "status",
  });
  for (const [identities, warned] of [[[ADA], false], [[ADA, BEE], true]] as const) {
    const { visit } = desk({ identities, answers: { show } });
    const page = await about(visit, { quote: ID });
    assert.equal(/One of your own identities wrote that/.test(page), warned);
  }
});

Deno.test("keys that were locked meanwhile cost nothing of what was written", async () => {
  const visit = new Visit({});
  const page = await refused(visit, { text: "Long thought", as: ADA.id }, 403);
  assert.match(page, />\nLong thought<\/textarea>/);
  assert.match(page, /<a href="\/keys" target="_blank">/);
  assert.match(page, /<input type="hidden" name="as" value="g1ada"/);
});

Deno.test("a form that is sent twice posts once, and one that failed can be sent again", async () => {
  let fails = true;
  const posts: string[] = [];
  const { visit } = desk({
    answers: {
      post: ({ text }) => {
        posts.push(text);
        if (fails) throw new UserError("failed", "Not now.");
        return { id: ID, created: 1, waiting: false, notes: [] };
      },
    },
  });
  const fields = { text: "Once", as: ADA.id, form: "once" };
  await refused(visit, fields);
  fails = false;
  const both = await Promise.all([visit.post("/compose", fields), visit.post("/compose", fields)]);
  assert.deepEqual(both.map(({ status }) => status), [303, 303]);
  assert.equal((await visit.post("/compose", fields)).headers.get("location"), "/posted/once");
  assert.deepEqual(posts, ["Once", "Once"]);
  const forms = await Promise.all([visit.page("/compose"), visit.page("/compose")]);
  const names = forms.map((page) => /name="form" value="([^"]+)"/.exec(page)?.[1]);
  assert.ok(names[0] !== undefined && names[0] !== names[1]);
});

Deno.test("a photograph goes out without what it tells, and that is said", async () => {
  const { visit, posted } = desk();
  const taken = s.photoWith(
    s.segment(0xe1, s.join("Exif\0\0", s.tiff(1))),
    s.segment(0xfe, "by Ada"),
  );
  const fields = {
    text: "Cat",
    as: ADA.id,
    file2: [picture(taken)],
    alt2: "A cat on a wall",
    form: "f",
  };
  assert.equal((await visit.post("/compose", fields)).status, 303);
  assert.deepEqual(
    posted[0]?.attachments,
    [{
      name: "picture-2.jpg",
      mediaType: "image/jpeg",
      alt: "A cat on a wall",
      base64: s.photo().toBase64(),
    }],
  );
  const page = await visit.page("/posted/f");
  assert.match(
    page,
    /IMG_20260512\.jpg goes out as picture-2\.jpg, without where, when and with what it was taken \(Exif\); and captions and comments: \d+ B less\./,
  );
  assert.ok(!(await visit.page("/posted/f")).includes("IMG_20260512"), "it is told once");
});

Deno.test("files go as they are where their owner says so", async () => {
  const { visit, posted } = desk();
  const taken = s.photoWith(s.segment(0xe1, s.join("Exif\0\0", s.tiff(1))));
  const base = { text: "Raw", as: ADA.id, "as-they-are": "yes" };
  const films = s.latin("\0\0\0\x18ftypmp42");
  const files = {
    file1: [picture(taken, "IMG 1.jpg")],
    file2: [picture(films, `${"ü".repeat(80)}.mp4`)],
    file3: [picture(s.latin("x"), ".profile")],
  };
  assert.equal((await visit.post("/compose", { ...base, ...files })).status, 303);
  assert.deepEqual(
    posted[0]?.attachments.map(({ name, mediaType, base64 }) => [name, mediaType, base64]),
    [
      ["IMG 1.jpg", "image/jpeg", taken.toBase64()],
      [`${"ü".repeat(60)}.mp4`, "video/mp4", films.toBase64()],
      ["profile", "application/octet-stream", "eA=="],
    ],
  );
});

Deno.test("what can't be looked into is not sent unasked; plain text is", async () => {
  const { visit, posted } = desk();
  const telling = {
    "IMG.heic": s.latin("\0\0\0\x18ftypheic"),
    "half.jpg": s.photo().slice(0, 100),
    "plan.pdf": s.latin("%PDF-1.7"),
    "drawing.svg": s.latin("<svg/>"),
    "bytes.txt": s.latin("a\0b"),
    "latin.txt": s.latin("\xff\xfe"),
    "page.html": s.latin("<p>"),
  };
  for (const [name, bytes] of Object.entries(telling)) {
    const page = await refused(visit, { text: "x", as: ADA.id, file1: [picture(bytes, name)] });
    assert.match(alert(page), /this page can&#39;t take out of it what tells of you/, name);
    assert.ok(alert(page).startsWith(name));
  }
  assert.equal(posted.length, 0);
  const plain = { text: "x", as: ADA.id, file1: [picture(s.latin("Hi"), "note.txt")] };
  assert.equal((await visit.post("/compose", plain)).status, 303);
  assert.deepEqual(posted[0]?.attachments, [
    { name: "note.txt", mediaType: "text/plain", base64: "SGk=", alt: "" },
  ]);
});

Deno.test("files that don't fit are refused with what would, at the page and not by the road", async () => {
  const { visit, posted } = desk();
  const sized = (bytes: number): File => picture(new Uint8Array(bytes).fill(97), "a.txt");
  const at = { text: "x", as: ADA.id, file1: [sized(MAX_BODY_BYTES)] };
  assert.equal((await visit.post("/compose", at)).status, 303, "the node says more exactly");
  const over = { text: "x", as: ADA.id, file1: [sized(MAX_BODY_BYTES)], file4: [sized(1)] };
  assert.match(
    alert(await refused(visit, over)),
    /These files have 53 kB, and all files of a message together have about 50 kB of room/,
  );
  const camera = {
    text: "x",
    as: ADA.id,
    file1: [picture(s.join(s.photo(), new Uint8Array(6e6)))],
  };
  assert.equal(
    (await visit.post("/compose", camera)).status,
    303,
    "what came after its end is gone",
  );
  const large = await refused(visit, { text: "Kept", as: ADA.id, file1: [sized(6e6)] });
  assert.match(alert(large), /This file has 6\.0 MB/);
  assert.match(large, />\nKept<\/textarea>/);
  assert.equal(posted.length, 2);
  assert.equal(FILES_ROOM, 50_248);
  const response = await visit.post("/compose", { text: "x", file1: [sized(MAX_UPLOAD_BYTES)] });
  assert.equal(response.status, 400);
  assert.match(await response.text(), /too much for one form: at most 17 MB with all files/);
});

Deno.test("notes of the node are told: what was sent as plain text", async () => {
  const { visit } = desk({
    answers: {
      post: () => ({ id: ID, created: 1, waiting: false, notes: ["<@x> is plain text."] }),
      peers: () => [{ ...PEER, lastSeen: 1 }],
    },
  });
  await visit.post("/compose", { text: "@x", as: ADA.id, form: "f" });
  const page = await visit.page("/posted/f");
  assert.match(page, /&lt;@x&gt; is plain text\./);
  assert.match(page, /next exchange, within half a minute as a rule/);
});

const PEER: Api["peers"]["result"][number] = {
  ...{ address: "192.0.2.1:1", freshness: 1, lastSeen: null, found: "locator", ways: [] },
  lastHour: { messages: 0, bytes: 0 },
};

Deno.test("a private message can't be answered in public, nor one that isn't there", async () => {
  const { visit } = desk({
    answers: { show: ({ id }) => ({ ...postView({ id }), kind: "private" }) },
  });
  const response = await visit.post("/compose/about", { reply: ID });
  assert.equal(response.status, 400);
  assert.match(await response.text(), /a post that names it would tell everybody/);
});

Deno.test("what is answered or quoted stands above, with a warning where it is one's own", async () => {
  const { visit } = desk({
    identities: [ADA, BEE],
    answers: { show: ({ id }) => ({ ...postView({ id, author: BEE.id }), kind: "status" }) },
  });
  const page = await about(visit, { quote: ID });
  assert.match(page, /You quote this/);
  assert.ok(!page.includes('formaction="/compose/about"'), "nothing there loses what is written");
  assert.match(page, /readers may guess that both are yours/);
  assert.ok(!(await about(desk().visit, { reply: ID })).includes("readers may guess"));
});

Deno.test("without an identity it says how one is made", async () => {
  const page = await desk({ identities: [] }).visit.page("/compose");
  assert.match(page, /gossamer identity create/);
  assert.ok(!page.includes("<textarea"));
});

Deno.test("a post needs the page's own form", async () => {
  const { visit, posted } = desk();
  const fields = { text: "x", as: ADA.id, csrf: "wrong" };
  const response = await visit.post("/compose", fields, { origin: "http://evil.example" });
  assert.equal(response.status, 403);
  assert.equal(posted.length, 0);
});

Deno.test("all that is wrong is said at once, since files have to be chosen again each time", async () => {
  const { visit, posted } = desk({ identities: [ADA, BEE], messages: 0 });
  const fields = { text: "x".repeat(143), file1: [picture(s.latin("%PDF-1.7"), "plan.pdf")] };
  assert.equal(
    alert(await refused(visit, fields)),
    "Choose which of your identities speaks. plan.pdf: this page can&#39;t take out of it what tells " +
      "of you. Pictures, films and documents often say who made them, where, when and with what. If " +
      "all of that may be known to everybody, choose “Send files as they are”. A post has at most 140 " +
      "characters: 3 too many. Nothing was posted. Choose the file again.",
  );
  assert.equal(posted.length, 0);
});

Deno.test("no address of these pages tells which message is one's own, or was answered", async () => {
  const { visit } = desk({
    answers: { timeline: () => [postView({ id: ID, author: ADA.id })] },
  });
  const timeline = await visit.page("/");
  for (const to of ["/compose/about", "/retract"]) {
    const button = new RegExp(
      `<button [^>]*form="act" formaction="${to}" name="\\w+" value="${ID.slice(0, 24)}`,
    );
    assert.match(timeline, button);
  }
  assert.match(
    timeline,
    /<form id="act" method="post" hidden(?:="")?><input type="hidden" name="csrf"/,
  );
  const response = await visit.post("/compose", { text: "x", as: ADA.id });
  assert.match(response.headers.get("location") ?? "", /^\/posted\/[-0-9a-f]{36}$/);
  const gone = await visit.get("/posted/of-yesterday");
  assert.deepEqual([gone.status, gone.headers.get("location")], [303, "/"]);
});
