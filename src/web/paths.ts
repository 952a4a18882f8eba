/**
 * Addresses of what is about one person or one message, as links and redirects have them: what names it
 * is veiled. Only while a request is answered, which knows the veil.
 */
import { getContext } from "hono/context-storage";
import type { WebEnv } from "./site.ts";

/** Hex digits of a message in links: nobody can make another one that begins alike. */
const LINK_DIGITS = 24;

/** What stands in an address, so that it tells nothing to who reads it later. */
export function veiled(text: string): string {
  return getContext<WebEnv>().get("veil").hide(text);
}

/** Somebody's page. */
export function personPath(id: string): string {
  return `/person/${veiled(id)}`;
}

/** Why somebody counts as verified, or doesn't. */
export function trustPath(id: string): string {
  return `/trust/${veiled(id)}`;
}

/** The private conversation with somebody. */
export function conversationPath(id: string): string {
  return `/messages/${veiled(id)}`;
}

/** A message's id as far as pages need it. */
export function shortId(id: string): string {
  return id.slice(0, LINK_DIGITS);
}

/** The conversation around a status; `hidden` shows what blocks hide. */
export function threadPath(id: string, { hidden = false } = {}): string {
  return `/thread/${veiled(shortId(id))}${hidden ? "?hidden=1" : ""}`;
}

/** What a locator would do. */
export function joinPath(locator: string): string {
  return `/join?locator=${veiled(locator)}`;
}

/** Asks for what is older than this message. */
export function olderThan(id: string): string {
  return `before=${veiled(id)}`;
}
