/** Lists files. */

/** TypeScript files at or below a name, as paths from `root`. A name that isn't there has none. */
export async function* walk(root: URL, name: string): AsyncGenerator<string> {
  const at = new URL(name, root);
  let stat: Deno.FileInfo;
  try {
    stat = await Deno.stat(at);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  if (stat.isFile) {
    if (/\.tsx?$/.test(name) && !name.endsWith(".d.ts")) yield name;
    return;
  }
  for await (const entry of Deno.readDir(at)) yield* walk(root, `${name}/${entry.name}`);
}
