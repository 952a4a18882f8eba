/** A portable tree, made once for all tests of a run; removed when the process ends. */
import { join } from "node:path";
import { installed, ran, ranWell } from "./programs.ts";

/** What making one takes. */
export const PORTABLE_NEEDS = ["npm", "tar", "sha512sum"] as const;

/** Not `npm view`, which its cache answers; and once, or npm goes on trying for minutes. */
const ASK = ["timeout", "15", "npm", "ping", "--fetch-retries=0"];

/** Why no tree can be made on this system, or `undefined`. */
export const noPortable = Deno.build.os !== "linux" || Deno.build.arch !== "x86_64"
  ? "portable trees are for Linux on x86_64"
  : installed("npm") && (await ran(ASK)).code !== 0
  ? "npm reaches no registry"
  : undefined;

let made: Promise<string> | undefined;

/** The tree, read-only by everybody. */
export async function portableTree(): Promise<string> {
  return await (made ??= make());
}

async function make(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "gossamer-portable-test-" });
  addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
  await Deno.chmod(folder, 0o755);
  const tree = join(folder, "tree");
  await ranWell(["packaging/portable.sh", tree]);
  return tree;
}
