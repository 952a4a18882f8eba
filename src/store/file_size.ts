/** How large a file is. */
import { storeError } from "./errors.ts";

/** Bytes of a file; `undefined` when it isn't there. Throws a `StoreError`. */
export function sizeOf(path: string): number | undefined {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw storeError(error, path);
  }
}
