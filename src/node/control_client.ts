/** The command line's end of the control socket. */
import type { Api, Backend, MessageView, Method } from "./api.ts";
import { API_PREFIX } from "./control_socket.ts";
import { EXIT, type FailureCode, UserError } from "./user_error.ts";

/** Seconds to wait for a node that took a connection to answer at all. */
const PROBE_MS = 5_000;

/**
 * Connects to the node behind a control socket, or answers `undefined` when none listens there (no
 * file, or one that a killed node left behind).
 */
export async function connectControl(path: string): Promise<Backend | undefined> {
  try {
    Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const client = Deno.createHttpClient({ proxy: { transport: "unix", path } });
  const remote = new RemoteBackend(client);
  try {
    await remote.probe();
    return remote;
  } catch (error) {
    client.close();
    if (error instanceof UserError) throw error;
    return undefined;
  }
}

class RemoteBackend implements Backend {
  readonly running = true;
  readonly #client: Deno.HttpClient;

  constructor(client: Deno.HttpClient) {
    this.#client = client;
  }

  /** Throws unless somebody listens; an answer of any kind will do. */
  async probe(): Promise<void> {
    const response = await fetch(url("probe"), {
      client: this.#client,
      signal: AbortSignal.timeout(PROBE_MS),
    });
    await response.body?.cancel();
  }

  async call<M extends Method>(method: M, params: Api[M]["params"]): Promise<Api[M]["result"]> {
    return await this.#post(method, JSON.stringify(params)) as Api[M]["result"];
  }

  async unlock(bundle: Uint8Array): Promise<readonly string[]> {
    // Loaded only when needed: most commands are to start quickly.
    const { sealBundle } = await import("./bundle_envelope.ts");
    const { key } = await this.#post("unlock-key", "{}") as { key: string };
    const envelope = sealBundle(bundle, Uint8Array.fromHex(key));
    return (await this.#post("unlock", new Uint8Array(envelope)) as { unlocked: string[] })
      .unlocked;
  }

  async *watch(options: { all: boolean; signal: AbortSignal }): AsyncIterable<MessageView> {
    const response = await this.#fetch(`watch?all=${options.all}`, { signal: options.signal });
    if (!response.ok || response.body === null) throw await failureOf(response);
    const lines = response.body.pipeThrough(new TextDecoderStream());
    let rest = "";
    try {
      for await (const chunk of lines) {
        rest += chunk;
        for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
          const line = rest.slice(0, end);
          rest = rest.slice(end + 1);
          if (line !== "") yield messageOf(JSON.parse(line));
        }
      }
    } catch (error) {
      if (!options.signal.aborted) throw gone(error);
    }
  }

  close(): Promise<void> {
    this.#client.close();
    return Promise.resolve();
  }

  async #post(method: string, body: string | Uint8Array<ArrayBuffer>): Promise<unknown> {
    const response = await this.#fetch(method, { method: "POST", body });
    if (!response.ok) throw await failureOf(response);
    return (await response.json() as { result: unknown }).result;
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(url(path), { ...init, client: this.#client });
    } catch (error) {
      throw gone(error);
    }
  }
}

/** By address: for a name Deno asks the resolver first, though the request goes to a Unix socket. */
function url(path: string): string {
  return `http://127.0.0.1${API_PREFIX}${path}`;
}

function gone(cause: unknown): UserError {
  if (cause instanceof UserError) return cause;
  return new UserError("noNode", "The node went away before it answered. Is it still running?");
}

/** A stream's last line may say why it ends. */
function messageOf(line: MessageView | { readonly error: unknown }): MessageView {
  if ("error" in line) throw failureIn(line);
  return line;
}

async function failureOf(response: Response): Promise<UserError> {
  return failureIn(await response.json().catch(() => undefined));
}

function failureIn(body: unknown): UserError {
  if (typeof body === "object" && body !== null && "error" in body) {
    const { code, message } = body.error as { code?: unknown; message?: unknown };
    if (typeof code === "string" && Object.hasOwn(EXIT, code) && typeof message === "string") {
      return new UserError(code as FailureCode, message);
    }
  }
  return new UserError("failed", "The node gave an answer that this program does not understand.");
}
