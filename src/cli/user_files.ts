/** Files that the user names: read with a cap, and failures said in words. */
import { UserError } from "../node/user_error.ts";
import type { Deps } from "./deps.ts";

/** Which file to read. */
export interface FileRequest {
  /** As the user gave it. */
  readonly path: string;
  /** Largest size that is taken, in bytes. */
  readonly maxBytes: number;
  /** Leaves `Deno.errors.NotFound` to the caller. */
  readonly mayBeMissing?: boolean;
  /** Gives of a larger file one byte more than `maxBytes`, instead of refusing it. */
  readonly cut?: boolean;
}

/** Reads a file of at most `maxBytes`. Throws a `UserError` of code `failed` or `refused`. */
export async function readUserFile(
  deps: Deps,
  { path, maxBytes, mayBeMissing = false, cut = false }: FileRequest,
): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await deps.readFile(path, maxBytes);
  } catch (error) {
    if (mayBeMissing && error instanceof Deno.errors.NotFound) throw error;
    throw fileError(error, `read ${path}`);
  }
  if (bytes.length <= maxBytes || cut) return bytes;
  bytes.fill(0);
  throw new UserError("refused", `${path} is too large: at most ${maxBytes} bytes are allowed.`);
}

/** Turns a failure of the file system into a `UserError`; anything else comes back as it is. */
export function fileError(error: unknown, doing: string): unknown {
  const reason = reasonOf(error);
  if (reason === undefined) return error;
  return new UserError("failed", `Can't ${doing}: ${reason}. Nothing was changed.`);
}

function reasonOf(error: unknown): string | undefined {
  if (error instanceof Deno.errors.NotFound) return "no such file or folder";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.NotCapable) return "this program has no permission for it";
  if (error instanceof Deno.errors.IsADirectory) return "it's a folder";
  if (error instanceof Deno.errors.NotADirectory) return "it's not a folder";
  if (error instanceof Error && "code" in error) return error.message;
  return undefined;
}
