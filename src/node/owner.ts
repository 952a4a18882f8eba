/**
 * The API's methods over one context: behind the control socket of a running node, and in the
 * command line's own process when none runs.
 */
import { formatIdentity } from "../wire/ids.ts";
import type { AdmittedMessage } from "../wire/message.ts";
import type { Api, MessageView, Method } from "./api.ts";
import type { Owner } from "./control_server.ts";
import { UserError } from "./user_error.ts";
import { withUserErrors } from "./failures.ts";
import type { Hub } from "./hub.ts";
import type { OwnerContext } from "./methods/context.ts";
import { block, blocked, blockedHidden, unblock } from "./methods/blocking.ts";
import { capsulePage, capsuleTake } from "./methods/capsule.ts";
import { isLate } from "./methods/late.ts";
import { mentions } from "./methods/mentions.ts";
import { keysFile } from "./methods/keys_file.ts";
import { diagnosis } from "./methods/diagnosis.ts";
import { join, locator, peers, status, stop } from "./methods/network.ts";
import { follow, following, identities, lock, profileShow, unfollow } from "./methods/people.ts";
import { post, profileSet } from "./methods/posting.ts";
import { privacy } from "./methods/privacy.ts";
import { retract } from "./methods/retracting.ts";
import { pendingStatements } from "./methods/revoked.ts";
import { revoke } from "./methods/revoking.ts";
import { unverify, verify } from "./methods/stating.ts";
import { conversations } from "./methods/conversations.ts";
import { inbox } from "./methods/inbox.ts";
import { attachment, show, shown, timeline } from "./methods/reading.ts";
import { recipient, send } from "./methods/sending.ts";
import { searchPage } from "./methods/searching.ts";
import { thread } from "./methods/thread.ts";
import { Names } from "./methods/names.ts";
import { trust, trustLimit } from "./methods/trust.ts";
import { viewStatus } from "./methods/views.ts";
import { history, web, webClose } from "./methods/web.ts";

type Methods = {
  readonly [M in Method]: (
    context: OwnerContext,
    params: Api[M]["params"],
  ) => Api[M]["result"] | Promise<Api[M]["result"]>;
};

const METHODS: Methods = {
  status,
  diagnosis,
  privacy,
  history,
  peers,
  locator,
  join,
  identities,
  lock,
  web,
  "web-close": webClose,
  "keys-file": keysFile,
  stop,
  "profile-set": profileSet,
  "profile-show": profileShow,
  post,
  retract,
  recipient,
  send,
  inbox,
  conversations,
  timeline,
  mentions,
  show,
  "search-page": searchPage,
  thread,
  attachment,
  "capsule-page": capsulePage,
  "capsule-take": capsuleTake,
  follow,
  unfollow,
  verify,
  unverify,
  revoke,
  following,
  block,
  unblock,
  blocked,
  "blocked-hidden": blockedHidden,
  trust,
  "trust-limit": trustLimit,
};

/** Methods that change something: one at a time, since each reads what the one before it wrote. */
const WRITING: ReadonlySet<Method> = new Set([
  "join",
  "lock",
  "profile-set",
  "post",
  "retract",
  "send",
  "follow",
  "unfollow",
  "verify",
  "unverify",
  "revoke",
  "block",
  "unblock",
  "trust-limit",
]);

/** Methods that show nobody: they don't wait until all statements were read. */
const UNSOCIAL: ReadonlySet<Method> = new Set([
  "status",
  "diagnosis",
  "privacy",
  "history",
  "peers",
  "locator",
  "identities",
  "lock",
  "web",
  "web-close",
  "keys-file",
  "stop",
  "capsule-page",
  "capsule-take",
]);

/** Most messages that a slow reader of `watch` may lag behind; then it misses the oldest. */
const MAX_LAG = 1_000;

/** Serves the API over one context. */
export class OwnerService implements Owner {
  readonly #context: OwnerContext;
  readonly #hub: Hub;
  #last: Promise<unknown> = Promise.resolve();
  #unlocks = 0;

  /** Makes the service. */
  constructor(context: OwnerContext, hub: Hub) {
    this.#context = context;
    this.#hub = hub;
  }

  /** Calls a method. Throws a `UserError` where the method does, and for what disk and keys say. */
  call<M extends Method>(method: M, params: Api[M]["params"]): Promise<Api[M]["result"]> {
    const run = (): Promise<Api[M]["result"]> =>
      this.#using(() =>
        withUserErrors(async () => {
          if (!UNSOCIAL.has(method)) await this.#context.social.ready();
          return await METHODS[method](this.#context, params);
        })
      );
    return WRITING.has(method) ? this.#inTurn(run) : run();
  }

  /** How often it took keys. */
  get unlocks(): number {
    return this.#unlocks;
  }

  /** Takes the keys; answers the identities that they open. */
  unlock(bundle: Uint8Array): Promise<readonly string[]> {
    return this.#inTurn(async () => {
      const { keys: all, own, mail, takeBacks, social } = this.#context;
      const keys = await withUserErrors(async () => {
        const keys = await all.unlock(bundle);
        await own.load();
        social.feed(pendingStatements(this.#context));
        await mail.load();
        await takeBacks.send();
        return keys;
      });
      this.#unlocks++;
      this.#context.keysUsed?.();
      this.#context.live?.unlocked();
      return keys.map(formatIdentity);
    });
  }

  /** Looks through the owner's messages on their way; nothing while locked. Rejects when the disk fails. */
  tidy(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#context.takeBacks.send();
      await this.#context.own.tidy();
    });
  }

  /** Statuses as they are stored, from this call on. Without `all` it fails as soon as the keys are locked. */
  watch(
    { all, signal }: { all: boolean; signal: AbortSignal },
  ): AsyncIterable<MessageView> {
    if (!all) this.#context.keys.need();
    const waiting: AdmittedMessage[] = [];
    let wake: (() => void) | undefined;
    const removeFromHub = this.#hub.add((message) => {
      waiting.push(message);
      if (waiting.length > MAX_LAG) waiting.shift();
      wake?.();
    });
    let lost = false;
    const ignoreLocks = this.#context.keys.whenLocked(() => {
      lost = !all;
      wake?.();
    });
    const remove = (): void => {
      removeFromHub();
      ignoreLocks();
    };
    signal.addEventListener("abort", () => {
      remove();
      wake?.();
    }, { once: true });
    const next = async (): Promise<AdmittedMessage | undefined> => {
      while (waiting.length === 0 && !signal.aborted && !lost) {
        await new Promise<void>((resolve) => wake = resolve);
      }
      // At once, not when the next message comes: somebody may be looking at what was shown.
      if (lost) throw new UserError("locked", "The keys were locked, so nothing more is shown.");
      return signal.aborted ? undefined : waiting.shift();
    };
    return this.#views({ next, all, remove });
  }

  async *#views({ next, all, remove }: {
    readonly next: () => Promise<AdmittedMessage | undefined>;
    readonly all: boolean;
    readonly remove: () => void;
  }): AsyncIterable<MessageView> {
    const context = this.#context;
    try {
      for (let message = await next(); message !== undefined; message = await next()) {
        if (context.own.retracts(message.id, message.key)) continue;
        if (context.social.isBlocked(message.key) || isLate(context, message.id)) continue;
        if (!all && !(await shown(context)).has(message.key)) continue;
        await context.social.ready();
        const view = await viewStatus(message, { context, names: await Names.of(context) });
        if (view !== undefined) yield view;
      }
    } finally {
      // Also when the keys were taken away in the middle: nobody would empty what waits.
      remove();
    }
  }

  /** Tells of a call that used the keys. A `watch` that goes on is no such call. */
  async #using<T>(run: () => Promise<T>): Promise<T> {
    const { keys, keysUsed } = this.#context;
    const before = keys.uses;
    try {
      return await run();
    } finally {
      if (keys.uses !== before) keysUsed?.();
    }
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(run);
    this.#last = turn.catch(() => {});
    return turn;
  }
}
