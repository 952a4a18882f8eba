/**
 * An evening of four people and a newcomer on three nodes, with some who came to spoil it: each
 * chapter is played through the command line alone and checks what programs would see of it.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type Json, text } from "./node.ts";
import type { Person, Stage } from "./stage.ts";

/** A picture of one pixel. */
const MOON = Uint8Array.fromBase64(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABXvMqOgAAAABJRU5ErkJggg==",
);

/** Who is there. */
export interface Company {
  readonly ada: Person;
  readonly bob: Person;
  readonly cem: Person;
  readonly dee: Person;
  /** New tonight. */
  readonly eli: Person;
}

/** What was said in the first chapter, by whole ids. */
export interface Conversation {
  readonly moon: string;
  readonly reply: string;
  readonly quote: string;
}

/** Three machines, five people: who they are, what they are called, and whom they follow. */
export async function arrive(stage: Stage): Promise<Company> {
  const [one, two, three] = [await stage.machine(), await stage.machine(), await stage.machine()];
  const company = {
    ada: await stage.person("Ada", one),
    bob: await stage.person("Bob", two, { sheet: "sheet.txt" }),
    cem: await stage.person("Cem", three, { shares: true }),
    dee: await stage.person("Dee", three, { shares: true }),
    eli: await stage.person("Eli", three, { shares: true }),
  };
  const { ada, bob, cem, dee, eli } = company;
  stage.tell("Ada, Bob and Cem have a node each. Dee and Eli sit at Cem's machine.");
  await stage.types(ada, ["profile", "set", "--name", "Ada", "--bio", "Looks up at night"]);
  for (const person of [bob, cem, dee, eli]) {
    const set = ["profile", "set", "--name", person.name, ...spoken(person)];
    await person.machine.json(set, { unlock: true });
  }
  for (const person of [bob, cem, dee, eli]) {
    await stage.until(
      ada,
      ["profile", "show", person.id],
      ([profile]) => profile?.["name"] === person.name,
    );
    await stage.until(
      person,
      ["profile", "show", ada.id],
      ([profile]) => profile?.["name"] === "Ada",
    );
  }
  for (const friend of [bob, cem, dee]) await stage.types(ada, ["follow", friend.id]);
  for (const machine of [bob.machine, cem.machine]) {
    for (const friend of [ada, bob, cem, dee]) {
      if (friend.machine === machine) continue;
      await machine.json(["follow", friend.id], { unlock: true });
    }
  }
  return company;
}

/** A post with a picture, an answer, a quote, and what all that looks like. */
export async function talk(stage: Stage, { ada, bob, cem }: Company): Promise<Conversation> {
  const picture = join(ada.machine.folder, "moon.png");
  await Deno.writeFile(picture, MOON);
  stage.tell("A post with a picture, an answer and a quote.");
  const moon = await stage.says(ada, [
    ...["post", "What a #moon tonight!", "--attach", picture],
    ...["--alt", "A full moon over roofs"],
  ]);
  await stage.types(bob, ["timeline"]);
  await stage.types(bob, [
    "show",
    short(moon),
    "--save-attachments",
    join(bob.machine.folder, "pictures"),
  ], { notes: true });
  const saved = await Deno.readFile(join(bob.machine.folder, "pictures", "moon.png"));
  assert.deepEqual(saved, MOON);
  const reply = await stage.says(bob, [
    ...["post", "Full in two days, I think.", "--reply-to", short(moon)],
  ]);
  const quote = await stage.says(cem, [
    ...["post", "Go out and look, all of you", ...spoken(cem), "--quote", short(moon)],
  ]);
  await stage.types(ada, ["show", short(moon), "--thread"]);
  await stage.types(ada, ["show", short(quote)]);
  const shown = await ada.machine.object(["show", quote], { unlock: true });
  assert.equal((shown["quoted"] as Json)["text"], "What a #moon tonight!");
  return { moon, reply, quote };
}

/** They verify each other, and three of them the newcomer: then Ada's node believes it, too. */
export async function verify(stage: Stage, { ada, bob, cem, dee, eli }: Company): Promise<void> {
  stage.tell(
    "They have met, compared their g1…, and say so in public. Eli is vouched for by three.",
  );
  const statement = (person: Person, friend: Person): readonly string[] => [
    ...["verify", friend.id, ...spoken(person), "--yes"],
  ];
  for (const friend of [bob, cem, dee]) await stage.types(ada, statement(ada, friend));
  for (const [person, friend] of [[bob, ada], [bob, cem], [cem, ada], [cem, bob]] as const) {
    await person.machine.json(statement(person, friend), { unlock: true });
  }
  const before = await ada.machine.object(["trust", eli.id], { unlock: true });
  assert.equal(before["verified"], false);
  for (const person of [bob, cem, dee]) await stage.types(person, statement(person, eli));
  const [trust] = await stage.until(
    ada,
    ["trust", eli.id],
    ([found]) => found?.["verified"] === true,
  );
  assert.deepEqual(sorted(trust?.["verifiedBy"]), sorted([bob, cem, dee].map(({ id }) => id)));
  await stage.types(ada, ["trust", eli.id]);
}

/** Three who spoil it, and a fourth whom they vouch for: blocked, hidden, looked at, and let back in. */
export async function block(
  stage: Stage,
  { ada }: Company,
  { moon, reply }: Conversation,
): Promise<void> {
  stage.tell("Then four come by whom nobody knows.");
  const machine = await stage.machine();
  const [tom, tim, tod, ted] = [
    await stage.person("Tom", machine, { shares: true }),
    await stage.person("Tim", machine, { shares: true }),
    await stage.person("Tod", machine, { shares: true }),
    await stage.person("Ted", machine, { shares: true }),
  ];
  const jeers: string[] = [];
  for (
    const [person, words] of [
      [tom, `@${ada.id} Boring!`],
      [tim, "Boring, boring!"],
      [tod, "Nobody asked you"],
      [ted, "Hello, buy my telescopes"],
    ] as const
  ) {
    const above = short(jeers.at(-1) ?? reply);
    jeers.push(await stage.says(person, ["post", words, ...spoken(person), "--reply-to", above]));
  }
  for (const person of [tom, tim, tod]) {
    await machine.json(["verify", ted.id, ...spoken(person), "--yes"], { unlock: true });
  }
  await stage.types(ada, ["timeline", "--mentions"], { notes: true });
  await stage.types(ada, ["timeline", "--mentions", "--requests"]);
  for (const person of [tom, tim, tod]) await stage.types(ada, ["block", person.id]);
  const hidden = [tom, tim, tod, ted].map(({ id }) => id);
  const list = await stage.until(ada, ["blocked"], (found) => found.length === 4);
  assert.deepEqual(list.map(({ id }) => id), hidden);
  assert.deepEqual(sorted(list[3]?.["because"]), sorted(hidden.slice(0, 3)));
  await stage.types(ada, ["blocked"]);
  await stage.types(ada, ["show", short(moon), "--thread"]);
  await stage.types(ada, ["show", short(jeers[0] ?? "")], { code: 5 });
  const shows = async (...args: readonly string[]): Promise<readonly unknown[]> =>
    (await ada.machine.list(args, { unlock: true })).map(({ id }) => id);
  assert.deepEqual((await shows("timeline", "--all")).filter((id) => jeers.includes(`${id}`)), []);
  assert.deepEqual(await shows("search", "boring"), []);
  assert.deepEqual(sorted(await shows("blocked", "--hidden")), sorted(jeers));
  stage.tell("Tod says sorry. Without him the others' word for Ted counts no more.");
  await stage.types(ada, ["unblock", tod.id]);
  await stage.types(ada, ["blocked"]);
  assert.deepEqual(sorted(await shows("blocked", "--hidden")), sorted(jeers.slice(0, 2)));
}

/** What two say to each other alone. */
export async function whisper(stage: Stage, { ada, bob, dee }: Company): Promise<void> {
  stage.tell("Something for Bob alone. All nodes carry it, and only his can read it.");
  const asked = await stage.says(ada, ["send", bob.id, "Shall we surprise Dee on Sunday?"]);
  const has = (found: readonly Json[]): boolean => found.some(({ id }) => id === asked);
  await stage.until(bob, ["inbox"], has);
  await stage.types(bob, ["inbox"]);
  const answer = await stage.says(bob, [
    ...[
      "send",
      ada.id,
      "Yes! I bring the telescope.",
      "--as",
      "bob",
      "--reply-to",
      short(asked),
    ],
  ]);
  await stage.until(ada, ["inbox"], (found) => found.some(({ id }) => id === answer));
  await stage.types(ada, ["inbox", "--with", bob.id]);
  assert.deepEqual(await dee.machine.list(["inbox"], { unlock: true }), []);
}

/** Somebody takes something back. */
export async function retract(
  stage: Stage,
  { ada, cem }: Company,
  { quote }: Conversation,
): Promise<void> {
  stage.tell("Cem thinks better of it.");
  await stage.types(cem, ["retract", short(quote)]);
  await stage.until(ada, ["timeline"], (found) => !found.some(({ id }) => id === quote));
  await stage.types(ada, ["show", short(quote)], { code: 1 });
}

/** A machine is stolen; what was in a drawer ends its key, and an heir goes on. */
export async function succeed(stage: Stage, { ada, bob }: Company): Promise<void> {
  stage.tell("Bob's machine is stolen. The recovery sheet and its words are in a drawer at home.");
  const machine = await stage.machine();
  for (const file of ["sheet.txt", "words.txt"]) {
    await Deno.copyFile(join(bob.machine.folder, file), join(machine.folder, file));
  }
  await stage.lose(bob.machine);
  const again = { ...bob, machine };
  await stage.types(again, [
    ...["identity", "revoke", bob.id, "--recovery", join(machine.folder, "sheet.txt")],
    ...[
      "--sheet-passphrase-file",
      join(machine.folder, "words.txt"),
      "--adopt",
      "--yes",
      "--no-new-recovery",
    ],
  ]);
  const [heir] = await machine.list(["identity", "list"], { unlock: true });
  const id = text(heir ?? {}, "id");
  stage.name(id, "Heir");
  const gone = (found: readonly Json[]): boolean =>
    found.some((one) => one["id"] === bob.id && one["revoked"] !== undefined);
  const follows = await stage.until(ada, ["following"], gone);
  const revoked = follows.find((one) => one["id"] === bob.id)?.["revoked"] as Json;
  assert.deepEqual([revoked["successor"], revoked["fits"]], [id, true]);
  await stage.types(ada, ["following"]);
  await stage.types(ada, ["follow", bob.id, "--successor"]);
  await machine.json(["profile", "set", "--name", "Bob"], { unlock: true });
  const back = await stage.says(again, ["post", "It's me. New key, same moon."]);
  const [post] = await stage.until(
    ada,
    ["timeline"],
    (found) => found.some((one) => one["id"] === back),
  )
    .then((found) => found.filter((one) => one["id"] === back));
  assert.deepEqual([post?.["author"], post?.["suspicious"]], [id, false]);
  await stage.types(ada, ["show", short(back)]);
}

/** Who speaks, where several sit at one machine. */
function spoken({ name, shares }: Person): readonly string[] {
  return shares ? ["--as", name.toLowerCase()] : [];
}

/** Enough of a message's id to name it. */
function short(id: string): string {
  return id.slice(0, 10);
}

function sorted(ids: unknown): string[] {
  assert.ok(Array.isArray(ids), String(ids));
  return ids.map(String).sort();
}

/** All of it. */
export async function playEvening(stage: Stage): Promise<void> {
  const company = await arrive(stage);
  const said = await talk(stage, company);
  await verify(stage, company);
  await block(stage, company, said);
  await whisper(stage, company);
  await retract(stage, company, said);
  await succeed(stage, company);
}
