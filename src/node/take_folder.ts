/** Takes a data folder for this process alone, stopping the node that has it. */
import { type FolderLock, StoreError, takeLock } from "../store/mod.ts";
import { connectControl } from "./control_client.ts";
import { controlSocketPath } from "./control_socket.ts";
import type { Place } from "./identity.ts";
import { UserError } from "./user_error.ts";

/** How long a node may take to stop, or another command to end, in milliseconds. */
const PATIENCE_MS = 20_000;
/** Pause between two looks, in milliseconds. */
const LOOK_MS = 50;

/** A folder that nobody else has. */
export interface TakenFolder {
  /** The lock, for its holder to let go of. */
  readonly lock: FolderLock;
  /** Whether a node was stopped for it. */
  readonly stopped: boolean;
}

/**
 * Stops the folder's node, if one runs, and waits for its lock. Throws a `UserError` with nothing
 * changed but perhaps the node stopped: another network's folder, or a process that doesn't let go.
 */
export async function takeFolder({ dataDir, network }: Place): Promise<TakenFolder> {
  const end = performance.now() + PATIENCE_MS;
  let stopped = false;
  do {
    const lock = await tryLock(dataDir);
    if (lock !== undefined) return { lock, stopped };
    if (!stopped) stopped = await stopNode(dataDir, network);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  } while (performance.now() < end);
  throw new UserError(
    "failed",
    `Another process is at work on ${dataDir} and does not end. Nothing was destroyed; stop it, ` +
      "then try again.",
  );
}

async function tryLock(dataDir: string): Promise<FolderLock | undefined> {
  try {
    return await takeLock(dataDir);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new UserError("failed", `${error.message}. Nothing was changed.`);
  }
}

/** Answers whether there was a node to stop. */
async function stopNode(dataDir: string, network: string): Promise<boolean> {
  const backend = await connectControl(controlSocketPath(dataDir));
  if (backend === undefined) return false;
  try {
    const running = (await backend.call("status", {})).network;
    if (running !== network) {
      throw new UserError(
        "usage",
        `That data folder belongs to the network ${running}, not to ${network}. Nothing was changed.`,
      );
    }
    await backend.call("stop", {});
    return true;
  } catch (error) {
    // It may have been about to end in any case: then its lock tells.
    if (error instanceof UserError && error.code === "noNode") return false;
    throw error;
  } finally {
    await backend.close();
  }
}
