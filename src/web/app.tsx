/** All of the page as one function from requests to answers. */
import { Hono } from "hono";
import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { compress } from "hono/compress";
import { contextStorage } from "hono/context-storage";
import { UserError } from "../node/user_error.ts";
import { renderBytes } from "../text/byte_size.ts";
import { ASSETS } from "./assets.ts";
import { ErrorPage, LockedPage } from "./error_page.tsx";
import { noForeignLoads, ownForms, ownHost, signedIn } from "./guards.tsx";
import { withHeaders } from "./headers.ts";
import { render } from "./layout.tsx";
import { pageOwner } from "./page_owner.ts";
import { signIn } from "./sign_in.tsx";
import type { Site, WebApp, WebContext, WebEnv } from "./site.ts";
import { MAX_UPLOAD_BYTES } from "./uploads.ts";
import { VIEWS } from "./views/mod.ts";

/** Most bytes in a request without files: the longest message, and room. */
export const MAX_REQUEST_BYTES = 262_144;

/** Forms with files. */
const WITH_FILES = /^\/(?:compose|messages\/(?:g1|v-)[^/]+)$/;

/** What a page says that can't be shown. */
const LOCKED =
  "This page needs your keys, and they are locked. Who has no identity yet has no keys: at " +
  "a terminal, gossamer identity create makes one.";

/** What the page needs besides. */
export interface AppOptions {
  /** The port that is listened on. */
  readonly port: () => number;
  /** Told of what is a bug. */
  readonly failed: (error: unknown) => void;
}

/** Builds it. */
export function makeApp(behind: Site, { port, failed }: AppOptions): WebApp {
  const site = { ...behind, owner: pageOwner(behind.owner) };
  const app: WebApp = new Hono<WebEnv>();
  // Not streams, which would wait for more of it.
  app.use(compress({ contentTypeFilter: /^text\/(?:html|css|javascript)\b/ }));
  app.use(contextStorage(), (c, next) => {
    c.set("veil", site.veil);
    return next();
  });
  app.use(withHeaders, ownHost(port), noForeignLoads(), signedIn(site));
  const [small, large] = [MAX_REQUEST_BYTES, MAX_UPLOAD_BYTES].map(limit);
  app.use((c, next) => (WITH_FILES.test(c.req.path) ? large! : small!)(c, next));
  app.use(ownForms());
  for (const { path, type, text } of Object.values(ASSETS)) {
    app.get(path, (c) =>
      c.body(text, 200, {
        "content-type": type,
        "cache-control": "private, max-age=31536000, immutable",
      }));
  }
  for (const view of [signIn, ...VIEWS]) view(app, site);
  app.notFound((c) => problem(c, new UserError("refused", "There is no such page here.")));
  app.onError((error, c) => {
    if (error instanceof UserError) return problem(c, error);
    failed(error);
    return problem(c, new UserError("failed", "The node met an unexpected error; see its log."));
  });
  return app;
}

function limit(maxSize: number): MiddlewareHandler<WebEnv> {
  const words = `That is too much for one form: at most ${renderBytes(maxSize)} with all files.`;
  return bodyLimit({
    maxSize,
    onError: () => {
      throw new UserError("refused", words);
    },
  });
}

/** Says what went wrong, to a browser that isn't signed in without a word of the owner's. */
function problem(c: WebContext, error: UserError): Response | Promise<Response> {
  const session = c.get("session");
  if (session === undefined) return c.text(`${error.message}\n`, 400);
  const back = c.req.method === "GET" ? new URL(c.req.url) : undefined;
  if (error.code === "locked") {
    const from = back === undefined ? "/" : `${back.pathname}${back.search}`;
    // What the error says is said of something that was to be done.
    const message = back === undefined ? error.message : LOCKED;
    return render(c, <LockedPage session={session} back={from} message={message} />, 403);
  }
  return render(c, <ErrorPage session={session} message={error.message} />, 400);
}
