/**
 * Who is let in: requests to this host by its own name (else another site could rebind its name to it),
 * of a browser that is signed in, and what changes something only from the page's own forms.
 */
import { getCookie } from "hono/cookie";
import type { MiddlewareHandler } from "hono";
import { render, SignedOutPage } from "./layout.tsx";
import { readForm } from "./form.tsx";
import { SecretForm } from "./secret_form.ts";
import type { Site, WebContext, WebEnv } from "./site.ts";

/** Paths that everybody on this machine may look at, not send to: nothing on them is the owner's. */
const OPEN = /^\/(?:sign-in|assets\/[\w.-]+)$/;

/** Paths that a page asks for by itself: they don't keep a session from ending. */
const UNATTENDED = /^\/(?:session|events|messages\/[^/]+\/events|picture\/.*)$/;

/** Paths of forms with a passphrase in them, which are read as bytes. */
const SECRET = /^\/keys\/(?:unlock|revoke)$/;

/** Name of the cookie; browsers don't keep those of different ports apart. */
export function cookieName(c: WebContext): string {
  return `gossamer-${new URL(c.req.url).port || "80"}`;
}

/** Refuses other names for this host: DNS rebinding. `port` is the one listened on. */
export function ownHost(port: () => number): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    const host = c.req.header("host") ?? "";
    const own = ["127.0.0.1", "localhost"].map((name) => `${name}:${port()}`);
    if (!own.includes(host)) return c.text("No such host here\n", 421);
    return await next();
  };
}

/**
 * Refuses what pages of other sites load from here: pictures, scripts, frames. They couldn't read it, but
 * those on other ports of this machine come with the cookie, and would make work and measure its time. A
 * link that leads here is let through. So is no `HEAD`: it would do all that `GET` does, links included.
 */
export function noForeignLoads(): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    if (c.req.method === "HEAD") return c.body(null, 405);
    const site = c.req.header("sec-fetch-site") ?? "none";
    const own = site === "same-origin" || site === "none";
    if (!own && !isNavigation(c)) return foreign(c);
    return await next();
  };
}

/** Whether this is a page of its own, not something that a page asks for; so it is where nobody says. */
function isNavigation(c: WebContext): boolean {
  return (c.req.header("sec-fetch-dest") ?? "document") === "document";
}

/** Lets browsers in that are signed in. */
export function signedIn({ sessions }: Site): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    // The path that the routes go by: another reading of it would open one door by another's name.
    const { path } = c.req;
    const person = isNavigation(c) && !UNATTENDED.test(path);
    const session = sessions.find(getCookie(c, cookieName(c)) ?? "", { person });
    if (session !== undefined) c.set("session", session);
    else if (c.req.method !== "GET" || !OPEN.test(path)) return render(c, <SignedOutPage />, 401);
    return await next();
  };
}

/** Lets changes through only from forms of the browser's own. It comes after what bounds a request. */
export function ownForms(): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    if (c.req.method === "GET") return await next();
    if (!sameOrigin(c)) return foreign(c);
    const secret = SECRET.test(c.req.path) ? await SecretForm.read(c) : undefined;
    try {
      const { csrf } = c.get("session");
      if ((secret ?? await readForm(c)).text("csrf") !== csrf) return foreign(c);
      if (secret !== undefined) c.set("secret", secret);
      return await next();
    } finally {
      secret?.wipe();
    }
  };
}

function foreign(c: WebContext): Response {
  return c.text("That came from another page, or from an old one\n", 403);
}

/** Browsers say where a form was; those that don't are no browsers, and the token decides. */
function sameOrigin(c: WebContext): boolean {
  const origin = c.req.header("origin");
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined && site !== "same-origin") return false;
  return origin === undefined || origin === new URL(c.req.url).origin;
}
