/**
 * What people read: statuses, threads, profiles, lists. Pure. Every string that comes from elsewhere
 * passes `safeText` or `safeLine` here, and stands where it can't be taken for something that the
 * program says: a message's head begins with a mark of ours, each line of its text with a bar.
 */
import type {
  FollowView,
  IdentityView,
  MessageView,
  PeerView,
  ProfileView,
  StatusView,
} from "../node/api.ts";
import { safeLine, safeText } from "./safe_text.ts";
import { displayWidth, padEnd, truncate, wrap } from "./text_width.ts";

/** Days that a message lives: docs/PROTOCOL.md section 3. */
const LIFETIME_DAYS = 30;

/** How to render. */
export interface Style {
  /** Columns; Infinity off a terminal. */
  readonly width: number;
  /** Whether to use bold and dim type. */
  readonly color: boolean;
  /** Shows seconds since 1970 as local time. */
  localTime(seconds: number): string;
}

/** Deepest indentation of a thread. */
const MAX_DEPTH = 8;
/** Fewest columns for a text. */
const MIN_TEXT = 16;
/** Stands before each line of a text. */
const BAR = "│ ";
/** Columns of a name in a message's head. */
const NAME_COLUMNS = 40;

/** Statuses one below the other, in the order given. */
export function renderTimeline(messages: readonly MessageView[], style: Style): string {
  return messages.map((message) => renderMessage(message, style)).join("\n");
}

/** Statuses of a thread, replies indented below what they answer. */
export function renderThread(messages: readonly MessageView[], style: Style): string {
  const depths = new Map<string, number>();
  return messages.map((message) => {
    const above = message.replyTo === null ? undefined : depths.get(message.replyTo);
    const depth = above === undefined ? 0 : Math.min(above + 1, MAX_DEPTH);
    depths.set(message.id, depth);
    const margin = "  ".repeat(depth);
    const inner = { ...style, width: Math.max(MIN_TEXT, style.width - margin.length) };
    return indent(renderMessage(message, inner), margin);
  }).join("\n");
}

/** One status: a head, its text, what it refers to and what is attached. */
export function renderMessage(message: MessageView, style: Style): string {
  const paint = painter(style);
  // The mark stands before the name, where no name can reach: "✓" inside a name proves nothing.
  const mark = message.verified ? "✓" : "·";
  const name = truncate(safeLine(message.name).trim(), NAME_COLUMNS);
  const head = [
    mark,
    ...(name === "" ? [] : [paint.bold(name)]),
    paint.dim(shortIdentity(message.author)),
    paint.dim(style.localTime(message.created)),
    paint.dim(shortMessage(message.id)),
    ...(message.pending ? [paint.dim("(pending)")] : []),
  ].join(" ");
  const lines = [head];
  if (message.warning !== null) {
    lines.push(...body(`[warning: ${safeLine(message.warning)}]`, style));
  }
  lines.push(...body(squeeze(safeText(message.text)), style));
  const about = [
    ...(message.replyTo === null ? [] : [`reply to ${shortMessage(message.replyTo)}`]),
    ...(message.quote === null ? [] : [`quotes ${shortMessage(message.quote)}`]),
  ];
  if (about.length > 0) lines.push(`${BAR}${paint.dim(about.join(", "))}`);
  for (const [i, file] of message.attachments.entries()) {
    const alt = file.alt === "" ? "" : `: ${safeLine(file.alt)}`;
    const kind = `${safeLine(file.mediaType)}, ${renderBytes(file.size)}`;
    lines.push(...body(`[${i + 1}] ${safeLine(file.name)} (${kind})${alt}`, style));
  }
  return lines.join("\n");
}

/** A profile. */
export function renderProfile(profile: ProfileView, style: Style): string {
  const lines = [
    safeLine(profile.name).trim() || "(no name)",
    `${BAR}${safeLine(profile.id)}`,
    ...(profile.bio === "" ? [] : body(squeeze(safeText(profile.bio)), style)),
    ...(profile.link === "" ? [] : [`${BAR}${safeLine(profile.link)}`]),
    profile.updated === 0
      ? `${BAR}no profile was seen yet`
      : `${BAR}updated ${style.localTime(profile.updated)}`,
  ];
  return lines.join("\n");
}

/** Own identities, one a line. */
export function renderIdentities(identities: readonly IdentityView[]): string {
  return identities.map(({ id, name, unlocked }) =>
    `${safeLine(id)}  ${unlocked ? "unlocked" : "locked  "}  ${safeLine(name)}`.trimEnd()
  ).join("\n");
}

/** Followed identities, one a line. */
export function renderFollows(follows: readonly FollowView[]): string {
  return follows.map(({ id, name }) => `${safeLine(id)}  ${safeLine(name)}`.trimEnd()).join("\n");
}

/** Known nodes, one a line. */
export function renderPeers(peers: readonly PeerView[], style: Style): string {
  const rows = peers.map(({ address, freshness, lastSeen }) => ({
    address: safeLine(address),
    freshness: String(freshness),
    seen: lastSeen === null ? "never" : style.localTime(lastSeen),
  }));
  const width = Math.max(7, ...rows.map(({ address }) => displayWidth(address)));
  return [
    `${padEnd("ADDRESS", width)}  FRESHNESS  LAST EXCHANGE`,
    ...rows.map(({ address, freshness, seen }) =>
      `${padEnd(address, width)}  ${padEnd(freshness, 9)}  ${seen}`
    ),
  ].join("\n");
}

/** The node's health. */
export function renderStatus(status: StatusView): string {
  const { exchanges, reconciliation } = status;
  const rows: [string, string][] = [
    ["node", status.running ? `running for ${renderDuration(status.uptime)}` : "not running"],
    ["network", safeLine(status.network)],
    ...(status.port === null ? [] : [["port", String(status.port)] satisfies [string, string]]),
    ["addresses", status.addresses.map(safeLine).join(", ") || "none known"],
    ["keys", status.unlocked ? "unlocked" : "locked, or none"],
    ...(status.permissions === null
      ? []
      : [["may still", safeLine(granted(status.permissions))] satisfies [string, string]]),
    ["messages", `${status.messages} (${renderBytes(status.bytes)})`],
    ["storage", renderStorage(status.storage)],
    ...(status.pending === null || status.pending === 0
      ? []
      : [["pending", renderPending(status)] satisfies [string, string]]),
    ["peers", String(status.peers)],
    [
      "exchanges",
      `${exchanges.inbound} in, ${exchanges.outbound} out; ${exchanges.completed} completed, ` +
      `${exchanges.failed} failed`,
    ],
    ["carried", `${exchanges.received} received, ${exchanges.delivered} delivered`],
    ["refused", String(exchanges.refused)],
    [
      "caught up",
      `${
        reconciliation.completed === 1 ? "once" : `${reconciliation.completed} times`
      }, ${reconciliation.cutShort} cut short, ` +
      `${reconciliation.served} for peers; ${reconciliation.received} received, ` +
      `${reconciliation.delivered} delivered`,
    ],
  ];
  return [
    ...rows.map(([name, value]) => `${padEnd(name, 10)} ${value}`),
    ...status.warnings.map((warning) => `warning: ${safeLine(warning)}`),
  ].join("\n");
}

/** How many own messages wait, and for what. */
function renderPending({ pending, running, peers }: StatusView): string {
  const why = !running
    ? "until a node runs and has the keys"
    : peers === 0
    ? "as this node has met no other yet (gossamer join)"
    : "until other nodes have them";
  return `${pending} of your messages, ${why}`;
}

function renderStorage({ used, cap, maxMessages, days }: StatusView["storage"]): string {
  if (cap === null || maxMessages === null) return `${renderBytes(used)} on disk`;
  const most = `${renderBytes(used)} of ${renderBytes(cap)}, ${maxMessages} messages at most`;
  if (days === null) return most;
  const room = days >= LIFETIME_DAYS
    ? `all the ${LIFETIME_DAYS} days of a message's life`
    : `${days < 10 ? days.toFixed(1) : Math.floor(days)} days`;
  return `${most}; at the last day's rate room for ${room}`;
}

function granted(permissions: Readonly<Record<string, string>>): string {
  const names = Object.entries(permissions).filter(([, state]) => state === "granted");
  return names.map(([name]) => name).join(", ") || "nothing";
}

/** First characters of an identity, to tell a few apart; a name for lookups only in full. */
export function shortIdentity(id: string): string {
  const safe = safeLine(id);
  return safe.length > 14 ? `${safe.slice(0, 12)}…` : safe;
}

/** First digits of a message id: as a rule enough to name it in another command. */
export function shortMessage(id: string): string {
  return safeLine(id).slice(0, 10);
}

/** A number of bytes in the unit that suits it. */
export function renderBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** Seconds in the two units that suit them. */
function renderDuration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes === 0) return `${Math.floor(seconds)} s`;
  if (hours === 0) return `${minutes} min`;
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days ${hours % 24} h`;
}

/** Text below a head: wrapped, each line behind a bar, so that none can pass for a head. */
function body(text: string, style: Style): string[] {
  const width = Math.max(MIN_TEXT, style.width - BAR.length);
  return wrap(text, width).map((line) => `${BAR}${line}`.trimEnd());
}

/** A text of 140 line feeds must not push all others off the screen. */
function squeeze(text: string): string {
  return text.replace(/\n(?:[^\S\n]*\n){2,}/g, "\n\n").replace(/^\n+|\s+$/g, "");
}

function indent(text: string, margin: string): string {
  return text.split("\n").map((line) => `${margin}${line}`).join("\n");
}

interface Painter {
  bold(text: string): string;
  dim(text: string): string;
}

function painter({ color }: Style): Painter {
  const sgr = (code: number) => (text: string): string =>
    color ? `\x1b[${code}m${text}\x1b[0m` : text;
  return { bold: sgr(1), dim: sgr(2) };
}
