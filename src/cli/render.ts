/**
 * What people read of statuses: one, a timeline, a thread. Pure. Every string that comes from elsewhere
 * passes `safeText` or `safeLine` here, and stands where it can't be taken for something that the
 * program says: a message's head begins with a mark of ours, each line of its text with a bar, and what
 * the program says of it, or quotes, with another one.
 */
import type { GapView, MentionView, MessageView } from "../node/api.ts";
import {
  body,
  BORROWED,
  fact,
  FACT_BAR,
  flow,
  indent,
  type Painter,
  painter,
  type Piece,
  shortMessage,
  squeeze,
  type Style,
} from "./render_parts.ts";
import { renderBytes } from "../text/byte_size.ts";
import { isolate, safeLine, safeText } from "../text/safe_text.ts";
import { shortIdentity } from "../text/short_identity.ts";
import { truncate } from "../text/text_width.ts";

/** Deepest indentation of a thread. */
const MAX_DEPTH = 8;
/** Columns of indentation for each level of a thread. */
const MARGIN = "  ";
/** Columns of a name in a message's head. */
const NAME_COLUMNS = 40;
/** Stands before each line of a quoted text. */
const QUOTE_BAR = `${FACT_BAR}┊ `;

const GAPS: Readonly<Record<GapView["why"], string>> = {
  notHere: "a message that isn't here yet",
  retracted: "taken back by its author",
  more: "there is more: gossamer show MSG --thread",
  blocked: "hidden: its author is blocked",
};

/** Statuses one below the other, in the order given. */
export function renderTimeline(messages: readonly MessageView[], style: Style): string {
  return messages.map((message) => renderMessage(message, style)).join("\n");
}

/** Statuses of a thread, replies indented below what they answer. */
export function renderThread(messages: readonly (MessageView | GapView)[], style: Style): string {
  const depths = new Map<string, number>();
  // At most a quarter of the width is margin.
  const deepest = Math.min(MAX_DEPTH, Math.floor(style.width / 4 / MARGIN.length));
  return messages.map((message) => {
    const above = depths.get(message.replyTo ?? "");
    const depth = above === undefined ? depths.get(message.id) ?? 0 : Math.min(above + 1, deepest);
    depths.set(message.id, depth);
    const margin = MARGIN.repeat(depth);
    const inner = { ...style, width: style.width - margin.length };
    const text = "missing" in message ? renderGap(message, inner) : renderMessage(message, inner);
    return indent(text, margin);
  }).join("\n");
}

/** One status: a head, its text, what it refers to and what is attached. */
export function renderMessage(message: MessageView, style: Style): string {
  const paint = painter(style);
  const lines = flow(head(message, style), style);
  if (message.warning !== null) {
    lines.push(...fact(`[warning: ${safeLine(message.warning)}]`, style));
  }
  lines.push(...body(squeeze(safeText(message.text)), style));
  for (const { text, url, plain } of message.links) {
    if (!plain) lines.push(...fact(`→ "${safeLine(text)}" leads to ${safeLine(url)}`, style));
  }
  for (const mention of message.mentions.filter(saysOther)) {
    const { text, id, name, suspicious } = mention;
    const who = `${safeLine(name)} ${shortIdentity(id)}`.trim();
    const note = suspicious ? ` (${BORROWED})` : "";
    lines.push(...fact(`→ "${safeLine(text)}" is ${who}${note}`, style));
  }
  if (message.replyTo !== null) {
    lines.push(...dim(`reply to ${shortMessage(message.replyTo)}`, { paint, style }));
  }
  if (message.quote !== null) lines.push(...quoted(message, { paint, style }));
  for (const [i, file] of message.attachments.entries()) {
    const alt = file.alt === "" ? "" : `: ${safeLine(file.alt)}`;
    const kind = `${safeLine(file.mediaType)}, ${renderBytes(file.size)}`;
    lines.push(...fact(`[${i + 1}] ${safeLine(file.name)} (${kind})${alt}`, style));
  }
  return lines.join("\n");
}

/** A message that isn't shown, in the place where it would be. */
function renderGap({ id, why }: GapView, style: Style): string {
  const text = GAPS[why].replace("MSG", shortMessage(id));
  return flow(plain("·", shortMessage(id), `(${text})`), style).join("\n");
}

type Author =
  & Pick<MessageView, "author" | "name" | "suspicious" | "verified">
  & Partial<Pick<MessageView, "revoked">>;

function head(message: MessageView, style: Style): readonly Piece[] {
  const { dim } = painter(style);
  const small = [
    style.localTime(message.created),
    shortMessage(message.id),
    ...(message.pending ? ["(pending)"] : []),
    ...(message.blocked === null ? [] : ["(blocked)"]),
  ];
  return [
    ...authorPieces(message, style),
    ...small.map((text) => ({ text, painted: dim(text) })),
  ];
}

/** The mark stands before the name, where no name can reach: "✓" inside a name proves nothing. */
function authorPieces(
  { author, name, suspicious, verified, revoked = false }: Author,
  style: Style,
): Piece[] {
  const { bold, dim } = painter(style);
  const mark = suspicious ? "!" : verified ? "✓" : "·";
  // Beside the mark there must be room for a name on the narrowest terminal.
  const columns = Math.min(NAME_COLUMNS, style.width - 2);
  const shown = truncate(safeLine(name).trim(), columns);
  const id = shortIdentity(author);
  return [
    shown === ""
      ? { text: mark, painted: mark }
      : { text: `${mark} ${shown}`, painted: `${mark} ${bold(isolate(shown))}` },
    { text: id, painted: dim(id) },
    ...(suspicious ? plain(...`(${BORROWED})`.split(" ")) : []),
    ...(revoked ? plain("(revoked)") : []),
  ];
}

interface Dim {
  readonly paint: Painter;
  readonly style: Style;
}

function quoted({ quote, quoted }: MessageView, { paint, style }: Dim): string[] {
  const id = shortMessage(quote ?? "");
  if (quoted === null || "missing" in quoted) {
    const why = quoted === null ? "" : ` (${GAPS[quoted.why].replace("MSG", id)})`;
    return dim(`quotes ${id}${why}`, { paint, style });
  }
  const inner = { ...style, width: style.width - 2 };
  return [
    ...dim(`quotes ${id}:`, { paint, style }),
    ...flow(authorPieces(quoted, inner), inner).map((line) => FACT_BAR + line),
    ...(quoted.warning === null
      ? []
      : body(`[warning: ${safeLine(quoted.warning)}]`, style, QUOTE_BAR)),
    ...body(squeeze(safeText(quoted.text)), style, QUOTE_BAR),
  ];
}

function dim(text: string, { paint, style }: Dim): string[] {
  return fact(text, style).map((line) => FACT_BAR + paint.dim(line.slice(FACT_BAR.length)));
}

/** Whether a mention's text could make one take somebody for another. */
function saysOther({ text, id, name, suspicious }: MentionView): boolean {
  const said = text.replace(/^@/, "").toLowerCase();
  return suspicious || said !== name.toLowerCase() && said !== id;
}

function plain(...texts: readonly string[]): Piece[] {
  return texts.map((text) => ({ text, painted: text }));
}
