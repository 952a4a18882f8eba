import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { renderMessage, renderThread, renderTimeline } from "../../src/cli/render.ts";
import type { Style } from "../../src/cli/render_parts.ts";
import { noWays } from "../../src/node/ways_met.ts";
import { renderPeers, renderStatus } from "../../src/cli/render_health.ts";
import { renderBytes } from "../../src/text/byte_size.ts";
import { renderFollows, renderIdentities, renderProfile } from "../../src/cli/render_people.ts";
import { displayWidth } from "../../src/text/text_width.ts";
import type { MessageView, StatusView } from "../../src/node/api.ts";
import { statusView } from "./fakes.ts";
import { message } from "./messages.ts";

const STYLE: Style = { width: 40, color: false, localTime: (seconds) => `T${seconds}` };

Deno.test("renderMessage shows head, text, references and attachments", () => {
  const shown = message({
    verified: true,
    text: "A text that is long enough to be wrapped into lines",
    replyTo: "aa".repeat(32),
    quote: "bb".repeat(32),
    warning: "spiders",
    attachments: [{ name: "a.jpg", mediaType: "image/jpeg", size: 12_345, alt: "a web" }],
  });
  equal(
    renderMessage(shown, STYLE),
    [
      "✓ ada g1qyqszqgpqy… T1790000000",
      "  3f9a01c2d4",
      "├ [warning: spiders]",
      "│ A text that is long enough to be",
      "│ wrapped into lines",
      "├ reply to aaaaaaaaaa",
      "├ quotes bbbbbbbbbb",
      "├ [1] a.jpg (image/jpeg, 12 kB): a web",
    ].join("\n"),
  );
});

Deno.test("no text or name can pass for a head, or reach the terminal", () => {
  const shown = message({
    name: "✓ ada\x1b[31m\n✓ bob",
    text: "hi\n✓ bob g1xyz T1 1234567890\n\n\n\n\n\u202Efake\x07",
    warning: "\x1b]0;x\x07",
    attachments: [{ name: "\x1b.jpg", mediaType: "a\x1b/b", size: 1, alt: "\u202Ealt\n✓ x" }],
  });
  for (const text of [renderTimeline([shown], STYLE), renderThread([shown], STYLE)]) {
    const lines = text.split("\n");
    ok(lines[0]?.startsWith("· ✓ ada\uFFFD[31m ✓ bob g1qyq"));
    equal(lines[1], "  T1790000000 3f9a01c2d4");
    ok(lines.slice(2).every((line) => /^[│├]/u.test(line)), text);
    ok(!/[\p{Cc}\p{Cf}]/u.test(text.replaceAll("\n", "")));
  }
});

Deno.test("no text can pass for what the program says of a message: for a quote, its author, a link's end", () => {
  const quote = "bb".repeat(32);
  const quoted = {
    ...{ id: quote, author: "g1bob", name: "Bob", suspicious: false, verified: true },
    ...{ created: 5, text: "Yes", revoked: false, warning: "w" },
  };
  const real = renderMessage(message({ text: "x", quote, quoted }), { ...STYLE, width: 80 });
  const said = real.split("\n").slice(2);
  equal(said.length, 4);
  const imitation = said.map((line) => line.slice(2)).join("\n");
  const fake = renderMessage(message({ text: imitation }), { ...STYLE, width: 80 });
  for (const line of said) ok(!fake.split("\n").includes(line), line);
  const profile = {
    ...{ id: "g1x", name: "x", bio: "verified, at distance 1", link: "", updated: 9 },
    ...{ verified: false, distance: null, revoked: null },
  };
  const bio = renderProfile(profile, STYLE).split("\n");
  ok(!bio.includes("├ verified, at distance 1") && bio.includes("│ verified, at distance 1"));
});

Deno.test("what a stranger puts into a line of ours can't begin one", () => {
  const alt = `${"a ".repeat(200)}✓ Bob g1bob`;
  const file = { name: "a.jpg", mediaType: "image/jpeg", size: 1, alt };
  for (let width = 20; width < 60; width++) {
    const lines = renderMessage(message({ attachments: [file] }), { ...STYLE, width }).split("\n");
    const [first, ...rest] = lines.slice(lines.findIndex((line) => line.startsWith("├")));
    ok(first?.startsWith("├ [1] a.jpg"), first);
    ok(rest.length > 0 && rest.every((line) => line.startsWith("├   ")), rest.join("\n"));
    ok(lines.every((line) => displayWidth(line) <= width));
  }
});

Deno.test("a text of line feeds doesn't push all others off the screen", () => {
  equal(
    renderMessage(message({ text: `\n\na${"\n".repeat(100)}b${" \n".repeat(20)}` }), STYLE),
    "· ada g1qyqszqgpqy… T1790000000\n  3f9a01c2d4\n│ a\n│\n│ b",
  );
});

Deno.test("renderThread indents replies, to eight levels", () => {
  const ids = Array.from({ length: 11 }, (_, i) => String(i).padStart(64, "0"));
  const chain = ids.map((id, i) => message({ id, text: "x", replyTo: ids[i - 1] ?? null }));
  const heads = renderThread(chain, { ...STYLE, width: 200 }).split("\n").filter((line) =>
    line.includes("·")
  );
  equal(
    heads.map((line) => line.indexOf("·")).join(" "),
    "0 2 4 6 8 10 12 14 16 16 16",
  );
  equal(
    renderThread([message({ replyTo: "ff".repeat(32) })], STYLE).startsWith("· ada"),
    true,
  );
});

Deno.test("a link or mention that says something else than it means is shown with what it means", () => {
  const shown = message({
    text: "https://bank.example @bank @ada a.example",
    links: [
      {
        start: 0,
        end: 20,
        text: "https://bank.example",
        url: "https://evil.example",
        plain: false,
      },
      { start: 32, end: 41, text: "a.example", url: "https://a.example", plain: true },
    ],
    mentions: [
      { start: 21, end: 26, text: "@bank", id: "g1evil", name: "Eve", suspicious: false },
      { start: 27, end: 31, text: "@ada", id: "g1ada", name: "Ada", suspicious: false },
      { start: 27, end: 31, text: "@bob", id: "g1eve", name: "Bob", suspicious: true },
    ],
  });
  deepEqual(renderMessage(shown, { ...STYLE, width: 80 }).split("\n").slice(1), [
    "│ https://bank.example @bank @ada a.example",
    '├ → "https://bank.example" leads to https://evil.example',
    '├ → "@bank" is Eve g1evil',
    '├ → "@bob" is Bob g1eve (not who you know by that name)',
  ]);
});

Deno.test("a borrowed name is marked where the name can't reach", () => {
  const head = renderMessage(message({ name: "✓ Ada", suspicious: true, verified: true }), {
    ...STYLE,
    width: 200,
  });
  ok(head.startsWith("! ✓ Ada g1qyqszqgpqy… (not who you know by that name)"), head);
});

Deno.test("what is quoted is shown, or why it isn't", () => {
  const quote = "bb".repeat(32);
  const lines = (quoted: MessageView["quoted"]): string[] =>
    renderMessage(message({ quote, quoted }), { ...STYLE, width: 80 }).split("\n").slice(2);
  const whole = {
    ...{ id: quote, author: "g1bob", name: "Bob", suspicious: false, verified: true },
    ...{ created: 5, text: "line\nline", warning: "w", revoked: false },
  };
  deepEqual(lines(whole), [
    "├ quotes bbbbbbbbbb:",
    "├ ✓ Bob g1bob",
    "├ ┊ [warning: w]",
    "├ ┊ line",
    "├ ┊ line",
  ]);
  deepEqual(lines({ ...whole, revoked: true, warning: null, text: "line" }), [
    "├ quotes bbbbbbbbbb:",
    "├ ✓ Bob g1bob (revoked)",
    "├ ┊ line",
  ]);
  deepEqual(lines({ id: quote, missing: true, why: "notHere" }), [
    "├ quotes bbbbbbbbbb (a message that isn't here yet)",
  ]);
  deepEqual(lines({ id: quote, missing: true, why: "retracted" }), [
    "├ quotes bbbbbbbbbb (taken back by its author)",
  ]);
});

Deno.test("renderThread shows gaps, and what answers them below", () => {
  const id = "ff".repeat(32);
  deepEqual(
    renderThread(
      [{ id, missing: true, why: "notHere" }, message({ replyTo: id }), {
        ...{ id: "aa".repeat(32), missing: true, why: "more" },
      }],
      { ...STYLE, width: 80 },
    ).split("\n"),
    [
      "· ffffffffff (a message that isn't here yet)",
      "  · ada g1qyqszqgpqy… T1790000000 3f9a01c2d4",
      "  │ Hello",
      "  ├ reply to ffffffffff",
      "· aaaaaaaaaa (there is more: gossamer show aaaaaaaaaa --thread)",
    ],
  );
});

Deno.test("what is written from right to left stays in its place on the line", () => {
  const shown = message({ name: "שלום", text: "abc\nשלום 1 2" });
  deepEqual(renderMessage(shown, { ...STYLE, width: 80 }).split("\n"), [
    "· \u2068שלום\u2069 g1qyqszqgpqy… T1790000000 3f9a01c2d4",
    "│ abc",
    "│ \u2068שלום 1 2\u2069",
  ]);
});

Deno.test("property: whatever a message holds, only ours controls the terminal, and lines fit", () => {
  const nasty = fc.constantFrom(
    ...["\x1b", "\x9b", "\r", "\n", "\t", "\u200B", "\u200D", "\u202E", "\u2066", "\u2069"],
    ...[
      "\u0301",
      "\uFE0F",
      "👩",
      "ا",
      "1",
      "\u{1F3FD}",
      "\u{E0061}",
      "日",
      "क्षि",
      "각",
      "🇨🇭",
      " ",
      "a",
    ],
  );
  const text = fc.array(fc.oneof(nasty, fc.string({ unit: "binary" })), { maxLength: 40 })
    .map((parts) => parts.join(""));
  const status = fc.record({ text, name: text, alt: text, url: text }).map((
    { text, name, alt, url },
  ) =>
    message({
      ...{ text, name, warning: alt, replyTo: "aa".repeat(32), quote: "bb".repeat(32) },
      quoted: {
        ...{ id: "bb".repeat(32), author: "g1bob", name, suspicious: true, verified: true },
        ...{ created: 5, text, warning: alt, revoked: true },
      },
      links: [{ start: 0, end: 1, text, url, plain: false }],
      mentions: [{ start: 0, end: 1, text, id: "g1evil", name, suspicious: true }],
      attachments: [{ name, mediaType: alt, size: 1, alt }],
    })
  );
  fc.assert(
    fc.property(status, fc.integer({ min: 20, max: 90 }), (shown, width) => {
      for (const color of [false, true]) {
        const printed = renderThread([shown], { ...STYLE, width, color });
        const plain = printed.replaceAll(/\p{Cc}\[[012]m/gu, "").replace(
          /\u2068([^\n\u2068\u2069]*)\u2069/g,
          "$1",
        );
        ok(
          !/[\p{Cc}\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/u.test(
            plain.replaceAll("\n", ""),
          ),
        );
        for (const line of plain.split("\n")) ok(displayWidth(line) <= width, JSON.stringify(line));
        ok(plain.split("\n").slice(1).every((line) => /^(?:│|├| {2})/u.test(line)), plain);
      }
    }),
    { numRuns: 200 },
  );
});

Deno.test("colour only when asked for", () => {
  ok(!renderMessage(message({}), STYLE).includes("\x1b"));
  ok(renderMessage(message({}), { ...STYLE, color: true }).includes("\x1b[1mada\x1b[0m"));
});

Deno.test("profiles, identities, follows and peers", () => {
  const profile = {
    id: "g1x",
    name: "Ada\x1b",
    bio: "Weaves.\nA lot.",
    link: "https://a",
    updated: 9,
    ...{ verified: true, distance: 2, revoked: null },
  };
  equal(
    renderProfile(profile, STYLE),
    "Ada\uFFFD\n├ g1x\n├ verified, at distance 2\n│ Weaves.\n│ A lot.\n├ https://a\n├ updated T9",
  );
  const standing = { verified: false, distance: null, revoked: null };
  const none = { id: "g1x", name: "", bio: "", link: "", updated: 0, ...standing };
  equal(renderProfile(none, STYLE), "(no name)\n├ g1x\n├ no profile was seen yet");
  equal(
    renderIdentities([{ id: "g1x", name: "a\nb", unlocked: true }, {
      id: "g1y",
      name: "",
      unlocked: false,
    }]),
    "g1x  unlocked  a b\ng1y  locked",
  );
  equal(
    renderFollows([
      { id: "g1x", name: "a\x1b", petname: "a\x1b", claimed: "Ada", suspicious: false },
      { id: "g1y", name: "", petname: "", claimed: "", suspicious: false },
      { id: "g1z", name: "Ada", petname: "", claimed: "Ada", suspicious: true },
    ]),
    "g1x  a\uFFFD  (calls itself Ada)\ng1y\ng1z  Ada  (not who you know by that name)",
  );
  const lastHour = { messages: 0, bytes: 0 };
  equal(
    renderPeers([
      {
        ...{ address: "203.0.113.7:14677", freshness: 6, lastSeen: 5, lastHour },
        ...{ found: "beacon", ways: ["beacon", "gossip"] },
      },
      {
        ...{ address: "[::1]:1", freshness: 0, lastSeen: null, lastHour },
        ...{ found: null, ways: [] },
      },
    ], STYLE),
    "ADDRESS            FRESHNESS  LAST EXCHANGE  FOUND BY\n" +
      "203.0.113.7:14677  6          T5             broadcast, then other nodes\n" +
      "[::1]:1            0          never          -",
  );
});

Deno.test("renderStatus says by which ways exchanges came about, once any did", () => {
  const { dialled, cameIn } = noWays();
  const lines = renderStatus(statusView({
    ways: {
      dialled: { ...dialled, beacon: 2, locator: 1, unknown: 1 },
      cameIn: { ...cameIn, mapping: 3, unknown: 1 },
    },
  })).split("\n");
  equal(
    lines.find((line) => line.startsWith("dialled")),
    "dialled    1 by a locator, 2 by broadcast, 1 by ways forgotten since",
  );
  equal(
    lines.find((line) => line.startsWith("came in")),
    "came in    3 by the router's mapping, 1 by another address",
  );
});

Deno.test("renderStatus", () => {
  const status = statusView({ warnings: ["The disk is nearly full."] });
  equal(
    renderStatus(status),
    [
      "node       running for 1 h 1 min",
      "network    main",
      "port       14677",
      "addresses  192.0.2.1:14677",
      "reachable  from the internet: not known; nobody came yet",
      "keys       locked, or none",
      "may still  net, sys",
      "messages   3 (1.5 MB)",
      "storage    2.0 MB of 5.0 GB, 500000 messages at most; at the last day's rate room for 12 days",
      "pending    2 of your messages, until other nodes have them",
      "peers      2",
      "exchanges  2 in, 3 out; 5 completed, 1 failed",
      "carried    7 received, 4 delivered",
      "refused    2",
      "caught up  3 times, 1 cut short, 2 for peers; 90 received, 8 delivered",
      "warning: The disk is nearly full.",
    ].join("\n"),
  );
  const dht = { on: true, nodes: 1, announced: null, lastLookup: null, found: 0 };
  const inDht = (
    given: Partial<typeof dht> | Record<string, number | boolean>,
  ): string | undefined =>
    renderStatus({ ...status, dht: { ...dht, ...given } }).split("\n")
      .find((line) => line.startsWith("DHT"));
  equal(inDht({}), "DHT        1 node of it; not announced; nothing looked up yet");
  equal(
    inDht({ nodes: 20, announced: 1_796_083_200, lastLookup: 1_796_126_399, found: 1 }),
    "DHT        20 nodes of it; announced at 00:00 UTC; 1 address found at 11:59 UTC",
  );
  equal(inDht({ on: false }), "DHT        doesn't work");
  const off = renderStatus({
    ...status,
    ...{
      running: false,
      port: null,
      addresses: [],
      reachability: null,
      permissions: null,
      warnings: [],
    },
  });
  const room = (storage: Partial<StatusView["storage"]>): string | undefined =>
    renderStatus({ ...status, storage: { ...status.storage, ...storage } }).split("\n")
      .find((line) => line.startsWith("storage"));
  ok(room({ days: 30 })?.endsWith("all the 30 days of a message's life"));
  ok(room({ days: 3.24 })?.endsWith("room for 3.2 days"));
  ok(room({ days: null })?.endsWith("messages at most"));
  equal(room({ cap: null }), "storage    2.0 MB on disk");
  ok(off.startsWith("node       not running\nnetwork    main\naddresses  none known\n"));
});

Deno.test("renderBytes", () => {
  const cases: [number, string][] = [
    [0, "0 B"],
    [999, "999 B"],
    [1_000, "1.0 kB"],
    [9_949, "9.9 kB"],
    [999_400, "999 kB"],
    [999_600, "1.0 MB"],
    [2_000_000_000, "2.0 GB"],
  ];
  for (const [bytes, text] of cases) equal(renderBytes(bytes), text);
});
