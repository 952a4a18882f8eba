/** What people read of a node: its health, its peers. Pure. */
import type { PeerView, StatusView } from "../node/api.ts";
import type { Style } from "./render_parts.ts";
import { healthWords } from "../node/health_words.ts";
import { renderFound } from "../node/ways_words.ts";
import { safeLine } from "../text/safe_text.ts";
import { displayWidth, padEnd } from "../text/text_width.ts";

/** Known nodes, one a line. */
export function renderPeers(peers: readonly PeerView[], style: Style): string {
  const rows = peers.map(({ address, freshness, lastSeen, ways }) => ({
    address: safeLine(address),
    freshness: String(freshness),
    seen: lastSeen === null ? "never" : style.localTime(lastSeen),
    found: renderFound(ways),
  }));
  const width = Math.max(7, ...rows.map(({ address }) => displayWidth(address)));
  const seenWidth = Math.max(13, ...rows.map(({ seen }) => displayWidth(seen)));
  return [
    `${padEnd("ADDRESS", width)}  FRESHNESS  ${padEnd("LAST EXCHANGE", seenWidth)}  FOUND BY`,
    ...rows.map(({ address, freshness, seen, found }) =>
      `${padEnd(address, width)}  ${padEnd(freshness, 9)}  ${padEnd(seen, seenWidth)}  ${found}`
    ),
  ].join("\n");
}

/** The node's health. */
export function renderStatus(status: StatusView): string {
  return [
    ...healthWords(status).map(([name, value]) => `${padEnd(name, 10)} ${value}`),
    ...status.warnings.map((warning) => `warning: ${safeLine(warning)}`),
  ].join("\n");
}
