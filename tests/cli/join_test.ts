import assert from "node:assert/strict";
import { encode } from "fast-png";
import { qrModules } from "../../src/node/qr_code.ts";
import type { StatusView } from "../../src/node/api.ts";
import { runIn, type World } from "./fakes.ts";

const PLAIN = "g:?a=203.0.113.7:14677&n=main";
const OTHER = "g:?a=203.0.113.8:14677&n=main";
const answers: World["answers"] = {
  // Only this much of it is looked at.
  status: () => ({ unlocked: true }) as StatusView,
  join: () => ({ addresses: ["203.0.113.7:14677"], followed: [] }),
  locator: () => ({ locator: PLAIN, addresses: [], identities: [], known: [] }),
};

async function picture(): Promise<Uint8Array> {
  const modules = await qrModules(PLAIN);
  const width = 5 * modules.length;
  const data = Uint8Array.from(
    { length: width * width },
    (_, i) => modules[Math.floor(i / width / 5)]?.[Math.floor((i % width) / 5)] ? 0 : 255,
  );
  return encode({ width, height: width, channels: 1, data });
}

Deno.test("join takes a URL, a text, a file, standard input and a picture", async () => {
  const png = await picture();
  const mail = `Hi!\n> ${PLAIN}\n\nYours`;
  const ways: readonly [World, string][] = [
    [{}, PLAIN],
    [{}, `Come: ${PLAIN.toUpperCase()}, please`],
    [{ files: { "mail.txt": mail } }, "mail.txt"],
    [{ stdin: mail }, "-"],
    [{ files: { "photo.png": png } }, "photo.png"],
    [{ stdin: png }, "-"],
  ];
  for (const [world, source] of ways) {
    const outcome = await runIn({ answers, ...world }, "join", source, "--no-follow");
    assert.deepEqual(outcome.calls[0], ["join", { locator: PLAIN, follow: false }], source);
  }
});

Deno.test("of several locators the owner chooses, and nobody else", async () => {
  const text = `${PLAIN}, or ${OTHER}!`;
  const alone = await runIn({ answers }, "join", text);
  assert.deepEqual([alone.code, alone.calls], [2, []]);
  assert.ok(alone.stderr.includes(PLAIN) && alone.stderr.includes(OTHER));
  const asked = await runIn({ answers, terminal: true, confirms: true }, "join", text);
  assert.deepEqual(asked.calls[0], ["join", { locator: PLAIN, follow: false }]);
  const none = await runIn({ answers, terminal: true, confirms: false }, "join", text);
  assert.deepEqual([none.code, none.calls, none.questions.length], [2, [], 2]);
});

Deno.test("those of this network go before others", async () => {
  const outcome = await runIn({ answers }, "join", `${PLAIN}\nAda`, "--no-follow");
  assert.deepEqual(outcome.calls[0], ["join", { locator: PLAIN, follow: false }]);
});

Deno.test("what holds no locator is refused in words", async () => {
  const ways: readonly [World, string, RegExp][] = [
    [{}, "nowhere.txt", /neither a locator .* nor a file/],
    [{ files: { a: "words" } }, "a", /no locator in that/],
    [{}, "g:?a=300.0.0.1", /Not an address/],
    [{ files: { big: new Uint8Array(1_048_577) } }, "big", /too long/],
  ];
  for (const [world, source, words] of ways) {
    const outcome = await runIn({ answers, ...world }, "join", source);
    assert.match(outcome.stderr, words);
    assert.deepEqual(outcome.calls, []);
    assert.notEqual(outcome.code, 0);
  }
});

Deno.test("--ask does nothing unasked, reads no file, and waits before it ends", async () => {
  const world: World = { answers, terminal: true };
  const no = await runIn(world, "join", "--ask", "--", PLAIN);
  assert.deepEqual([no.code, no.calls], [0, []]);
  assert.deepEqual(no.questions, ["Join?", "Press Enter to close."]);
  const yes = await runIn({ ...world, confirms: true }, "join", "--ask", "--", PLAIN);
  assert.deepEqual(yes.calls[0], ["join", { locator: PLAIN, follow: false }]);
  const file = await runIn({ ...world, files: { "g:x": PLAIN } }, "join", "--ask", "--", "g:x");
  assert.deepEqual([file.code, file.calls], [2, []]);
  assert.deepEqual(file.questions, ["Press Enter to close."]);
  assert.equal((await runIn({ answers }, "join", "--ask", "--", PLAIN)).code, 2);
});

Deno.test("locator --qr draws the code, or writes it into a new file", async () => {
  const drawn = await runIn({ answers, columns: 80 }, "locator", "--no-identity", "--qr");
  assert.ok(drawn.stdout.includes("\x1b[30;107m") && drawn.stdout.endsWith(`${PLAIN}\n`));
  const paper = await runIn({ answers }, "locator", "--no-identity", "--qr");
  assert.ok(!paper.stdout.includes("\x1b") && paper.stdout.includes("█"));
  const json = await runIn({ answers }, "--json", "locator", "--no-identity", "--qr");
  const { qr } = JSON.parse(json.stdout);
  const rows = (await qrModules(PLAIN)).map((row) => row.map((dark) => dark ? 1 : 0).join(""));
  assert.deepEqual(qr, rows);
  const file = await runIn({ answers }, "locator", "--no-identity", "--qr", "card.svg");
  assert.equal(file.stdout, `${PLAIN}\n`);
  assert.match(new TextDecoder().decode(file.written["card.svg"]), /^<svg /);
  const there = await runIn(
    { answers, files: { "card.svg": "" } },
    ...["locator", "--no-identity", "--qr", "card.svg"],
  );
  assert.deepEqual([there.code, there.stdout], [1, ""]);
});
