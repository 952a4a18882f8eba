/** What people read of private messages: an inbox, a conversation. Pure; safe as `render.ts` is. */
import { shortIdentity } from "../text/short_identity.ts";
import type { LetterView, MessageView } from "../node/api.ts";
import { renderMessage } from "./render.ts";
import { FACT_BAR, painter, type Style } from "./render_parts.ts";

/** Private messages one below the other, in the order given. */
export function renderLetters(letters: readonly LetterView[], style: Style): string {
  return letters.map((letter) => renderLetter(letter, style)).join("\n");
}

/** One private message: as a status, with whom it went to below its head. */
export function renderLetter(letter: LetterView, style: Style): string {
  const shown = renderMessage(asMessage(letter), style);
  const said = `private, to ${shortIdentity(letter.to)}${remark(letter)}`;
  const to = `${FACT_BAR}${painter(style).dim(said)}`;
  const endOfHead = shown.search(/\n[│├]/);
  return endOfHead < 0
    ? `${shown}\n${to}`
    : `${shown.slice(0, endOfHead)}\n${to}${shown.slice(endOfHead)}`;
}

function remark({ request }: LetterView): string {
  return request ? ", from a stranger" : "";
}

function asMessage(letter: LetterView): MessageView {
  const { request: _, sent: __, to: ___, from, ...shown } = letter;
  return {
    ...shown,
    author: from,
    quote: null,
    quoted: null,
    warning: null,
    language: null,
    mentions: [],
    tags: [],
    links: [],
  };
}
