/** The page's HTTP server: on 127.0.0.1 alone, and ended without waiting for whoever stands still. */
import { OpenAnswers } from "../node/open_answers.ts";
import { UserError } from "../node/user_error.ts";

/** The one address that is listened on. */
export const HOST = "127.0.0.1";
/** Milliseconds for answers under way when the page closes; who reads no further is cut off. */
const CLOSE_MS = 1_000;

/** A server that listens. */
export interface Listening {
  /** Its TCP port. */
  readonly port: number;
  /** Resolves with the reason when it can't accept any more, as when others took all file descriptors. */
  readonly failed: Promise<unknown>;
  /** Gives answers under way a moment, then ends all. */
  close(): Promise<void>;
}

/** Begins to listen. Throws a `UserError` when the port is taken. */
export function listen(
  port: number,
  answer: (request: Request) => Response | Promise<Response>,
): Listening {
  const cutOff = new AbortController();
  const open = new OpenAnswers();
  const server = serve({ port, signal: cutOff.signal }, (request, { completed }) => {
    open.add(completed);
    return answer(request);
  });
  const failed = Promise.withResolvers<unknown>();
  // Its rejection, unheard, would end the node.
  const finished = server.finished.catch(failed.resolve);
  return {
    port: server.addr.port,
    failed: failed.promise,
    close: async () => {
      // Not `server.shutdown`: it waits for ever for a client that stands still, and can't be cut off.
      await open.settled(CLOSE_MS);
      cutOff.abort();
      await finished;
    },
  };
}

function serve(
  { port, signal }: { readonly port: number; readonly signal: AbortSignal },
  answer: Deno.ServeHandler<Deno.NetAddr>,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({ hostname: HOST, port, signal, onListen: () => {} }, answer);
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new UserError(
      "failed",
      `Something else listens on port ${port} of ${HOST}. The web page is not open; choose another port.`,
    );
  }
}
