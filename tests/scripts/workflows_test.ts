/** The workflows can be read, and name nothing that isn't there: a typing error in one shows at a release only. */
import assert from "node:assert/strict";
import { parse } from "yaml";
import { TARGETS } from "../../scripts/compile/targets.ts";

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Job {
  readonly "runs-on": string;
  readonly "timeout-minutes"?: number;
  readonly needs?: string | readonly string[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: { readonly include?: readonly Record<string, string>[] } };
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const ROOT = new URL("../../", import.meta.url);
const FOLDER = new URL(".github/workflows/", ROOT);

async function read(name: string): Promise<Workflow> {
  const workflow: Workflow = parse(await Deno.readTextFile(new URL(name, FOLDER)));
  return workflow;
}

const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
const names = [...Deno.readDirSync(FOLDER)].map(({ name }) => name).sort();

Deno.test("there are two workflows", () => assert.deepEqual(names, ["ci.yml", "release.yml"]));

for (const name of names) {
  Deno.test(`${name}: every script, file and task that is named is there`, async () => {
    const { jobs } = await read(name);
    const runs = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
    assert.deepEqual(missing(runs), []);
    assert.ok(runs.length > 3);
  });

  Deno.test(`${name}: actions are named by commit, jobs end, and rights are the least`, async () => {
    const { jobs, permissions } = await read(name);
    assert.deepEqual(permissions, { contents: "read" });
    for (const [id, job] of Object.entries(jobs)) {
      assert.ok(job["timeout-minutes"] !== undefined, id);
      for (const needed of [job.needs ?? []].flat()) assert.ok(needed in jobs, `${id}: ${needed}`);
      for (const { uses } of job.steps) {
        if (uses !== undefined) assert.match(uses, /^actions\/[a-z-]+@[0-9a-f]{40}$/);
      }
    }
    const writing = Object.entries(jobs).filter(([, job]) => job.permissions !== undefined);
    assert.deepEqual(writing.map(([id]) => id), name === "release.yml" ? ["publish"] : []);
  });
}

Deno.test("what isn't there is found", () => {
  const runs = [
    "deno task nothing",
    "deno run scripts/none.ts",
    "bash .ci/none",
    "deno task check",
  ];
  assert.deepEqual(missing(runs), ["task nothing", "scripts/none.ts", ".ci/none"]);
});

Deno.test("a release is built for every target, and tried where it was built", async () => {
  const { build } = (await read("release.yml")).jobs;
  assert.ok(build);
  const included = build.strategy?.matrix.include ?? [];
  assert.deepEqual(included.map(({ target }) => target).sort(), [...TARGETS].sort());
  for (const { target, file } of included) {
    assert.equal(file, target?.includes("windows") ? "gossamer.exe" : "gossamer");
  }
  const steps = build.steps.map(({ run }) => run ?? "");
  const made = steps.findIndex((run) => run.includes("task compile"));
  assert.ok(made >= 0 && steps.slice(made).some((run) => run.includes("scripts/smoke.ts dist/")));
});

Deno.test("the tests that are run elsewhere and those that are counted are there", () => {
  for (const task of ["test:units", "coverage"]) {
    const { command } = config.tasks[task];
    const paths = command.match(/\btests\/[\w/.]+/g) ?? [];
    assert.ok(paths.length > 5);
    for (const path of paths) Deno.statSync(new URL(path, ROOT));
  }
});

/** Tasks of deno.json and files of the project that commands name and that aren't there. */
function missing(runs: readonly string[]): string[] {
  const tasks = runs.flatMap((run) => [...run.matchAll(/\btask ([\w:]+)/g)].map(([, it]) => it))
    .filter((task) => task !== undefined && config.tasks[task] === undefined);
  const files = runs.flatMap((run) =>
    run.match(/(?<![\w/.-])(?:scripts|packaging|\.ci)\/[\w/.-]+/g) ?? []
  )
    .filter((path) => !exists(path));
  return [...tasks.map((task) => `task ${task}`), ...files];
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(new URL(path, ROOT)).isFile;
  } catch {
    return false;
  }
}
