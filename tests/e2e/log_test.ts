/** What two nodes log at `info` in an eventful hour tells nothing of their owners, of peers or of messages. */
import assert from "node:assert/strict";
import { Machine, type RunningNode, text } from "./harness/node.ts";
import { startProgram } from "./harness/process.ts";

const WORDS = "Heron over the weir";
const LOGGED = ["--quiet", "--log", "info", "--log-format", "json"];

/** A peer that doesn't speak the protocol. */
async function babble(port: number): Promise<void> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new Uint8Array(400).fill(7));
  const rest = new Uint8Array(64);
  while (await connection.read(rest).catch(() => null) !== null);
}

/** Whatever must not be in a log: of the machine's folders, of addresses, ids, names and words. */
function traces(line: string, secrets: readonly string[]): readonly string[] {
  const shapes = [
    /\d{1,3}(?:\.\d{1,3}){3}/,
    /\[[0-9a-f:]*:[0-9a-f:]*\]/i,
    /\bg1[a-z0-9]{6,}/,
    /[0-9a-f]{12,}/i,
    /\/(?:tmp|home|root|work|dev|var)\b/,
    /\blocalhost\b|\.example\b/,
  ];
  return [
    ...secrets.filter((secret) => line.includes(secret)),
    ...shapes.flatMap((shape) => shape.exec(line)?.[0] ?? []),
  ];
}

Deno.test("logs at info hold no address, identity, id, path, name or text", async () => {
  await using a = await Machine.make();
  await using b = await Machine.make();
  const ada = await a.identity("Adalind");
  const bob = await b.identity("Bobbinet");
  const nodeB = await b.start([...LOGGED, "--unlock"], { unlock: true });
  await b.list(["follow", ada]);
  const portB = await nodeB.port();
  const nodeA = await a.start(
    [
      ...LOGGED,
      ...["--unlock", "--eager", "--join", `g:?a=127.0.0.1:${portB}`],
      // Names that can't be looked up, and an address at which nobody is.
      ...["--join", "g:?a=nobody.example:14677", "--join", "g:?a=127.0.0.1:1"],
    ],
    { unlock: true },
  );
  const said = text(await a.object(["post", WORDS]), "id");
  const written = text(await a.object(["send", bob, "The weir at nine"]), "id");
  for (const id of [said, written]) await nodeB.event("message", (event) => event["id"] === id);
  await a.object(["profile", "set", "--name", "Adalind", "--bio", "weirs"]);
  await b.run(["verify", ada, "--yes"], { unlock: true });
  await b.run(["block", ada]);
  await b.run(["join", "g:?a=127.0.0.1:2"]);
  await babble(portB);
  await a.run(["lock"]);
  const wrong = await a.run(["unlock", "--passphrase-file", b.passphraseFile]);
  assert.equal(wrong.code, 3);
  await a.object(["retract", said], { unlock: true });

  const lines = [...await log(nodeA), ...await log(nodeB)];
  const secrets = [
    a.folder,
    b.folder,
    ada,
    bob,
    said,
    written,
    WORDS,
    "weir",
    "Adalind",
    "Bobbinet",
  ];
  const found = lines.flatMap((line) => traces(line, secrets).map((trace) => `${trace}: ${line}`));
  assert.deepEqual(found, []);
  const records = lines.map((line) => JSON.parse(line));
  for (const record of records) {
    const fields = ["time", "level", "category", "message", "properties"];
    assert.deepEqual(Object.keys(record), fields);
    assert.ok(record.level !== "debug");
  }
  const messages = new Set(records.map(({ message }) => message));
  for (const message of ["The node runs", "A reconciliation ended"]) {
    assert.ok(messages.has(message), message);
  }
  assert.ok(messages.has("A locator of --join could not be used now"));
});

Deno.test("the check sees what it looks for", () => {
  const bad = [
    "dial 192.0.2.1:1",
    "[fe80::1]:2",
    "by g1qqqqqqqqqq",
    "id 0123456789abcdef",
    "/home/al",
  ];
  for (const line of bad) assert.equal(traces(line, []).length, 1, line);
  assert.deepEqual(traces("said weir", ["weir"]), ["weir"]);
});

Deno.test({
  name: "in the journal's own stream lines begin with their priority, in another they don't",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using machine = await Machine.make();
    const deno = [Deno.execPath(), "run", "--quiet", "--frozen", "--no-prompt", "-P", "main.ts"];
    const node = ["--quiet", "--log", "info", "node", "--bind", "127.0.0.1", "--port", "0"];
    const alone = ["--no-lan", "--no-mdns", "--no-port-mapping"];
    // As systemd does it: the device and inode of the stream.
    const named = `JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2) exec "$@"`;
    for (
      const [script, line] of [
        [named, /^<6>node: The node runs messages=0$/],
        [`JOURNAL_STREAM=1:2 exec "$@"`, /^\d{4}-\S+Z info node: The node runs messages=0$/],
      ] as const
    ) {
      const command = ["sh", "-c", script, "sh", ...deno, ...node, ...alone];
      await using running = await startProgram(command, {
        env: { GOSSAMER_DATA_DIR: machine.dataDir },
      });
      const runs = (text: string): string | undefined =>
        text.includes("The node runs") ? text : undefined;
      assert.match(await running.stderr.find(runs, { what: "its first line" }), line);
      running.signal("SIGTERM");
      assert.equal((await running.end()).code, 0);
    }
  },
});

async function log(node: RunningNode): Promise<readonly string[]> {
  node.process.signal("SIGTERM");
  const { code, stderr } = await node.process.end();
  assert.equal(code, 0);
  return stderr.split("\n").filter((line) => line !== "");
}
