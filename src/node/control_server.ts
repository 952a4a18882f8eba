/**
 * The running node's control socket: HTTP over a Unix socket that only its owner can open (0600 in
 * a 0700 folder). `POST /v1/METHOD` takes and gives JSON, `POST /v1/unlock` takes a key bundle sealed
 * to a key that `POST /v1/unlock-key` gave, `GET /v1/watch` streams messages, `GET /metrics` is for
 * Prometheus. It never gives a secret back.
 */
import type { Api, MessageView, Method } from "./api.ts";
import { BundleOffers } from "./bundle_envelope.ts";
import { API_PREFIX, JSON_LINES, removeDeadSocket } from "./control_socket.ts";
import type { Log } from "./log.ts";
import { metricsOf } from "./metrics.ts";
import { OpenAnswers } from "./open_answers.ts";
import { checkParams, isMethod } from "./params.ts";
import { PROMETHEUS_TYPE, prometheusText } from "./prometheus.ts";
import { UserError } from "./user_error.ts";

/** Most bytes in a request: a post's attachments in base64, and room. */
const MAX_REQUEST_BYTES = 262_144;
/** Milliseconds for requests under way when the node stops; whoever reads or writes no further is cut off. */
const CLOSE_MS = 1_000;

/** What the server hands requests to. */
export interface Owner {
  /** Calls a method. Rejects with a `UserError`. */
  call<M extends Method>(method: M, params: Api[M]["params"]): Promise<Api[M]["result"]>;
  /** New statuses from this call on, until the signal aborts. */
  watch(options: { all: boolean; signal: AbortSignal }): AsyncIterable<MessageView>;
  /** Takes keys; the caller wipes the bundle. Answers the identities. */
  unlock(bundle: Uint8Array): Promise<readonly string[]>;
}

/** An open control socket. */
export interface ControlServer {
  /**
   * Stops listening and ends open streams. The runtime removes the socket's file as it closes it; one
   * that a killed node left is removed by the next start or command that has the folder.
   */
  close(): Promise<void>;
}

/**
 * Opens the socket. The caller holds the data folder's lock, so a socket file that is there belongs
 * to a node that died and is removed.
 */
export function serveControl(path: string, owner: Owner, log: Log): ControlServer {
  removeDeadSocket(path);
  const stopping = new AbortController();
  const cutOff = new AbortController();
  const open = new OpenAnswers();
  const offers = new BundleOffers();
  const server = Deno.serve(
    {
      path,
      signal: cutOff.signal,
      onListen: () => Deno.chmodSync(path, 0o600),
      onError: (error) => {
        log.failed("error", { what: "Answering a request on the control socket failed", error });
        return failure(new UserError("failed", "The node met an unexpected error; see its log."));
      },
    },
    (request, { completed }) => {
      open.add(completed);
      return answer(request, { owner, log, offers, stopping: stopping.signal });
    },
  );
  return {
    close: async () => {
      stopping.abort();
      // Not `server.shutdown`: it waits for ever for a client that stands still.
      await open.settled(CLOSE_MS);
      cutOff.abort();
      await server.finished;
      offers.wipe();
    },
  };
}

interface Context {
  readonly owner: Owner;
  readonly log: Log;
  readonly offers: BundleOffers;
  readonly stopping: AbortSignal;
}

async function answer(
  request: Request,
  { owner, log, offers, stopping }: Context,
): Promise<Response> {
  const url = new URL(request.url);
  const name = url.pathname.startsWith(API_PREFIX) ? url.pathname.slice(API_PREFIX.length) : "";
  try {
    if (request.method === "GET" && name === "watch") {
      return stream(owner, { all: url.searchParams.get("all") === "true", stopping });
    }
    if (request.method === "GET" && url.pathname === "/metrics") {
      const text = prometheusText(metricsOf(await owner.call("status", {})));
      return new Response(text, { headers: { "content-type": PROMETHEUS_TYPE } });
    }
    if (request.method !== "POST") throw new UserError("usage", "No such request");
    const body = await readBody(request);
    if (name === "unlock-key") {
      return Response.json({ result: { key: offers.offer().toHex() } });
    }
    if (name === "unlock") {
      using bundle = offers.open(body);
      if (bundle === undefined) throw new UserError("usage", "That is not a key bundle.");
      const unlocked = await bundle.use((bytes) => owner.unlock(bytes));
      return Response.json({ result: { unlocked } });
    }
    if (!isMethod(name)) {
      throw new UserError("usage", "The running node does not know this method: is it older?");
    }
    return Response.json({ result: await owner.call(name, checkParams(name, parse(body))) });
  } catch (error) {
    if (error instanceof UserError) return failure(error);
    log.failed("error", { what: "A method of the control socket failed", error });
    log.debug("It was this one", { name });
    return failure(new UserError("failed", "The node met an unexpected error; see its log."));
  }
}

function stream(owner: Owner, options: { all: boolean; stopping: AbortSignal }): Response {
  const gone = new AbortController();
  const signal = AbortSignal.any([gone.signal, options.stopping]);
  const messages = owner.watch({ all: options.all, signal })[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    // An empty line at once, so that the other end knows that it misses nothing from here on.
    start: (controller) => controller.enqueue(encoder.encode("\n")),
    pull: async (controller) => {
      const next = await messages.next().catch(lastLine);
      if (next.value !== undefined) {
        controller.enqueue(encoder.encode(JSON.stringify(next.value) + "\n"));
      }
      if (next.done) controller.close();
    },
    cancel: () => gone.abort(),
  });
  return new Response(body, { headers: { "content-type": JSON_LINES } });
}

/** What ended a stream, if it is something to be said. */
function lastLine(error: unknown): IteratorReturnResult<unknown> {
  if (!(error instanceof UserError)) throw error;
  return { done: true, value: errorView(error) };
}

async function readBody(request: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.length;
      chunks.push(chunk);
      if (size > MAX_REQUEST_BYTES) break;
    }
  } catch {
    throw new UserError("usage", "The request was not received whole");
  }
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  if (size > MAX_REQUEST_BYTES) throw new UserError("refused", "The request is too large");
  return whole;
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw new UserError("usage", "The request is not JSON");
  }
}

function failure(error: UserError): Response {
  return Response.json(errorView(error), { status: 400 });
}

function errorView({ code, message }: UserError): unknown {
  return { error: { code, message } };
}
