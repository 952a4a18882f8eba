/** The examples of docs/SCRIPTING.md, run as they stand there against a real node. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Machine } from "./harness/node.ts";
import { ROOT, startProgram } from "./harness/process.ts";

const page = await Deno.readTextFile(`${ROOT}docs/SCRIPTING.md`);
const EXAMPLES = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, script = ""]) => script);

/** What each prints, in the page's order. */
const PRINTED: readonly RegExp[] = [
  /^(?:waits|out)\n$/,
  /^(?:\["[^"]*","[^"]+"\]\n){3}$/,
  /^1\n$/,
  /^(?:[0-9a-f]{64}\n){3}$/,
  /^fine\n$/,
  /^(?:\S+: .+\n)*$/,
  /^[1-9]\d* messages, [1-9]\d* bytes, [1-9]\d* on disk\n$/,
  /^1\n$/,
  /^1\n$/,
  /^refused: A post has at most 140 characters; this has 141, 1 too many\. Nothing was sent\.\n$/,
];

const missing = await whyNot();

Deno.test({
  name: `the examples of docs/SCRIPTING.md do what they say${missing && ` (skipped: ${missing})`}`,
  ignore: missing !== "",
  fn: async () => {
    assert.equal(EXAMPLES.length, PRINTED.length);
    await using ada = await Machine.make();
    await using bob = await Machine.make();
    const [idA, idB] = [await ada.identity("Ada"), await bob.identity("Bob")];
    const node = await ada.start(["--unlock", "--eager"], { unlock: true });
    const address = `127.0.0.1:${await node.port()}`;
    const nodeB = await bob.start(["--unlock", "--eager", "--join", `g:?a=${address}`], {
      unlock: true,
    });
    await nodeB.event("exchange", ({ outcome }) => outcome === "completed");
    await ada.list(["follow", idB]);
    // A stranger to Ada mentions her, by an identity of Bob's that she doesn't follow.
    const stranger = await bob.identity("Eve");
    for (const [text, as] of [["Good morning", idB], [`@${idA} hello`, stranger]] as const) {
      const { id } = await bob.object(["post", text, "--as", as]);
      await node.event("message", (event) => event["id"] === id, { timeoutMs: 120_000 });
    }
    await ada.object(["post", "I am here"]);
    await Deno.writeTextFile(join(ada.folder, "spammers.txt"), `${stranger}\n`);
    await using launcher = await launcherIn(ada);
    for (const [i, script] of EXAMPLES.entries()) {
      await using running = await launcher.run(script);
      const { code, stdout, stderr } = await running.end();
      assert.equal(code, 0, `${script}${stderr}`);
      assert.match(stdout === "" ? "" : `${stdout}\n`, PRINTED[i]!, `${script}${stdout}${stderr}`);
    }
  },
});

/** A `gossamer` on the path for a machine's own folder, and scripts that find it. */
async function launcherIn(machine: Machine): Promise<
  AsyncDisposable & { run(script: string): ReturnType<typeof startProgram> }
> {
  const bin = await Deno.makeTempDir({ prefix: "gossamer-bin-" });
  const deno = `${Deno.execPath()} run --quiet --frozen --no-prompt --config ${ROOT}deno.json -P`;
  await Deno.writeTextFile(
    join(bin, "gossamer"),
    `#!/bin/sh\nexport GOSSAMER_DATA_DIR='${machine.dataDir}'\nexec ${deno} ${ROOT}main.ts "$@"\n`,
    { mode: 0o755 },
  );
  const path = `${bin}:${Deno.env.get("PATH")}`;
  return {
    run: (script) =>
      startProgram(["bash", "-c", `cd '${machine.folder}'\n${script}`], {
        env: { PATH: path },
      }),
    [Symbol.asyncDispose]: () => Deno.remove(bin, { recursive: true }),
  };
}

async function whyNot(): Promise<string> {
  for (const program of ["bash", "jq"]) {
    if (Deno.build.os === "windows") return "the examples are for a Unix shell";
    await using running = await startProgram(["sh", "-c", `command -v ${program}`]);
    if ((await running.end()).code !== 0) return `no ${program}`;
  }
  return "";
}
