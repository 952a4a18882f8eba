/** `web`, `web-close`, `history`: the page on one's own machine, and what it draws. */
import { MAX_PORT } from "../../wire/address.ts";
import type { Api } from "../api.ts";
import { UserError } from "../user_error.ts";
import type { WebPage } from "../web_page.ts";
import type { OwnerContext } from "./context.ts";

/** A link into the page, which listens from now on. */
export async function web(
  context: OwnerContext,
  { port }: Api["web"]["params"],
): Promise<Api["web"]["result"]> {
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= MAX_PORT)) {
    throw new UserError("usage", `A port is a whole number from 0 to ${MAX_PORT}.`);
  }
  return await pageOf(context).open(port);
}

/** Ends the page. */
export async function webClose(context: OwnerContext): Promise<Api["web-close"]["result"]> {
  return { closed: await pageOf(context).close() };
}

/** How the node did in the last day. */
export function history({ live }: OwnerContext): Api["history"]["result"] {
  return live?.web.history.view() ?? [];
}

function pageOf({ live }: OwnerContext): WebPage {
  if (live !== undefined) return live.web;
  throw new UserError(
    "noNode",
    "The web page is served by the running node, and none runs on this data folder. Start one with: " +
      "gossamer node",
  );
}
