/**
 * Makes tests/fixtures/schema-N out of what a version of the program writes: two nodes on this machine
 * say something of everything to one another, and the folder of the first is kept, with what it shows.
 *
 *   deno run -P=test scripts/make_fixture.ts PROGRAM-FOLDER NAME
 *
 * PROGRAM-FOLDER is a checkout of the version that is to be kept. What it can't do yet is left out.
 */
import { fixtureViews } from "../tests/e2e/harness/fixture_views.ts";

const [program = "", name = ""] = Deno.args;
if (program === "" || name === "") throw new Error("Say which checkout, and what to call it");

/** Words of the folder: nothing in it is worth more. */
const PASSPHRASE = "a fixture for ever";
/** Somebody whom nobody knows. */
const STRANGER = "g1qu8za90hd5y8845mve89c62xwfxkhz54aj0wcje63eew9m292unq6pfrs0";
const ROUNDS = 400;
const PAUSE_MS = 500;

const root = await Deno.makeTempDir();
const words = `${root}/words`;
await Deno.writeTextFile(words, PASSPHRASE);

function command(folder: string, args: readonly string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--frozen", "--no-prompt", `--config=${program}/deno.json`, "-P"],
      ...[`${program}/main.ts`, "--data-dir", `${root}/${folder}`, "--json"],
      ...["--passphrase-file", words, ...args],
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

async function ask(folder: string, args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await command(folder, args).output();
  if (code === 0) return JSON.parse(new TextDecoder().decode(stdout) || "null");
  const said = new TextDecoder().decode(stderr);
  await say(`${args.join(" ")}: exit ${code} ${said}`);
  return undefined;
}

async function must(folder: string, args: readonly string[]): Promise<Record<string, unknown>> {
  const value = await ask(folder, args);
  if (typeof value !== "object" || value === null) throw new Error(`Failed: ${args.join(" ")}`);
  return Object.fromEntries(Object.entries(value));
}

async function say(line: string): Promise<void> {
  await Deno.stderr.write(new TextEncoder().encode(`${line}\n`));
}

async function until(what: string, done: () => Promise<boolean>): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    if (await done()) return await say(what);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error(`Never: ${what}`);
}

/** Starts a node that speaks to loopback alone; answers how to stop it. */
async function node(folder: string, join: readonly string[]): Promise<() => Promise<void>> {
  const help = new TextDecoder().decode(
    (await command(folder, ["node", "--help"]).output()).stdout,
  );
  const quiet = ["--no-lan", "--no-mdns", "--no-port-mapping"].filter((flag) =>
    help.includes(flag)
  );
  const args = ["node", "--port", "0", "--bind", "127.0.0.1", ...quiet, "--unlock", ...join];
  const child = command(folder, args).spawn();
  const drain = (stream: ReadableStream<Uint8Array>): void =>
    void stream.pipeTo(new WritableStream()).catch(() => {});
  drain(child.stdout);
  drain(child.stderr);
  await until(`${folder} runs`, async () => (await must(folder, ["status"]))["running"] === true);
  return async () => {
    child.kill("SIGTERM");
    await child.status;
  };
}

/** Everything that a version can say. */
async function speak(friend: string, hello: string): Promise<void> {
  await ask("ada", ["profile", "set", "--name", "Ada", "--bio", "Keeps data", "--as", "ada"]);
  await must("ada", ["follow", friend, "--name", "Bob from the sea"]);
  const picture = `${root}/dot.gif`;
  await Deno.writeFile(picture, new TextEncoder().encode("GIF89a, nearly"));
  await must("ada", ["post", "The first words 🌻", "--as", "ada"]);
  await must("ada", ["post", "With a file", "--as", "ada", "--attach", picture]);
  await must("ada", ["post", "An answer", "--as", "ada", "--reply-to", hello, "--warn", "old"]);
  await must("ada", ["post", "Ben speaks", "--as", "ben"]);
  const wrong = await must("ada", ["post", "Said by mistake", "--as", "ada"]);
  await ask("ada", ["block", STRANGER]);
  await ask("ada", ["send", friend, "A private word", "--as", "ada"]);
  await ask("ada", ["verify", friend, "--as", "ada", "--yes"]);
  await ask("ada", ["trust", "--max-distance", "4"]);
  await until("nothing pending", async () => (await must("ada", ["status"]))["pending"] === 0);
  await must("ada", ["retract", String(wrong["id"])]);
  await until("taken back", async () => (await must("ada", ["status"]))["pending"] === 0);
}

async function keep(friend: string): Promise<void> {
  const to = new URL(`../tests/fixtures/${name}/`, import.meta.url);
  await Deno.mkdir(to, { recursive: true });
  const views = await fixtureViews((args) => ask("ada", args), friend);
  for (const file of ["keys", "private.kv", "public.kv"]) {
    const bytes = await Deno.open(`${root}/ada/${file}`);
    const packed = bytes.readable.pipeThrough(new CompressionStream("gzip"));
    await Deno.writeFile(new URL(`${file}.gz`, to), packed);
  }
  const expected = { passphrase: PASSPHRASE, friend, views };
  await Deno.writeTextFile(new URL("expected.json", to), `${JSON.stringify(expected, null, 2)}\n`);
}

const bob = String((await must("bob", ["identity", "create", "--no-recovery"]))["id"]);
for (const who of ["ada", "ben"]) {
  await must("ada", ["identity", "create", "--name", who, "--no-recovery"]);
}
const stopBob = await node("bob", []);
await ask("bob", ["profile", "set", "--name", "Bob"]);
const { locator } = await must("bob", ["locator"]);
const stopAda = await node("ada", ["--join", String(locator)]);
const hello = String((await must("bob", ["post", "Hello from Bob"]))["id"]);
await until("Bob is heard", async () => await ask("ada", ["show", hello]) !== undefined);
const [ada] = await ask("ada", ["identity", "list"]) as readonly { readonly id: string }[];
const canSend = await ask("bob", ["send", String(ada?.id), "A letter for Ada"]) !== undefined;
await speak(bob, hello);
if (canSend) {
  await until("the letter came", async () => {
    const letters = [await ask("ada", ["inbox"]), await ask("ada", ["inbox", "--requests"])];
    return JSON.stringify(letters).includes("A letter for Ada");
  });
}
// Unlocking archives what is stored.
await must("ada", ["lock"]).catch(() => {});
await must("ada", ["unlock"]);
await new Promise((resolve) => setTimeout(resolve, 10 * PAUSE_MS));
await stopAda();
await stopBob();
await must("ada", ["post", "On its way for ever", "--as", "ada"]);
await keep(bob);
await Deno.remove(root, { recursive: true });
