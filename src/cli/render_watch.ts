/** The live view of a node's health: what it does, line by line. Pure. */
import type { ActivityView, BudgetsView, CoverageView, StatusView } from "../node/api.ts";
import { renderDuration } from "../node/health_words.ts";
import { renderBytes } from "../text/byte_size.ts";
import { safeLine } from "../text/safe_text.ts";
import { padEnd, wrap } from "../text/text_width.ts";

/** Columns in front of what is said. */
const MARGIN = 11;
const MIN_TEXT = 20;

/** What is shown: the health now, and the last one seen, by whose difference one sees what happens. */
export interface Watched {
  /** At this moment. */
  readonly now: StatusView;
  /** What the running node adds to it. */
  readonly activity: ActivityView;
  /** At the look before; none at the first. */
  readonly before: StatusView | undefined;
  /** Seconds since 1970, by the machine's clock. */
  readonly at: number;
}

/** Lines for a terminal of so many columns. */
export function renderWatch(watched: Watched, width: number): readonly string[] {
  const { now, activity, at } = watched;
  const { connections, memory, budgets, coverage } = activity;
  const { exchanges, reconciliation, clock } = now;
  const more = (pick: (status: StatusView) => number): string => since(watched, pick);
  const rows: readonly (readonly [string, string])[] = [
    ["node", `running for ${renderDuration(now.uptime)}; ${memoryText(memory)}`],
    ["peers", `${now.peers} known, ${count(connections, "connection")} open`],
    [
      "exchanges",
      `${exchanges.completed} completed${more((s) => s.exchanges.completed)}, ` +
      `${exchanges.failed} failed${more((s) => s.exchanges.failed)}; ` +
      `${exchanges.inbound} in, ${exchanges.outbound} out`,
    ],
    [
      "received",
      `${exchanges.received}${more((s) => s.exchanges.received)} by exchanges and stems, ` +
      `${reconciliation.received}${more((s) => s.reconciliation.received)} by reconciling`,
    ],
    [
      "delivered",
      `${exchanges.delivered}${more((s) => s.exchanges.delivered)} by exchanges, ` +
      `${reconciliation.delivered}${more((s) => s.reconciliation.delivered)} by reconciling`,
    ],
    ["refused", `${exchanges.refused}${more((s) => s.exchanges.refused)}`],
    ["novelty", noveltyText(now, activity)],
    ["budgets", budgetsText(budgets)],
    ["disk", diskText(now)],
    ["coverage", coverageText(coverage, at)],
    ["clock", clockText(clock)],
  ];
  return [
    ...rows.flatMap(([name, value]) =>
      wrap(value, Math.max(MIN_TEXT, width - MARGIN)).map((line, i) =>
        `${padEnd(i === 0 ? name : "", MARGIN - 1)} ${line}`
      )
    ),
    ...now.warnings.flatMap((warning) => wrap(`warning: ${safeLine(warning)}`, width)),
  ];
}

/** One line for a file or a pipe: names and numbers. */
export function watchLine({ now, activity }: Watched): string {
  const { exchanges, reconciliation, clock, storage } = now;
  const { budgets, coverage } = activity;
  const spent = [budgets.messages, budgets.addresses, budgets.statements, budgets.sync]
    .reduce((sum, budget) => sum + budget.spent, 0);
  const pairs: readonly (readonly [string, string | number])[] = [
    ["uptime", now.uptime],
    ["peers", now.peers],
    ["connections", activity.connections],
    ["completed", exchanges.completed],
    ["failed", exchanges.failed],
    ["received", exchanges.received + reconciliation.received],
    ["delivered", exchanges.delivered + reconciliation.delivered],
    ["refused", exchanges.refused],
    ["novelty", noveltyOf(now, activity)?.toFixed(2) ?? "-"],
    ["exhausted", spent],
    ["disk", storage.used],
    ["complete", coverage.complete ?? "-"],
    ["clock", clock.standing],
    ["memory", activity.memory.resident],
    ["warnings", now.warnings.length],
  ];
  return pairs.map(([name, value]) => `${name}=${value}`).join(" ");
}

/** What came on top since the look before. */
function since({ now, before }: Watched, pick: (status: StatusView) => number): string {
  const more = before === undefined ? 0 : pick(now) - pick(before);
  return more > 0 ? ` (+${more})` : "";
}

/** Of what this node offered in exchanges, the share that peers didn't have; `undefined` without offers. */
function noveltyOf({ exchanges }: StatusView, { offeredKnown }: ActivityView): number | undefined {
  const offered = exchanges.delivered + offeredKnown;
  return offered === 0 ? undefined : exchanges.delivered / offered;
}

function noveltyText(now: StatusView, activity: ActivityView): string {
  const share = noveltyOf(now, activity);
  if (share === undefined) return "nothing was offered to peers yet";
  const offered = now.exchanges.delivered + activity.offeredKnown;
  return `${percent(share)} of ${count(offered, "message")} offered were new to the peer`;
}

function budgetsText(budgets: BudgetsView): string {
  const { inbound, dialled } = budgets;
  const kinds = ["messages", "addresses", "statements", "sync"] as const;
  const parts = kinds.map((kind) => {
    const { spent, least } = budgets[kind];
    return `${kind} ${spent > 0 ? `used up by ${spent}` : `${percent(least)} left`}`;
  });
  const who = `${inbound} ${inbound === 1 ? "prefix" : "prefixes"} in, ${dialled} dialled`;
  return `${who}; the busiest: ${parts.join(", ")}`;
}

function diskText({ storage: { used, cap }, messages }: StatusView): string {
  const most = cap === null ? "" : ` of ${renderBytes(cap)}`;
  return `${renderBytes(used)}${most}, ${count(messages, "message")}`;
}

function coverageText({ finished, complete, lastHour }: CoverageView, at: number): string {
  if (finished === null) return "not compared with any peer yet";
  const ago = (time: number): string => `${renderDuration(Math.max(0, at - time))} ago`;
  const whole = complete === null
    ? "something was missing each time"
    : complete === finished
    ? "nothing was missing"
    : `nothing was missing ${ago(complete)}`;
  return `compared with a peer ${ago(finished)}: ${whole}; in the last hour ` +
    `${lastHour.complete} of ${lastHour.finished} found nothing missing, ${lastHour.received} came`;
}

const STANDING: Readonly<Record<StatusView["clock"]["standing"], string>> = {
  own: "this machine's; nobody contradicts",
  agreed: "this machine's; others agree",
  disagrees: "others disagree: set it",
  lent: "in the past: the time is taken from others",
  given: "in the past: the time is taken from others",
  none: "not to be believed: set it",
};

function clockText({ standing, groups, ahead }: StatusView["clock"]): string {
  const off = Math.abs(ahead);
  const where = groups === 0
    ? "no other heard"
    : `${renderDuration(off)} ${ahead < 0 ? "behind" : "ahead of"} ${count(groups, "group")}`;
  return `${STANDING[standing]} (${where})`;
}

function memoryText({ resident, heap }: ActivityView["memory"]): string {
  return `${renderBytes(resident)} of memory, ${renderBytes(heap)} of it heap`;
}

function percent(share: number): string {
  return `${Math.floor(share * 100)}%`;
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}
