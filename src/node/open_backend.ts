/**
 * Finds whoever answers for a data folder: the running node behind its control socket, or else this
 * process on the store itself, under the folder's lock.
 */
import type { Backend } from "./api.ts";
import { connectControl } from "./control_client.ts";
import { controlSocketPath } from "./control_socket.ts";
import { UserError } from "./user_error.ts";

/** How long another process that has the store but no socket is waited for, in milliseconds. */
const PATIENCE_MS = 10_000;
/** Pause between two looks, in milliseconds. */
const LOOK_MS = 50;

/**
 * Opens the way to a data folder. A node that is just starting, or another command that is at work
 * on the store, is waited for. Throws a `UserError` when that takes too long, and for a folder that
 * can't be used.
 */
export async function openBackend(
  { dataDir, network }: { readonly dataDir: string; readonly network: string },
): Promise<Backend> {
  const path = controlSocketPath(dataDir);
  const end = performance.now() + PATIENCE_MS;
  do {
    const remote = await connectControl(path);
    if (remote !== undefined) return await sameNetwork(remote, network);
    // Loaded only when needed: a command against a running node is to start quickly.
    const { openOffline } = await import("./offline_backend.ts");
    const offline = await openOffline({ dataDir, network });
    if (offline !== undefined) return offline;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  } while (performance.now() < end);
  throw new UserError(
    "failed",
    `Another process is at work on ${dataDir} and does not answer. Nothing was changed; try again ` +
      "when it has ended.",
  );
}

async function sameNetwork(backend: Backend, network: string): Promise<Backend> {
  const running = (await backend.call("status", {})).network;
  if (running === network) return backend;
  await backend.close();
  throw new UserError(
    "usage",
    `That data folder belongs to the network ${running}, not to ${network}. Nothing was changed; ` +
      `give --network ${running}, or another --data-dir.`,
  );
}
