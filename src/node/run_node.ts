/** A node from start to stop: opens everything, drives the engine, closes everything. */
import { destroyRemains } from "../keystore/mod.ts";
import { openStores, StoreError, type Stores } from "../store/mod.ts";
import { type Labels, labelsOf } from "../wire/labels.ts";
import { toSeconds } from "../wire/time.ts";
import { controlSocketPath } from "./control_socket.ts";
import { checkDht } from "./dht_options.ts";
import { systemClock } from "./clock.ts";
import { withUserErrors } from "./failures.ts";
import { keepHistory } from "./history.ts";
import { ensureKeys, unlockBundle } from "./identity.ts";
import { needNetwork } from "./network_name.ts";
import type { NodeHooks, NodeOptions } from "./node_options.ts";
import type { OwnerService } from "./owner.ts";
import { PassphraseUnlock } from "./passphrase_unlock.ts";
import { checkPlatform } from "./platform.ts";
import { shedPrivileges } from "./privileges.ts";
import { UserError } from "./user_error.ts";
import { type Started, startNode } from "./start_node.ts";
import { WebPage } from "./web_page.ts";

/**
 * Runs a node until the signal aborts. Throws a `UserError` when it can't start: another process
 * has the folder, a port is taken, the disk can't be used. Whatever was opened is closed again.
 */
export function runNode(options: NodeOptions, hooks: NodeHooks): Promise<void> {
  return withUserErrors(async () => {
    checkDht(options);
    await checkPlatform();
    const { dataDir } = options;
    const labels = labelsOf(needNetwork(options.network));
    // Checked before anything is made.
    controlSocketPath(dataDir);
    const stores = await open(dataDir, labels);
    await using cleanup = new AsyncDisposableStack();
    cleanup.defer(() => stores.close());
    const file = await ensureKeys(options);
    // What a removal that was cut off left behind.
    await destroyRemains(dataDir);
    const stopping = new AbortController();
    const stop = (): void => stopping.abort();
    const keys = new PassphraseUnlock({ file, labels, steady: () => performance.now() });
    const web = new WebPage(options.web, keys);
    const node = await startNode({ options, hooks, labels, stores, web, cleanup, stop });
    cleanup.defer(async () => void await web.close());
    const history = keepHistory(web.history, {
      status: () => node.owner.call("status", {}),
      now: () => toSeconds(systemClock.now()),
    });
    cleanup.defer(() => history.stop());
    for (const locator of options.join) await joinAtStart(locator, node);
    await openKeysAtStart(options, node.owner);
    await web.start({ owner: node.owner, log: node.log.of("web") });
    // Everything is open that will ever be: from here on only the network is left.
    shedPrivileges();
    hooks.emit({ event: "ready", port: node.port, addresses: node.addresses() });
    await aborted(AbortSignal.any([hooks.signal, stopping.signal]));
    // Closes in the reverse order of opening, the stores last.
    await cleanup.disposeAsync();
    hooks.emit({ event: "stopped" });
  });
}

async function open(dir: string, labels: Labels): Promise<Stores> {
  try {
    return await openStores({ dir, network: labels.network });
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== "taken") throw error;
    throw new UserError(
      "failed",
      `A node is already running on ${dir}, or another command is at work on it. Nothing was ` +
        "changed. Talk to the running node with the other commands, or choose another --data-dir.",
    );
  }
}

/** A name server or a disk that fails at the moment is no reason not to run; a wrong locator is. */
async function joinAtStart(locator: string, { owner, log }: Started): Promise<void> {
  try {
    await owner.call("join", { locator, follow: false });
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== "failed") throw error;
    log.failed("warn", { what: "A locator of --join could not be used now", error });
  }
}

async function openKeysAtStart(options: NodeOptions, owner: OwnerService): Promise<void> {
  if (options.unlock === undefined) return;
  const passphrase = await options.unlock();
  try {
    const bundle = await unlockBundle({ ...options, passphrase });
    await owner.unlock(bundle).finally(() => bundle.fill(0));
  } finally {
    passphrase.fill(0);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
