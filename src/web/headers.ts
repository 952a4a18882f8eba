/**
 * What every answer says about itself: nothing of it may be run, framed, cached on a disk or fetched
 * for another site, and it asks nobody but its own origin for anything.
 */
import type { MiddlewareHandler } from "hono";

/** Content Security Policy of pages: no inline script or style, nothing from elsewhere. */
const PAGE_CSP: string = [
  "default-src 'none'",
  ...["script-src", "style-src", "img-src", "connect-src", "form-action"].map((one) =>
    `${one} 'self'`
  ),
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join("; ");

const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": PAGE_CSP,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  // Nothing to other sites. With "no-referrer" browsers would also call the origin of our own forms "null".
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
  // Whatever is on the page must not be found in the browser's cache.
  "cache-control": "no-store",
};

/** Adds them to each answer that doesn't say otherwise itself. */
export const withHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(HEADERS)) {
    if (!c.res.headers.has(name)) c.res.headers.set(name, value);
  }
};
