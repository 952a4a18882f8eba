/** The documents: every link leads somewhere, and the index has every page. */
import assert from "node:assert/strict";
import { dirname, join, normalize } from "node:path";
import { ROOT } from "./e2e/harness/process.ts";

const FOLDERS = ["", "docs", "docs/decisions", "packaging"];

/** Pages by their path in the repository. */
const pages = new Map<string, string>();
for (const folder of FOLDERS) {
  for await (const { name, isFile } of Deno.readDir(join(ROOT, folder))) {
    if (!isFile || !name.endsWith(".md")) continue;
    const path = join(folder, name);
    pages.set(path, await Deno.readTextFile(join(ROOT, path)));
  }
}

Deno.test("every link of the documents leads to a file, and to a heading that it has", async () => {
  const broken: string[] = [];
  for (const [path, text] of pages) {
    for (const [, target = ""] of withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [file = "", heading] = target.split("#");
      const goal = file === "" ? path : normalize(join(dirname(path), file));
      const there = heading === undefined
        ? await exists(goal)
        : headingsOf(pages.get(goal) ?? "").has(heading);
      if (!there) broken.push(`${path}: ${target}`);
    }
  }
  assert.deepEqual(broken, []);
});

Deno.test("the index has every page of docs", () => {
  const index = pages.get("docs/README.md") ?? "";
  const missing = [...pages.keys()].filter((path) => {
    const [folder, name = ""] = [dirname(path), path.slice("docs/".length)];
    return folder === "docs" && name !== "README.md" && !index.includes(`](${name})`);
  });
  assert.deepEqual(missing, []);
});

/** Code and console blocks hold brackets that are no links. */
function withoutCode(text: string): string {
  return text.replaceAll(/^```.*?^```$/gms, "").replaceAll(/`[^`\n]*`/g, "");
}

/** Headings as the hosts of repositories make anchors of them. */
function headingsOf(text: string): Set<string> {
  return new Set(
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
      heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
    ),
  );
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(join(ROOT, path)).then(() => true, () => false);
}
