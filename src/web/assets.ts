/** Style sheet and script of the page, in memory; their names hold their hash, so that they can be kept. */
import { sha256 } from "@noble/hashes/sha2.js";
import icon from "./assets/icon.svg" with { type: "text" };
import client from "./assets/client.js" with { type: "text" };
import style from "./assets/style.css" with { type: "text" };

/** A file of the page's own. */
export interface Asset {
  /** Where it is. */
  readonly path: string;
  /** Its media type. */
  readonly type: string;
  /** What it says. */
  readonly text: string;
}

/** Hex digits of a hash in a name. */
const DIGITS = 12;

/** All of them. */
export const ASSETS = {
  style: asset("style.css", "text/css; charset=utf-8", squeezed(style)),
  icon: asset("icon.svg", "image/svg+xml", icon),
  client: asset("client.js", "text/javascript; charset=utf-8", client),
} as const;

/** Without comments and the white space around line ends, where no string of it can be. */
function squeezed(css: string): string {
  return css.replace(/\/\*[^]*?\*\//g, "").replace(/\s*\n\s*/g, " ").trim();
}

function asset(name: string, type: string, text: string): Asset {
  const hash = sha256(new TextEncoder().encode(text)).toHex().slice(0, DIGITS);
  return { path: `/assets/${hash}-${name}`, type, text };
}
