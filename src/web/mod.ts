/**
 * The web page on one's own machine (docs/WEB.md): it listens on 127.0.0.1 alone, and only its owner can
 * make the link that lets a browser in.
 */
import type { StartWeb, WebRequest, WebServer } from "../node/web_port.ts";
import { UserError } from "../node/user_error.ts";
import { VERSION } from "../node/version.ts";
import { makeApp } from "./app.tsx";
import { furthestOf } from "./idle_clock.ts";
import { LINK_LIFE_S, Sessions } from "./sessions.ts";
import { WEB_VERSION } from "./version.ts";

const HOST = "127.0.0.1";
/** How often it is looked who was away too long, in milliseconds. */
const LOOK_MS = 5_000;
/** Milliseconds for answers under way when the page closes. */
const CLOSE_MS = 1_000;

/** Begins to listen. Throws a `UserError` when the port is taken, or the program on the disk is another. */
export const startWeb: StartWeb = (
  { port, owner, unlock, log }: WebRequest,
): Promise<WebServer> => {
  if (WEB_VERSION !== VERSION) {
    throw new UserError(
      "failed",
      `The program was replaced by version ${WEB_VERSION} while version ${VERSION} runs: restart the node.`,
    );
  }
  const closing = new AbortController();
  const sessions = new Sessions({
    now: furthestOf([() => performance.now() / 1_000, () => Date.now() / 1_000]),
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
  });
  const now = (): number => Math.floor(Date.now() / 1_000);
  const app = makeApp({ owner, unlock, sessions, now, closing: closing.signal }, {
    port: () => server.addr.port,
    failed: (error) => log.failed("error", { what: "The web page failed", error }),
  });
  const cutOff = new AbortController();
  const server = listen(port, cutOff.signal, (request) => app.fetch(request));
  const at = server.addr.port;
  const looking = setInterval(() => sessions.expire(), LOOK_MS);
  return Promise.resolve(
    {
      port: at,
      link: () => ({
        link: `http://${HOST}:${at}/sign-in?key=${sessions.offer()}`,
        expires: now() + LINK_LIFE_S,
      }),
      browsers: () => sessions.size,
      close: async () => {
        clearInterval(looking);
        sessions.endAll();
        closing.abort();
        // Not `server.shutdown`: it waits for ever for a client that stands still.
        const timer = setTimeout(() => cutOff.abort(), CLOSE_MS);
        await Promise.race([server.shutdown(), server.finished]);
        clearTimeout(timer);
        cutOff.abort();
      },
    } satisfies WebServer,
  );
};

function listen(
  port: number,
  signal: AbortSignal,
  answer: (request: Request) => Response | Promise<Response>,
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
