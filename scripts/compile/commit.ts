/** Which commit the checkout is at. */
import { tried } from "./programs.ts";

/** As `src/node/build_commit.ts` has it; `null` where there is no git or no repository. */
export async function currentCommit(root: string): Promise<string | null> {
  const head = (await tried("git", ["rev-parse", "HEAD"], { cwd: root }))?.stdout.trim() ?? "";
  if (!/^[0-9a-f]{40,64}$/.test(head)) return null;
  const status = await tried("git", ["status", "--porcelain"], { cwd: root });
  return status?.code === 0 && status.stdout === "" ? head : `${head}-modified`;
}
