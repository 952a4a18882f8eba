/**
 * One command's conversation with a node or the store. What needs a key and finds it locked is
 * tried once more after unlocking, if a passphrase is to be had; a running node that this unlocked
 * is locked again at the end.
 */
import type { Api, Backend, MessageView, Method } from "../node/api.ts";
import { UserError } from "../node/user_error.ts";
import type { Context } from "./context.ts";
import type { Interrupt } from "./deps.ts";
import { needIdentity, type PassphraseRequest, withPassphrase } from "./passphrase.ts";
import { withProgress } from "./progress.ts";

const UNLOCK: PassphraseRequest = { question: "Passphrase to unlock your keys: " };

/** Methods that make a message: its stamp takes work. */
const STAMPED: ReadonlySet<Method> = new Set([
  ...["post", "profile-set", "retract", "send", "verify", "unverify"] as const,
]);

/** Opens a session, lends it to `use` and closes it. */
export async function withSession<T>(
  context: Context,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const { dataDir, network } = context;
  const backend = await withProgress(
    context,
    "Opening the data folder",
    () => context.deps.openBackend({ dataDir, network }),
  );
  const session = new Session(context, backend);
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}

/** See {@linkcode withSession}. */
export class Session {
  /** The way to the node or the store. */
  readonly backend: Backend;
  readonly #context: Context;
  #lockAgain = false;
  #guard: Interrupt | undefined;

  /** Starts a session on an open backend. */
  constructor(context: Context, backend: Backend) {
    this.#context = context;
    this.backend = backend;
  }

  /** Calls a method, unlocking if it must and can. Throws a `UserError`. */
  async call<M extends Method>(method: M, params: Api[M]["params"]): Promise<Api[M]["result"]> {
    try {
      return await this.#call(method, params);
    } catch (error) {
      await this.#unlockAfter(error);
      return await this.#call(method, params);
    }
  }

  /** New statuses until the signal aborts, unlocking first if it must and can. */
  async *watch(options: { all: boolean; signal: AbortSignal }): AsyncIterable<MessageView> {
    let begun = false;
    try {
      for await (const message of this.backend.watch(options)) {
        begun = true;
        yield message;
      }
    } catch (error) {
      if (begun) throw error;
      await this.#unlockAfter(error);
      yield* this.backend.watch(options);
    }
  }

  /**
   * Opens the keys with a passphrase. Answers the identities, or `undefined` without a passphrase.
   * Throws a `UserError`, with nobody asked when there is no identity.
   */
  async unlock(request: PassphraseRequest = UNLOCK): Promise<readonly string[] | undefined> {
    await needIdentity(this.#context);
    const { deps, dataDir, network } = this.#context;
    return await withPassphrase(this.#context, request, async (passphrase) => {
      return await withProgress(this.#context, "Opening the keys", async () => {
        const bundle = await deps.unlockBundle({ dataDir, network, passphrase });
        try {
          return await this.backend.unlock(bundle);
        } finally {
          bundle.fill(0);
        }
      });
    });
  }

  /** The same for this command only: `close` locks a running node again. */
  async unlockForNow(request: PassphraseRequest = UNLOCK): Promise<boolean> {
    // From here on Ctrl-C must not leave a node unlocked that was locked before.
    this.#guard ??= this.#context.deps.interrupt();
    if (await this.unlock(request) === undefined) return false;
    this.#lockAgain = this.backend.running;
    return true;
  }

  /** As {@linkcode Session.unlockForNow}, for what does without keys: nobody is asked, and none may be there. */
  async unlockIfPossible(): Promise<boolean> {
    const { deps, dataDir, network } = this.#context;
    return await deps.anyIdentity({ dataDir, network }) && await this.unlockForNow({});
  }

  /** Whether a node holds the keys for this session only. */
  get locksAgain(): boolean {
    return this.#lockAgain;
  }

  /** Locks the node again if this session unlocked it, and lets go of it. */
  async close(): Promise<void> {
    try {
      if (this.#lockAgain) await this.#lock();
    } finally {
      this.#guard?.dispose();
      await this.backend.close();
    }
  }

  async #call<M extends Method>(method: M, params: Api[M]["params"]): Promise<Api[M]["result"]> {
    const waiting = this.backend.running ? "Waiting for the node" : "Reading what is stored";
    const what = STAMPED.has(method) ? "Working on the stamp" : waiting;
    return await withProgress(this.#context, what, () => this.backend.call(method, params));
  }

  async #lock(): Promise<void> {
    try {
      await this.backend.call("lock", { again: true });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const hint = "The node could not be locked again; run `gossamer lock`.";
      await this.#context.out.complain(`${error.message}\n${hint}`);
    }
  }

  /** Unlocks if that is what an error asks for; else, and without a passphrase, throws it on. */
  async #unlockAfter(error: unknown): Promise<void> {
    if (!(error instanceof UserError) || error.code !== "locked") throw error;
    if (!await this.unlockForNow()) throw error;
  }
}
