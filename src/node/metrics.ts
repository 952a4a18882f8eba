/**
 * The registry of metrics: what is measured, under which name and in which unit, taken from the same
 * counters as `status`. Names are OpenTelemetry's (dots); `prometheus.ts` makes Prometheus' of them.
 *
 * No label and no value tells of identities, peers or networks, nor of the owner's keys and messages:
 * how many messages are stored or pending, whether the keys are open, and how many warnings there are,
 * is left out, since own messages could be told from the difference to what came.
 */
import type { HistogramView, StatusView } from "./api.ts";

/** A closed list of labels' values. */
export type Labels = Readonly<Record<string, MetricWord>>;

/** All values that a label may have. */
export type MetricWord =
  | "addresses"
  | "completed"
  | "cut-short"
  | "dialled"
  | "exchange"
  | "failed"
  | "heap"
  | "in"
  | "inbound"
  | "messages"
  | "out"
  | "outbound"
  | "reconciliation"
  | "resident"
  | "served"
  | "statements"
  | "stem"
  | "sync";

/** One number and what it is of. */
export interface Sample {
  /** What tells it from the others of its family. */
  readonly labels: Labels;
  /** The number. */
  readonly value: number;
}

/** A family of metrics. */
export type MetricFamily =
  & {
    /** OpenTelemetry's name, such as `gossamer.exchanges`. */
    readonly name: string;
    /** UCUM unit: `s`, `By`, `1`, or what is counted in braces. */
    readonly unit: string;
    /** What it is, in a sentence. */
    readonly help: string;
  }
  & (
    | { readonly type: "counter" | "gauge"; readonly samples: readonly Sample[] }
    | { readonly type: "histogram"; readonly values: HistogramView }
  );

type Numbers = readonly (readonly [Labels, number])[];

/** Bytes to which what is stored is told: coarser than any one message. */
const STORAGE_GRAIN = 2 ** 20;

/** The metrics of a running node; none without one. */
export function metricsOf(status: StatusView): readonly MetricFamily[] {
  return [...trafficOf(status), ...conditionOf(status)];
}

function trafficOf({ activity, exchanges, reconciliation }: StatusView): readonly MetricFamily[] {
  if (activity === null) return [];
  const { outcomes, stems, syncBytes, durations, offeredKnown } = activity;
  const { inbound, outbound } = outcomes;
  return [
    counter(["gossamer.exchanges", "{exchange}", "Exchanges with peers that ended."], [
      [{ direction: "inbound", outcome: "completed" }, inbound.completed],
      [{ direction: "inbound", outcome: "failed" }, inbound.failed],
      [{ direction: "outbound", outcome: "completed" }, outbound.completed],
      [{ direction: "outbound", outcome: "failed" }, outbound.failed],
    ]),
    {
      type: "histogram",
      name: "gossamer.exchange.duration",
      unit: "s",
      help: "Time from a peer's hello to the end of the exchange.",
      values: durations,
    },
    counter(["gossamer.messages.received", "{message}", "Novel messages that came from peers."], [
      [{ by: "exchange" }, exchanges.received - stems],
      [{ by: "stem" }, stems],
      [{ by: "reconciliation" }, reconciliation.received],
    ]),
    counter(["gossamer.messages.delivered", "{message}", "Messages that were novel to a peer."], [
      [{ by: "exchange" }, exchanges.delivered],
      [{ by: "reconciliation" }, reconciliation.delivered],
    ]),
    counter([
      "gossamer.messages.offered_known",
      "{message}",
      "Messages offered in exchanges that the peer had already.",
    ], [[{}, offeredKnown]]),
    counter([
      "gossamer.messages.refused",
      "{message}",
      "Messages refused with blame: malformed, too large, forged, unstamped.",
    ], [[{}, exchanges.refused]]),
    counter(["gossamer.reconciliations", "{reconciliation}", "Reconciliations that ended."], [
      [{ outcome: "completed" }, reconciliation.completed],
      [{ outcome: "cut-short" }, reconciliation.cutShort],
      [{ outcome: "served" }, reconciliation.served],
    ]),
    counter(["gossamer.reconciliation.io", "By", "Bytes that reconciliations cost."], [
      [{ direction: "in" }, syncBytes.in],
      [{ direction: "out" }, syncBytes.out],
    ]),
  ];
}

function conditionOf(
  { activity, peers, storage, clock, uptime }: StatusView,
): readonly MetricFamily[] {
  if (activity === null) return [];
  const { connections, memory, budgets, coverage } = activity;
  const kinds = ["messages", "addresses", "statements", "sync"] as const;
  return [
    gauge(["gossamer.uptime", "s", "Time since the node started."], [[{}, uptime]]),
    gauge(["gossamer.peers", "{node}", "Known nodes with freshness above 0."], [[{}, peers]]),
    gauge(["gossamer.connections", "{connection}", "Open connections."], [[{}, connections]]),
    gauge(["gossamer.memory", "By", "Memory of the process, and its heap within that."], [
      [{ kind: "resident" }, memory.resident],
      [{ kind: "heap" }, memory.heap],
    ]),
    gauge(["gossamer.storage.used", "By", "Bytes stored on disk, to a mebibyte."], [
      [{}, Math.floor(storage.used / STORAGE_GRAIN) * STORAGE_GRAIN],
    ]),
    gauge(
      ["gossamer.storage.limit", "By", "Bytes that may be stored on disk."],
      storage.cap === null ? [] : [[{}, storage.cap]],
    ),
    gauge([
      "gossamer.clock.offset",
      "s",
      "How far the machine's clock is ahead of the peers', to ten seconds.",
    ], [[{}, Math.round(clock.ahead / 10) * 10]]),
    gauge([
      "gossamer.clock.believed",
      "1",
      "Whether the machine's own clock is believed: 1, or 0.",
    ], [[{}, clock.standing === "own" || clock.standing === "agreed" ? 1 : 0]]),
    gauge(["gossamer.budget.prefixes", "{prefix}", "Prefixes of peers that spent something."], [
      [{ class: "inbound" }, budgets.inbound],
      [{ class: "dialled" }, budgets.dialled],
    ]),
    gauge(
      ["gossamer.budget.exhausted", "{prefix}", "Prefixes that have nothing left of a budget."],
      kinds.map((kind) => [{ kind }, budgets[kind].spent]),
    ),
    gauge([
      "gossamer.coverage.finished.timestamp",
      "s",
      "When a reconciliation of this node's last finished, seconds since 1970.",
    ], coverage.finished === null ? [] : [[{}, coverage.finished]]),
    gauge([
      "gossamer.coverage.complete.timestamp",
      "s",
      "When one last found nothing missing, seconds since 1970.",
    ], coverage.complete === null ? [] : [[{}, coverage.complete]]),
  ];
}

type Words = readonly [name: string, unit: string, help: string];

function counter(words: Words, numbers: Numbers): MetricFamily {
  return family("counter", words, numbers);
}

function gauge(words: Words, numbers: Numbers): MetricFamily {
  return family("gauge", words, numbers);
}

function family(
  type: "counter" | "gauge",
  [name, unit, help]: Words,
  numbers: Numbers,
): MetricFamily {
  return { type, name, unit, help, samples: numbers.map(([labels, value]) => ({ labels, value })) };
}
