/** Lets a fresh database take the place of an old one, of which nothing stays (docs/PROTOCOL.md section 11). */

/** How the old files go. */
export interface Adoption {
  /** Gives a file a second name under which it is destroyed later; `undefined` where none can be had. */
  readonly retire: (path: string) => Promise<string | undefined>;
  /** Destroys a file. */
  readonly destroy: (path: string) => Promise<unknown>;
}

/**
 * Syncs `<name>.new`, puts it in the place of `<name>` and destroys what was there. Both databases
 * are closed, so that neither has a log. Cut off, there is the old file or the new one, and perhaps a
 * retired one to destroy. Throws the system's error.
 */
export async function adopt(
  dir: string,
  { name, retire, destroy }: Adoption & { readonly name: string },
): Promise<void> {
  {
    using file = await Deno.open(`${dir}/${name}.new`, { write: true });
    await file.sync();
  }
  const old = await retire(`${dir}/${name}`);
  await Deno.rename(`${dir}/${name}.new`, `${dir}/${name}`);
  if (Deno.build.os !== "windows") {
    using folder = await Deno.open(dir);
    await folder.sync();
  }
  if (old !== undefined) await destroy(old);
}
