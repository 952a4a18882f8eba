/**
 * The evening of `tests/e2e/harness/evening.ts`, played by two people at the web pages of their nodes: Ada
 * has one to herself; at the other sits Bob, with all whom the evening needs besides.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type Host, makeLan } from "../../e2e/harness/netns.ts";
import { type Json, Machine, type RunningNode, text } from "../../e2e/harness/node.ts";
import { moonPicture } from "./moon.ts";
import type { Seat } from "./seat.ts";

/** Everybody at Bob's machine. */
const TOWN = ["bob", "cem", "dee", "eli", "tom", "tim", "tod", "ted"] as const;
const SAYS = "Go out and look, all of you";

/** Identities by local name. */
export type People = Readonly<Record<"ada" | typeof TOWN[number], string>>;

/** Two nodes that know each other, on two hosts of a network of their own. */
export interface Town extends AsyncDisposable {
  readonly hosts: readonly [Host, Host];
  readonly ada: { readonly machine: Machine; readonly node: RunningNode };
  readonly bob: { readonly machine: Machine; readonly node: RunningNode };
  readonly people: People;
}

/** Makes it: identities are files, so the command line makes them; all the rest is for the page. */
export async function makeTown(): Promise<Town> {
  await using making = new AsyncDisposableStack();
  const net = making.use(await makeLan(2));
  const [one, two] = net.lans[0]!;
  assert.ok(one && two);
  const [a, b] = [making.use(await Machine.make(one)), making.use(await Machine.make(two))];
  const ids: Record<string, string> = {};
  const make = async (machine: Machine, names: readonly string[]): Promise<void> => {
    for (const name of names) ids[name] = await create(machine, name);
  };
  await Promise.all([make(a, ["ada"]), make(b, TOWN)]);
  const nodeA = await a.start(["--eager"]);
  const join = `g:?a=${one.address}:${await nodeA.port()}`;
  const nodeB = await b.start(["--eager", "--join", join]);
  const stack = making.move();
  return {
    hosts: [one, two],
    ada: { machine: a, node: nodeA },
    bob: { machine: b, node: nodeB },
    people: ids as People,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Bob has a recovery sheet. */
async function create(machine: Machine, name: string): Promise<string> {
  const sheet = join(machine.folder, "sheet.txt");
  const recovery = name === "bob" ? ["--recovery", sheet] : ["--no-recovery"];
  const create = ["identity", "create", "--name", name, ...recovery];
  const made = await machine.object(create, { unlock: true });
  if (name === "bob") {
    const { passphrase } = made["recovery"] as Json;
    await Deno.writeTextFile(join(machine.folder, "words.txt"), String(passphrase));
  }
  return text(made, "id");
}

/** Who is there, and the two seats. */
export interface Company {
  readonly ada: Seat;
  readonly bob: Seat;
  readonly people: People;
}

/** What was said, by its id. */
export interface Talk {
  readonly moon: string;
  readonly reply: string;
  readonly quote: string;
}

/** They say who they are, and follow each other under names of their own. */
export async function arrive({ ada, bob, people }: Company): Promise<void> {
  await ada.go("Keys and identities");
  await ada.page.getByRole("link", { name: people.ada }).click();
  await ada.page.getByRole("button", { name: "Edit this profile" }).click();
  await ada.page.getByRole("textbox", { name: /^Name/ }).fill("Ada");
  await ada.page.getByRole("textbox", { name: /^About/ }).fill("Looks up at night");
  await ada.press("Publish for everybody");
  await ada.page.getByRole("heading", { level: 1, name: "Ada" }).waitFor();
  for (const as of ["bob", "cem", "dee", "eli"]) {
    await bob.visitor.open("/profile/edit");
    await bob.speaks(as);
    await bob.press("Go on");
    await bob.page.getByRole("textbox", { name: /^Name/ }).fill(`${as} from town`);
    await bob.press("Publish for everybody");
    await bob.page.getByRole("heading", { level: 1, name: `${as} from town` }).waitFor();
  }
  for (const name of ["bob", "cem", "dee"] as const) await follow(ada, people[name], name);
  await follow(bob, people.ada, "Ada the loom");
}

async function follow(seat: Seat, id: string, name: string): Promise<void> {
  await seat.go("Following");
  const form = seat.page.getByRole("form", { name: "Follow somebody" });
  await form.getByRole("textbox", { name: /^Follow/ }).fill(id);
  await form.getByRole("textbox", { name: /^Your name for them/ }).fill(name);
  await form.getByRole("button", { name: "Follow" }).click();
  await seat.page.getByText(`Now following: ${name}`).waitFor();
}

/** A post with a picture, which comes into an open page by itself, an answer and a quote. */
export async function talk({ ada, bob }: Company): Promise<Talk> {
  await bob.go("Timeline");
  await bob.page.evaluate("window.here = true");
  await ada.go("Write");
  const moon = await ada.write({
    text: "What a #moon tonight!",
    picture: { bytes: moonPicture(), alt: "A full moon over roofs" },
  });
  await bob.gets(moon);
  await bob.post("What a #moon tonight!").waitFor();
  assert.equal(await bob.page.evaluate("window.here"), true, "It came without a reload");
  await bob.page.getByRole("img", { name: "A full moon over roofs" }).waitFor();
  await bob.post("What a #moon tonight!").getByText("Ada the loom").waitFor();

  await bob.post("What a #moon").getByRole("button", { name: "Reply" }).click();
  await bob.look("answer");
  const reply = await answerByKeys(bob, "Full in two days, I think.");
  await bob.go("Timeline");
  await bob.post("What a #moon").getByRole("button", { name: "Quote" }).click();
  const quote = await bob.write({ text: SAYS, as: "cem" });
  await Promise.all([ada.gets(reply), ada.gets(quote)]);
  await ada.go("Timeline");
  await ada.post(SAYS).locator("blockquote").getByText("What a #moon tonight!").waitFor();
  await ada.visitor.open(`/thread/${moon}`);
  await ada.post("Full in two days, I think.").waitFor();
  await ada.look("thread");
  await bob.look("posted");
  return { moon, reply, quote };
}

/** Bob answers in the form that is there, by the keyboard alone. */
async function answerByKeys(bob: Seat, words: string): Promise<string> {
  const { keyboard } = bob.page;
  await bob.tabTo(`here?.id === "text"`);
  await keyboard.type(words);
  await bob.tabTo(`here?.name === "as"`);
  // The first of them is already chosen by a press: the arrows go on to the others.
  await keyboard.press("Space");
  const chosen = (): Promise<unknown> =>
    bob.page.evaluate(`document.activeElement.closest("label").innerText.trim().startsWith("bob")`);
  for (let n = 0; n < TOWN.length && !(await chosen()); n++) await keyboard.press("ArrowDown");
  await bob.tabTo(`here?.name === "first"`);
  await keyboard.press("Space");
  await bob.tabTo(`here?.matches("main button[type=submit]")`);
  await keyboard.press("Enter");
  return await bob.posted();
}

/** They verify each other, and three of them the newcomer: then Ada's node believes it, too. */
export async function verify({ ada, bob, people }: Company): Promise<void> {
  for (const name of ["bob", "cem", "dee", "eli"] as const) {
    const from = `${name} from town`;
    await ada.until(`/person/${people[name]}`, (page) => page.getByText(from));
    if (name !== "eli") await vouch(ada, people[name]);
  }
  await ada.meet(people.eli);
  await ada.page.getByText(/^no Why$/).waitFor();
  for (const as of ["bob", "cem", "dee"]) await vouch(bob, people.eli, as);
  await vouch(bob, people.ada, "bob");
  await ada.until(`/person/${people.eli}`, (page) => page.getByText("yes, at distance 2"));
  await ada.page.getByRole("link", { name: "Why" }).click();
  await ada.look("trust-by-three");
}

async function vouch(seat: Seat, id: string, as?: string): Promise<void> {
  // By its address: the person's page has it only until one of those at the machine has done it.
  await seat.visitor.open(`/verify/${id}`);
  if (as !== undefined) await seat.speaks(as);
  await seat.press("Verify in public, for ever");
  await seat.page.waitForURL((url) => url.pathname.startsWith("/person/"));
}

/** Four come whom nobody knows: three are blocked, the fourth with them, until one is let back in. */
export async function block(company: Company, { moon, reply }: Talk): Promise<void> {
  const { ada, bob, people } = company;
  await jeer(company, reply);
  for (const name of ["tom", "tim", "tod"] as const) {
    await ada.meet(people[name]);
    await ada.press("Block");
    await ada.page.getByRole("heading", { level: 1, name: "Block", exact: true }).waitFor();
    if (name === "tom") await ada.look("block");
    await ada.press("Block");
    await ada.page.getByText("Blocked by you").first().waitFor();
  }
  await ada.until("/blocks", (page) => page.getByText(/since 3 that are blocked verify it/));
  await ada.visitor.open(`/thread/${moon}`);
  await ada.page.getByText("Hidden: its author is blocked").first().waitFor();
  await ada.look("thread-hidden");
  for (const path of ["/everything", "/mentions", "/search?q=boring"]) {
    await ada.visitor.open(path);
    assert.equal(await ada.post("oring").count(), 0, path);
  }
  await ada.visitor.open("/blocks/hidden");
  await ada.post("buy my telescopes").waitFor();

  await ada.meet(people.tod);
  await ada.page.getByText("Blocked by you").waitFor();
  await ada.press("Unblock");
  await ada.page.getByText("Not blocked any more").waitFor();
  await ada.until(`/person/${people.ted}`, (page) => page.getByRole("button", { name: "Follow" }));
  await bob.visitor.open(`/thread/${moon}`);
  await bob.post("Boring!").waitFor();
}

/** What they have to say; all of it has come to Ada afterwards. */
async function jeer({ ada, bob, people }: Company, reply: string): Promise<void> {
  const said = {
    tom: `@${people.ada} Boring!`,
    tim: "Boring, so boring!",
    tod: "Nobody asked you",
    ted: "Hello, buy my telescopes",
  };
  const ids: string[] = [];
  for (const [as, words] of Object.entries(said)) {
    await bob.visitor.open(`/thread/${reply}`);
    await bob.post("Full in two days").getByRole("button", { name: "Reply" }).click();
    ids.push(await bob.write({ text: words, as }));
  }
  for (const as of ["tom", "tim", "tod"]) await vouch(bob, people.ted, as);
  for (const id of ids) await ada.gets(id);
  await ada.go("Mentions");
}

/** What two say to each other alone. */
export async function whisper({ ada, bob, people }: Company): Promise<void> {
  const [asked, answered] = ["Shall we surprise Dee on Sunday?", "Yes! I bring the telescope."];
  await ada.meet(people.bob);
  await ada.page.getByRole("link", { name: "Write privately" }).click();
  await send(ada, asked);
  await bob.until("/messages", (page) => page.getByRole("link", { name: /^Read/ }));
  await bob.page.getByRole("link", { name: /^Read/ }).click();
  await bob.look("conversation-of-several");
  await bob.post(asked).getByRole("button", { name: "Answer" }).click();
  await ada.visitor.open(`/messages/${people.bob}`);
  await ada.page.evaluate("window.here = true");
  await send(bob, answered, "bob");
  await ada.post(answered).waitFor({ timeout: 120_000 });
  assert.equal(await ada.page.evaluate("window.here"), true, "It came without a reload");
}

async function send(seat: Seat, words: string, as?: string): Promise<void> {
  await seat.page.getByRole("textbox", { name: "Message" }).fill(words);
  if (as !== undefined) await seat.speaks(as);
  for (const agreed of await seat.page.locator("input[name=agreed]").all()) await agreed.check();
  await seat.press("Send privately");
  await seat.post(words).waitFor();
}

/** Somebody takes something back. */
export async function retract({ ada, bob }: Company): Promise<void> {
  await bob.go("Everything");
  await bob.post(SAYS).getByRole("button", { name: "Take back" }).click();
  await bob.look("take-back");
  await bob.press("Take it back");
  await bob.page.getByText("The retraction goes out").waitFor();
  await ada.until("/", (page) => page.locator(`main:not(:has-text("${SAYS}"))`));
}

/** Bob's key is lost: he ends it by what is in a drawer, and Ada follows the heir. */
export async function succeed({ ada, bob, people }: Company): Promise<void> {
  const { folder } = bob.machine;
  await bob.go("Keys and identities");
  await bob.visitor.open("/keys/revoke");
  await bob.page.getByRole("textbox", { name: /^Identity to end/ }).fill(people.bob);
  await bob.page.getByLabel("Recovery sheet").setInputFiles(join(folder, "sheet.txt"));
  const words = await Deno.readTextFile(join(folder, "words.txt"));
  await bob.page.getByLabel("Its seven words").fill(words);
  await bob.page.getByRole("checkbox").check();
  await bob.press("End this identity");
  await bob.page.getByText(/^Revoked/).waitFor();
  const succeed = "Follow the successor, under your name for them";
  await ada.until("/following", (page) => page.getByRole("button", { name: succeed }));
  await ada.look("following-a-revoked-one");
  await ada.press(succeed);
  await ada.page.getByText("Now following: bob").waitFor();
}
