/** The API on the store itself, for commands while no node runs. */
import { createParallelVerifier } from "../keystore/mod.ts";
import { openStores, StoreError, type Stores } from "../store/mod.ts";
import { labelsOf } from "../wire/labels.ts";
import type { Api, Backend, MessageView, Method } from "./api.ts";
import { BelievedClock } from "./believed_clock.ts";
import { systemClock } from "./clock.ts";
import { controlSocketPath, removeDeadSocket } from "./control_socket.ts";
import { toUserError, withUserErrors } from "./failures.ts";
import { Hub } from "./hub.ts";
import { Injector } from "./inject.ts";
import { Keys } from "./keys.ts";
import { makeMail } from "./mail.ts";
import { SILENT } from "./log.ts";
import { lookUp } from "./look_up.ts";
import { needNetwork } from "./network_name.ts";
import { OwnMessages } from "./own_messages.ts";
import { OwnerService } from "./owner.ts";
import { pause } from "./pause.ts";
import { checkPlatform } from "./platform.ts";
import { Social } from "./social.ts";
import { UserError } from "./user_error.ts";

/**
 * Opens a data folder for this process alone, or answers `undefined` while another process has it.
 * Throws a `UserError` for a folder that can't be used.
 */
export async function openOffline(
  { dataDir, network }: { readonly dataDir: string; readonly network: string },
): Promise<Backend | undefined> {
  const labels = labelsOf(needNetwork(network));
  await checkPlatform();
  let stores: Stores;
  try {
    stores = await openStores({ dir: dataDir, network: labels.network });
  } catch (error) {
    if (error instanceof StoreError && error.code === "taken") return undefined;
    throw toUserError(error);
  }
  try {
    // The lock is held, so no node runs: what a stopped one left behind goes.
    removeDeadSocket(controlSocketPath(dataDir));
  } catch (error) {
    await stores.close();
    throw toUserError(error);
  }
  const hub = new Hub();
  const store = stores.public;
  const clock = new BelievedClock(systemClock, store.clockFloor.value);
  const injector = new Injector({
    labels,
    store,
    verify: createParallelVerifier(),
    clock,
    hub,
    log: SILENT,
  });
  const keys = new Keys(stores.private);
  const own = new OwnMessages({ keys, store, injector, clock, road: undefined });
  const social = new Social({ labels, store, keys, pause });
  const mail = makeMail({ labels, clock, store, keys, own, social, pause });
  hub.add((message) => mail.mail.arrived(message));
  const parts = {
    labels,
    clock,
    store,
    keys,
    injector,
    own,
    social,
    live: undefined,
    pause,
    lookUp,
  };
  const context = { ...parts, ...mail };
  return new OfflineBackend(new OwnerService(context, hub), async () => {
    keys.lock();
    await injector.flush();
    await stores.close();
  });
}

class OfflineBackend implements Backend {
  readonly running = false;
  readonly #service: OwnerService;
  readonly #close: () => Promise<void>;

  constructor(service: OwnerService, close: () => Promise<void>) {
    this.#service = service;
    this.#close = close;
  }

  call<M extends Method>(method: M, params: Api[M]["params"]): Promise<Api[M]["result"]> {
    return withUserErrors(() => this.#service.call(method, params));
  }

  watch(): AsyncIterable<MessageView> {
    throw new UserError("noNode", "Nothing new comes in while no node runs: gossamer node");
  }

  unlock(bundle: Uint8Array): Promise<readonly string[]> {
    return withUserErrors(() => this.#service.unlock(bundle));
  }

  close(): Promise<void> {
    return this.#close();
  }
}
