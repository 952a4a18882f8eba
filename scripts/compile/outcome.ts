/** What is said when Deno could not compile. */

/** A sentence and what to do, from what `deno compile` said on its way to failing. */
export function whyNot(said: string, target: string): string {
  const last = said.trim();
  // Deno names this step, and the file's address, whatever then went wrong with the download.
  if (/setting up base binary|denort/i.test(last)) {
    return `Nothing was made for ${target}: Deno's base binary (denort), which an executable begins with, could\n` +
      `not be had. Deno downloads it from dl.deno.land, once for each system. Where that can't be reached,\n` +
      `DENORT_BIN can name a denort of the same version and system. Without either there is the portable\n` +
      `tree: packaging/portable.sh. Deno said:\n${last}`;
  }
  return `Nothing was made for ${target}. Deno said:\n${last}`;
}
