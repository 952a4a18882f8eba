/**
 * Attachments: `/picture/ID/N` shows those that are a safe picture by their bytes, `/attachment/ID/N`
 * gives any of them as a file to be saved. Neither believes what the author says it is, and neither
 * answer may do anything in the page's name, whatever is in it.
 */
import type { Api } from "../../node/api.ts";
import { UserError } from "../../node/user_error.ts";
import { safePicture } from "../../picture/mod.ts";
import { safeFileName } from "../../text/file_names.ts";
import type { Site, View, WebContext } from "../site.ts";

/** An origin of its own, which may load nothing and run nothing. */
const SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'";

/** The routes of attachments. With `?hidden=1` also what blocked authors attached. */
export const attachments: View = (app, site) => {
  app.get("/picture/:id/:index", async (c) => {
    const { base64 } = await read(c, site);
    const picture = safePicture(Uint8Array.fromBase64(base64));
    if (picture === undefined) {
      return c.text("This can't be shown as a picture. It can be saved as a file.\n", 415);
    }
    return file(c, picture.bytes, {
      "content-type": picture.type,
      "content-disposition": "inline",
    });
  });
  app.get("/attachment/:id/:index", async (c) => {
    const { base64, name } = await read(c, site);
    return file(c, Uint8Array.fromBase64(base64), {
      "content-type": "application/octet-stream",
      "content-disposition": saveAs(safeFileName(name, `attachment-${index(c) + 1}`)),
    });
  });
};

async function read(c: WebContext, { owner, veil }: Site): Promise<Api["attachment"]["result"]> {
  const hidden = c.req.query("hidden") === "1";
  const id = veil.read(c.req.param("id") ?? "");
  return await owner.call("attachment", { id, index: index(c), ...(hidden ? { hidden } : {}) });
}

/** Which of them, from 0. Throws a `UserError` for no number. */
function index(c: WebContext): number {
  const text = c.req.param("index") ?? "";
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new UserError("usage", "There is no such attachment.");
}

function file(
  c: WebContext,
  bytes: Uint8Array,
  headers: { readonly "content-type": string; readonly "content-disposition": string },
): Response {
  return c.body(Uint8Array.from(bytes), 200, {
    ...headers,
    "content-security-policy": SANDBOX,
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
  });
}

/** The header that makes a file of it, with its name for browsers of any age (RFC 6266, RFC 8187). */
export function saveAs(name: string): string {
  const plain = name.replace(/[^\w.() -]/g, "_");
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
