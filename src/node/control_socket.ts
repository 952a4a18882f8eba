/** Where the control socket is, and what both of its ends agree on. */
import { join } from "node:path";
import { UserError } from "./user_error.ts";

/** Longest path that a Unix socket can have on every system (Linux takes 107 bytes, macOS 103). */
const MAX_SOCKET_PATH = 103;

/** Version of the HTTP API on the socket; part of every path. */
export const API_PREFIX = "/v1/";

/** Media type of a stream of JSON values, one a line. */
export const JSON_LINES = "application/jsonl";

/** Path of a data folder's control socket. Throws a `UserError` when no socket can have it. */
export function controlSocketPath(dataDir: string): string {
  const path = join(dataDir, "node.sock");
  if (new TextEncoder().encode(path).length > MAX_SOCKET_PATH) {
    throw new UserError(
      "failed",
      `The data folder's path is too long for a control socket (${MAX_SOCKET_PATH} bytes in all): ` +
        `${path}. Nothing was changed; choose a shorter one with --data-dir.`,
    );
  }
  return path;
}

/**
 * Removes the socket of a node that is gone, if there is one. Only for whoever holds the data folder's
 * lock: then none runs.
 */
export function removeDeadSocket(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
