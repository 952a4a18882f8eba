/** Each test that docs/decisions/seed-coverage.md names exists, and each sentence there names one. */
import assert from "node:assert/strict";

const ROOT = new URL("../", import.meta.url);
const CHAPTERS = [
  ...["Identity", "Multiple devices and key security", "Status messages", "Private messages"],
  ...["Following users", "Verified identities", "Blocking users"],
];

Deno.test("each sentence of the seed names tests, and all of them exist", async () => {
  const page = await Deno.readTextFile(new URL("docs/decisions/seed-coverage.md", ROOT));
  assert.deepEqual([...page.matchAll(/^## (.*)$/gm)].map(([, title]) => title), CHAPTERS);
  const rows = page.split("\n").filter((line) => /^\| (?!the seed says)/.test(line));
  assert.ok(rows.length > 70);
  const missing: string[] = [];
  for (const row of rows) {
    const named = [...row.matchAll(/`(tests\/\S+)` "([^"]+)"/g)];
    if (named.length === 0) missing.push(row);
    for (const [, file = "", name = ""] of named) {
      if (!await hasTest(file, name)) missing.push(`${file} "${name}"`);
    }
  }
  assert.deepEqual(missing, []);
});

Deno.test("a test that isn't there is missed", async () => {
  assert.equal(
    await hasTest("tests/seed_coverage_test.ts", "a test that isn't there is missed"),
    true,
  );
  assert.equal(await hasTest("tests/seed_coverage_test.ts", "a test"), false);
  assert.equal(await hasTest("tests/nowhere_test.ts", "a test"), false);
});

/** Whether a file has a test of exactly that name. */
async function hasTest(file: string, name: string): Promise<boolean> {
  try {
    const source = await Deno.readTextFile(new URL(file, ROOT));
    return source.includes(`Deno.test("${name}",`) || source.includes(`  name: "${name}",`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
