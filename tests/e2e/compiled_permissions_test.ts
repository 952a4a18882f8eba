/**
 * The entry under exactly what an executable is made with: its permissions, its flags, and the environment that
 * a person's shell gives, without anything of this test's. What isn't granted can't be asked for.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { asPerson } from "../../scripts/smoke.ts";
import { asObject, type Json, Machine, text } from "./harness/node.ts";
import { type Program, ROOT } from "./harness/process.ts";

/** What Deno says when something isn't granted, in whatever words it gets out. */
const DENIED = /NotCapable|[Rr]equires \w+ access|--allow-|not granted|permission prompt/;

const { compile, permissions, tasks } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
const FLAGS = /--v8-flags=\S+/.exec(tasks.node.command)?.[0] ?? "";

/** As compiled; what Deno itself needs to find the packages is all that comes in addition. */
async function asCompiled(home: string): Promise<Program> {
  const info = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] });
  const { denoDir } = JSON.parse(new TextDecoder().decode((await info.output()).stdout));
  const flags = [FLAGS, "--quiet", "--frozen", "--cached-only", "--no-prompt", "-P"];
  return asPerson([Deno.execPath(), "run", ...flags, "main.ts"], {
    env: { HOME: home, DENO_DIR: denoDir, DENO_NO_UPDATE_CHECK: "1" },
  });
}

/** A machine on which nothing that is run may be denied anything. */
class Watched {
  readonly machine: Machine;

  constructor(machine: Machine) {
    this.machine = machine;
  }

  async json(args: readonly string[], unlock = false): Promise<unknown> {
    const answer = await this.machine.run([...args, "--json"], { unlock });
    const said = `${answer.stdout}\n${answer.stderr}`;
    assert.equal(answer.code, 0, `${args.join(" ")}: ${said}`);
    assert.doesNotMatch(said, DENIED, args.join(" "));
    return answer.json;
  }

  async object(args: readonly string[], unlock = false): Promise<Json> {
    const json = await this.json(args, unlock);

    return asObject(json);
  }
}

Deno.test("an executable's permissions are the one set there is, and that one asks for nothing", () => {
  assert.deepEqual(compile, { permissions: "default" });
  assert.match(FLAGS, /^--v8-flags=/);
  const { run, ffi, env, import: imports } = permissions.default;
  for (const list of [run, ffi, env.allow]) assert.ok(Array.isArray(list) && list.length > 0);
  assert.deepEqual([env.ignore, imports], [true, { deny: true }]);
});

Deno.test("all that people do works under an executable's permissions, and nothing is denied", async () => {
  const home = await Deno.makeTempDir({ prefix: "gossamer-home-" });
  try {
    await using machine = await Machine.make(undefined, await asCompiled(home));
    const { json, object } = bound(new Watched(machine));
    const file = join(machine.folder, "notes.txt");
    await Deno.writeTextFile(file, "Lines of a file\n");
    const sheet = join(machine.folder, "sheet.txt");
    const made = await object(["identity", "create", "--name", "Ada", "--recovery", sheet], true);
    const node = await machine.start(["--unlock"], { unlock: true });
    assert.ok(text(await object(["status"]), "network").length > 0);
    assert.match(text(await object(["locator"]), "locator"), /^g:/);
    await object(["lock"]);
    await object(["unlock"], true);
    const post = await object(["post", "With a file", "--attach", file]);
    const page = await json(["timeline"]);
    assert.ok(Array.isArray(page) && page.length === 1);
    assert.equal(page[0].id, post["id"]);
    const target = join(machine.folder, "saved");
    await json(["show", text(post, "id"), "--save-attachments", target]);
    assert.deepEqual(await saved(target), ["Lines of a file\n"]);
    const query = await json(["search", "file"]);
    assert.ok(Array.isArray(query) && query.length === 1);
    for (const command of ["privacy", "doctor", "peers", "version", "following"]) {
      await json([command]);
    }
    await json([
      "simulate",
      "--nodes",
      "10",
      "--runs",
      "1",
      "--svg",
      join(machine.folder, "s.svg"),
    ]);
    assert.ok(text(made, "id").startsWith("g1"));
    assert.doesNotMatch(node.process.stderr.all.join("\n"), DENIED);
    await json(["obliterate", "--everything", "--yes"], true);
    await assert.rejects(Deno.stat(join(machine.dataDir, "keys")), Deno.errors.NotFound);
    assert.doesNotMatch(node.process.stderr.all.join("\n"), DENIED);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

function bound(watched: Watched): Pick<Watched, "json" | "object"> {
  return { json: watched.json.bind(watched), object: watched.object.bind(watched) };
}

/** What the files at a path say, whether it is one or a folder of them. */
async function saved(path: string): Promise<string[]> {
  if ((await Deno.stat(path)).isFile) return [await Deno.readTextFile(path)];
  const names = [...Deno.readDirSync(path)].map(({ name }) => name);
  return await Promise.all(names.map((name) => Deno.readTextFile(join(path, name))));
}
