/** The node's health in words, for terminal and page. Pure. Strings from elsewhere are made safe. */
import { renderBytes } from "../text/byte_size.ts";
import { safeLine } from "../text/safe_text.ts";
import type { StatusView } from "./api.ts";
import { renderCameIn, renderDialled } from "./ways_words.ts";

/** Days that a message lives: docs/PROTOCOL.md section 3. */
const LIFETIME_DAYS = 30;

/** What is to be said of the node's health: what it is, and how it is. Warnings apart. */
export function healthWords(status: StatusView): readonly (readonly [string, string])[] {
  const { exchanges, reconciliation } = status;
  return [
    ["node", status.running ? `running for ${renderDuration(status.uptime)}` : "not running"],
    ["network", safeLine(status.network) + (status.closed ? " (closed: with a key)" : "")],
    ...(status.proxy === null
      ? []
      : [["proxy", `all dials by ${safeLine(status.proxy)}`] satisfies [string, string]]),
    ...(status.port === null ? [] : [["port", String(status.port)] satisfies [string, string]]),
    ["addresses", status.addresses.map(safeLine).join(", ") || "none known"],
    ...renderReachability(status),
    ...(status.mapping === null
      ? []
      : [["router", renderMapping(status.mapping)] satisfies [string, string]]),
    ...(status.dht === null ? [] : [["DHT", renderDht(status.dht)] satisfies [string, string]]),
    ...(status.web === null
      ? []
      : [["web page", renderWeb(status.web)] satisfies [string, string]]),
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
    ...optional("dialled", renderDialled(status.ways)),
    ...optional("came in", renderCameIn(status.ways)),
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
}

function optional(name: string, value: string): [string, string][] {
  return value === "" ? [] : [[name, value]];
}

function renderMapping({ by, router, address }: NonNullable<StatusView["mapping"]>): string {
  const where = address === null ? "a private address outside" : safeLine(address);
  return `${safeLine(router)} granted ${where}, by ` + (by === "upnp" ? "UPnP" : "NAT-PMP");
}

/** What is done in the DHT, times by UTC, as its keys go. */
function renderDht(
  { on, nodes, announced, lastLookup, found }: NonNullable<StatusView["dht"]>,
): string {
  if (!on) return "doesn't work";
  const looked = lastLookup === null
    ? "nothing looked up yet"
    : `${found} ${found === 1 ? "address" : "addresses"} found at ${renderUtc(lastLookup)}`;
  const said = announced === null ? "not announced" : `announced at ${renderUtc(announced)}`;
  return `${nodes} ${nodes === 1 ? "node" : "nodes"} of it; ${said}; ${looked}`;
}

function renderUtc(seconds: number): string {
  const two = (number: number): string => String(Math.floor(number)).padStart(2, "0");
  return `${two(seconds / 3_600 % 24)}:${two(seconds / 60 % 60)} UTC`;
}

/** Whether the internet can connect to the node. */
function renderReachability({ reachability }: StatusView): [string, string][] {
  if (reachability === null) return [];
  const { reachable, why } = reachability;
  const word = reachable === null ? "not known" : reachable ? "yes" : "no";
  return [["reachable", `from the internet: ${word}; ${safeLine(why)}`]];
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

/** Seconds in the two units that suit them. */
export function renderDuration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes === 0) return `${Math.floor(seconds)} s`;
  if (hours === 0) return `${minutes} min`;
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days ${hours % 24} h`;
}

function renderWeb({ port, browsers }: NonNullable<StatusView["web"]>): string {
  return `on 127.0.0.1:${port}, ${browsers} ${browsers === 1 ? "browser" : "browsers"} signed in`;
}
