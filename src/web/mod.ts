/**
 * The web page on one's own machine (docs/WEB.md): it listens on 127.0.0.1 alone, and only its owner can
 * make the link that lets a browser in.
 */
import type { StartWeb, WebRequest, WebServer } from "../node/web_port.ts";
import { UserError } from "../node/user_error.ts";
import { VERSION } from "../node/version.ts";
import { makeApp } from "./app.tsx";
import { furthestOf } from "./idle_clock.ts";
import { HOST, listen } from "./listen.ts";
import { LINK_LIFE_S, Sessions } from "./sessions.ts";
import { Veil } from "./veil.ts";
import { WEB_VERSION } from "./version.ts";

/** How often it is looked who was away too long, in milliseconds. */
const LOOK_MS = 5_000;

/** Begins to listen. Throws a `UserError` when the port is taken, or the program on the disk is another. */
export const startWeb: StartWeb = (
  { port, owner, unlock, openSheet, log }: WebRequest,
): Promise<WebServer> => {
  if (WEB_VERSION !== VERSION) {
    throw new UserError(
      "failed",
      `The program was replaced by version ${WEB_VERSION} while version ${VERSION} runs: restart the node.`,
    );
  }
  const closing = new AbortController();
  const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
  const sessions = new Sessions({
    now: furthestOf([() => performance.now() / 1_000, () => Date.now() / 1_000]),
    random,
  });
  const veil = new Veil(random);
  const now = (): number => Math.floor(Date.now() / 1_000);
  const app = makeApp({ owner, unlock, openSheet, sessions, veil, now, closing: closing.signal }, {
    port: () => server.port,
    failed: (error) => log.failed("error", { what: "The web page failed", error }),
  });
  const server = listen(port, (request) => app.fetch(request));
  const at = server.port;
  const looking = setInterval(() => sessions.expire(), LOOK_MS);
  const ended = Promise.withResolvers<void>();
  const close = async (): Promise<void> => {
    clearInterval(looking);
    sessions.endAll();
    closing.abort();
    await sessions.settled();
    await server.close();
    ended.resolve();
  };
  void server.failed.then((error) => {
    log.failed("warn", { what: "The web page had to close; gossamer open opens it again", error });
    return close();
  });
  return Promise.resolve(
    {
      port: at,
      link: () => ({
        link: `http://${HOST}:${at}/sign-in?key=${sessions.offer()}`,
        expires: now() + LINK_LIFE_S,
      }),
      browsers: () => sessions.size,
      ended: ended.promise,
      close,
    } satisfies WebServer,
  );
};
