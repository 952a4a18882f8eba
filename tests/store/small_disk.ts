/** Disks that fill soon. */
import assert from "node:assert/strict";

/** A small disk of its own. Mounting takes root on Linux; without it the step is skipped. */
export async function withMount(
  t: Deno.TestContext,
  { size }: { size: string },
  test: (dir: string) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    const isMounted = await mounts(dir, size);
    await t.step({
      name: isMounted ? `on a disk of ${size}` : "skipped: no right to mount a small disk here",
      ignore: !isMounted,
      fn: () => test(dir),
    });
    if (isMounted) await run("umount", dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function mounts(dir: string, size: string): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  const args = ["-t", "tmpfs", "-o", `size=${size},mode=0700`, "tmpfs", dir];
  return (await new Deno.Command("mount", { args, stderr: "null" }).output()).success;
}

/** Runs a program that must succeed. */
export async function run(command: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args }).output();
  assert(success, new TextDecoder().decode(stderr));
}
