/** A node that may store little, flooded with valid messages: its cap, its memory, and who gets through. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { ANSWER, RESULT } from "../../src/wire/frame.ts";
import { OFFER_IDS } from "../../src/wire/limits.ts";
import { Author, type Made } from "./harness/author.ts";
import { RawClient } from "./harness/client.ts";
import { type Json, Machine } from "./harness/node.ts";

const CAP = 1_000_000;
/** Posts of some 1,600 bytes on disk: one and a half times what fits. */
const FLOOD = 960;

Deno.test("a flood of valid messages stays under the cap, and the honest get through", async () => {
  await using machine = await Machine.make();
  const args = ["--max-storage", "1MB"];
  const node = await machine.start(args);
  const port = await node.port();

  const honest = posts(new Author(), 10, "An honest word");
  for (const [n, post] of honest.entries()) {
    const { results } = await deliver(port, [post], `127.0.1.${n + 1}`);
    assert.deepEqual(results, [RESULT.accepted]);
  }
  const flood: Made[] = [];
  let refused = 0;
  for (let n = 0; n < FLOOD; n += OFFER_IDS) {
    // Fresh identities all the time: they are free.
    const some = posts(new Author(), OFFER_IDS, "Flood");
    const { codes, results } = await deliver(port, some);
    const taken = results.filter((code) => code === RESULT.accepted).length;
    // Only while room was being made is anything turned away.
    refused += some.length - taken;
    if (taken === some.length) flood.push(...some);
    else assert.ok(codes.every((code) => code === ANSWER.want || code === ANSWER.notNow));
  }
  assert.ok(refused < FLOOD / 4, `${refused} were refused`);
  const late = posts(new Author(), 5, "An honest word after it all");
  for (const post of late) {
    assert.deepEqual((await deliver(port, [post])).results, [RESULT.accepted]);
  }

  const storage = await storageOf(machine);
  assert.equal(storage["cap"], CAP);
  assert.ok(Number(storage["used"]) <= CAP, String(storage["used"]));
  assert.ok(Number(storage["remembered"]) > 100, "Something went, and was remembered");
  const stored = new Set((await machine.list(["timeline", "--all", "--limit", "1000"])).map(idOf));
  for (const { id } of late) assert.ok(stored.has(id));
  const survived = honest.filter(({ id }) => stored.has(id)).length;
  // Each host brought one, the flood's all of it: 1 or 2 in a thousand of them go.
  assert.ok(survived >= 9, `${survived} of 10 honest posts survived`);
  // While it may still be making room.
  await node.kill();
  const { size } = await Deno.stat(join(machine.dataDir, "public.kv"));
  assert.ok(size < 1.3 * CAP, `${size} bytes on disk`);

  await offeredAgain(machine, { args, posts: [...honest, ...flood, ...late] });
});

/** After a kill all that was acknowledged is known: stored, or dropped and not wanted again. */
async function offeredAgain(
  machine: Machine,
  { args, posts }: { readonly args: readonly string[]; readonly posts: readonly Made[] },
): Promise<void> {
  const before = await storageOf(machine);
  assert.equal(before["cap"], null);
  const node = await machine.start(args);
  const port = await node.port();
  for (let at = 0; at < posts.length; at += OFFER_IDS) {
    const some = posts.slice(at, at + OFFER_IDS);
    const { codes, results } = await deliver(port, some);
    assert.deepEqual([codes, results], [Array(some.length).fill(ANSWER.known), []]);
  }
  assert.ok(Number((await storageOf(machine))["remembered"]) >= Number(before["remembered"]));
  assert.equal((await node.stop()).code, 0);
}

Deno.test("--relay text takes what has attachments and keeps nothing of it", async () => {
  await using machine = await Machine.make();
  await machine.identity("ann");
  const node = await machine.start(["--relay", "text", "--unlock"], { unlock: true });
  const port = await node.port();
  const author = new Author();
  const attachments = [{ mediaType: "image/png", name: "", bytes: new Uint8Array(9), alt: "" }];
  const image = author.post("With an image", { attachments });
  const text = author.post("Just text", { created: Math.floor(Date.now() / 10_000) * 10 - 10 });
  const first = await deliver(port, [image, text]);
  assert.deepEqual(first.results, [RESULT.accepted, RESULT.accepted]);
  const stored = (await machine.list(["timeline", "--all"])).map(idOf);
  assert.deepEqual(stored, [text.id]);
  // Its sender can't tell: it is known from now on, like any other.
  assert.deepEqual((await deliver(port, [image, text])).codes, [ANSWER.known, ANSWER.known]);

  const file = join(machine.folder, "own.txt");
  await Deno.writeTextFile(file, "mine");
  const refused = await machine.run(["post", "Mine", "--attach", file, "--json"]);
  assert.equal(refused.code, 5);
  assert.match(refused.stderr, /relay text/);
  assert.equal((await node.stop()).code, 0);
});

Deno.test("--max-storage says what it can't do", async () => {
  await using machine = await Machine.make();
  for (const [size, says] of [["999kB", /at least 1MB/], ["9000TB", /less than that/]] as const) {
    const answer = await machine.run(["node", "--max-storage", size, "--no-lan"]);
    assert.equal(answer.code, 2, size);
    assert.match(answer.stderr, says);
  }
});

function posts(author: Author, count: number, text: string): Made[] {
  const now = Math.floor(Date.now() / 10_000) * 10;
  // 140 characters of four bytes each: large, for the same stamp.
  return Array.from(
    { length: count },
    (_, n) => author.post(`${text} ${n} `.padEnd(40) + "🌻".repeat(100), { created: now - 10 * n }),
  );
}

async function deliver(
  port: number,
  messages: readonly Made[],
  from?: string,
): ReturnType<RawClient["deliverAll"]> {
  using client = await RawClient.open({ port, from });
  return await client.deliverAll(messages);
}

async function storageOf(machine: Machine): Promise<Json> {
  return (await machine.object(["status"]))["storage"] as Json;
}

function idOf(message: Json): string {
  return String(message["id"]);
}
