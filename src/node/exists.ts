/** Whether a name is taken. */

/** Whether anything has that name already, a broken link too. Rejects as the system does for anything else. */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
