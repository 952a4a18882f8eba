/** A running node's work, made up. */
import type { ActivityView } from "../../src/node/api.ts";
import { Histogram } from "../../src/node/histogram.ts";

const BUDGET = { spent: 1, least: 0 };

/** An activity in which every number differs from zero. */
export function activityView(given: Partial<ActivityView> = {}): ActivityView {
  const durations = new Histogram([0.5, 1]);
  for (const value of [0.25, 0.5, 0.75, 8]) durations.add(value);
  return {
    connections: 3,
    memory: { resident: 90_000_000, heap: 20_000_000 },
    offeredKnown: 12,
    outcomes: { inbound: { completed: 2, failed: 1 }, outbound: { completed: 3, failed: 4 } },
    durations: durations.view(),
    stems: 2,
    syncBytes: { in: 1_000, out: 2_000 },
    budgets: {
      ...{ inbound: 5, dialled: 6, messages: BUDGET, addresses: BUDGET },
      ...{ statements: { spent: 0, least: 0.4 }, sync: { spent: 2, least: 0 } },
    },
    coverage: {
      finished: 1_795_000_000,
      complete: 1_794_999_000,
      lastHour: { finished: 3, complete: 2, received: 7 },
    },
    ...given,
  };
}
