/** What people read of `doctor`. Pure. */
import type { Check, CheckState } from "./doctor_findings.ts";
import type { Style } from "./render_parts.ts";
import { safeLine } from "../text/safe_text.ts";
import { padEnd, wrap } from "../text/text_width.ts";

const WORDS: Readonly<Record<CheckState, string>> = {
  ok: "ok",
  warning: "WARNING",
  problem: "PROBLEM",
  off: "off",
  unknown: "?",
};

const TITLES: Readonly<Record<string, string>> = {
  node: "node",
  version: "version",
  folder: "data folder",
  disk: "disk",
  storage: "storage",
  port: "port",
  memory: "memory",
  swap: "swap",
  permissions: "rights",
  "key-store": "key store",
  broadcast: "broadcast",
  mdns: "mDNS",
  router: "router",
  reachable: "reachable",
  outbound: "exchanges",
  nodes: "other nodes",
  ipv6: "IPv6",
  proxy: "proxy",
  onion: "onion",
  dht: "DHT",
  network: "network",
  clock: "clock",
  rules: "rules",
};

const STATE_WIDTH = 9;
const TITLE_WIDTH = 13;

/** All checks, and at the end how many want something done. */
export function renderDoctor(checks: readonly Check[], { width }: Style): string {
  const indent = " ".repeat(STATE_WIDTH + TITLE_WIDTH);
  const room = Math.max(20, width - indent.length);
  const lines = checks.flatMap(({ id, state, what, do: todo }) => {
    const text = wrap(safeLine(what), room);
    const advice = todo === null ? [] : wrap(`To do: ${safeLine(todo)}`, room);
    const head = padEnd(WORDS[state], STATE_WIDTH) + padEnd(TITLES[id] ?? id, TITLE_WIDTH);
    return [...text, ...advice].map((line, i) => (i === 0 ? head : indent) + line);
  });
  return [...lines, "", summary(checks)].join("\n");
}

function summary(checks: readonly Check[]): string {
  const number = (state: CheckState): number =>
    checks.filter((check) => check.state === state).length;
  const [problems, warnings] = [number("problem"), number("warning")];
  if (problems + warnings === 0) return "Nothing is wrong.";
  return `${problems} ${problems === 1 ? "problem" : "problems"}, ${warnings} ${
    warnings === 1 ? "warning" : "warnings"
  }.`;
}
