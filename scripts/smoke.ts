/**
 * Tries a program as a person would: a node, an identity, a locator, a post and a timeline, on this machine
 * alone. Prints what it did; exit code 1 with what was said if something failed.
 *
 *   deno run -P=test scripts/smoke.ts [PROGRAM …]     by default the sources, with the node's permissions
 */
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { type Json, Machine, text } from "../tests/e2e/harness/node.ts";
import type { Program } from "../tests/e2e/harness/process.ts";

/** What programs need of the environment, on any system, to start and to find a place for temporary files. */
const NEEDED = ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "APPDATA", "USERPROFILE"];

/** A program that gets what a person's shell would give, and nothing else. */
export function asPerson(command: readonly string[], more: Partial<Program> = {}): Program {
  const env = NEEDED.flatMap((name): [string, string][] => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  return { command, ...more, env: { ...Object.fromEntries(env), NO_COLOR: "1", ...more.env } };
}

/** Runs it through; throws an `AssertionError` at what isn't as it should be. */
export async function smoke(
  program: Program | undefined,
  { say, commit }: {
    /** Told each step that went well. */
    readonly say: (line: string) => void;
    /** The commit that it has to be of, where one is expected. */
    readonly commit?: string | undefined;
  },
): Promise<void> {
  await using machine = await Machine.make(undefined, program);
  const version = await machine.object(["version"]);
  assert.match(text(version, "version"), /^\d+\.\d+\.\d+/);
  if (commit !== undefined) assert.equal(version["commit"], commit);
  say(`version: ${JSON.stringify(version)}`);
  const id = await machine.identity("Smoke");
  say(`identity: ${id}`);
  const node = await machine.start();
  say(`node on port ${await node.port()}`);
  await machine.object(["unlock"], { unlock: true });
  const locator = text(await machine.object(["locator"]), "locator");
  assert.match(locator, /^g:/);
  say(`locator: ${locator}`);
  const post = await machine.object(["post", "A first sign of life"]);
  assert.deepEqual(await timeline(machine), [[post["id"], "A first sign of life"]]);
  say("post and timeline");
  const status = await machine.object(["status"]);
  assert.equal(status["running"], true);
  await node.stop(Deno.build.os === "windows" ? "SIGKILL" : "SIGTERM");
  // What was said is on disk: without the node it is read from there.
  assert.deepEqual(await timeline(machine, { unlock: true }), [[
    post["id"],
    "A first sign of life",
  ]]);
  say("stopped, and all is still there");
}

async function timeline(machine: Machine, options: { unlock?: boolean } = {}): Promise<unknown[]> {
  return (await machine.list(["timeline"], options)).map((one: Json) => [one["id"], one["text"]]);
}

if (import.meta.main) {
  const say = (line: string): void =>
    void Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
  const [file, ...more] = Deno.args;
  const program = file === undefined ? undefined : asPerson([resolve(file), ...more]);
  await smoke(program, { say, commit: Deno.env.get("GOSSAMER_COMMIT") });
}
