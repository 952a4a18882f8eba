/** What `gossamer doctor --json` says on a machine, with its exit code. */
import assert from "node:assert/strict";
import { asObject, type Machine, text } from "./node.ts";

/** Milliseconds that a check is given to come to a state: a search for routers takes some 8 s. */
const PATIENCE_MS = 40_000;

/** A check as it was printed. */
export interface Said {
  readonly id: string;
  readonly state: string;
  readonly what: string;
  readonly do: string | null;
}

/** All checks by id. Whatever the exit code: it has to fit what they say. */
export async function doctor(machine: Machine): Promise<ReadonlyMap<string, Said>> {
  const { json, code, stderr } = await machine.run(["doctor", "--json"]);
  const { checks, problems } = asObject(json);
  assert.ok(Array.isArray(checks), stderr);
  const said = checks.map(asObject).map((check) => ({
    ...{ id: text(check, "id"), state: text(check, "state"), what: text(check, "what") },
    do: check["do"] === null ? null : text(check, "do"),
  }));
  const wrong = said.filter(({ state }) => state === "problem").map(({ id }) => id);
  assert.equal(problems, wrong.length);
  const expected = wrong.length === 0 ? 0 : wrong.every((id) => id === "node") ? 4 : 1;
  assert.equal(code, expected, wrong.join(" "));
  return new Map(said.map((check) => [check.id, check]));
}

/** Asks until a check has come to a state, and to such words, and answers it. */
export async function diagnose(
  machine: Machine,
  id: string,
  { state, what = /./ }: { readonly state: string; readonly what?: RegExp },
): Promise<Said> {
  for (const end = performance.now() + PATIENCE_MS;;) {
    const check = (await doctor(machine)).get(id);
    assert.ok(check !== undefined, id);
    if (check.state === state && what.test(check.what)) return check;
    assert.ok(performance.now() < end, `${id} isn't ${state} ${what}: ${JSON.stringify(check)}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
