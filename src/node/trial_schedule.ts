/**
 * When private messages are tried, opened and written: by clocks that don't depend on what comes of it
 * (docs/PROTOCOL.md section 5). Some three percent of one core at most, however many identities there are.
 */
import type { Log } from "./log.ts";
import type { PrivateMessages } from "./private_messages.ts";

/** Trials of an outer layer in one go, all identities together. */
export const TRIALS_AT_ONCE = 48;
/** How often, in milliseconds. */
export const TRY_MS = 1_000;
/** How often inner layers are opened, in milliseconds. */
export const OPEN_MS = 5_000;
/** How often it is written what was opened and tried, in milliseconds. */
export const WRITE_MS = 60_000;

/** Calls again and again until what it answers is called. */
export type Every = (ms: number, f: () => void) => () => void;

/** The steps that are scheduled. */
export type Steps = Pick<PrivateMessages, "tryNext" | "openSome" | "write">;

/** Starts the schedule; the answer ends it. */
export function scheduleTrials(
  steps: Steps,
  { every, log }: { readonly every: Every; readonly log: Log },
): () => void {
  const repeat = (ms: number, step: () => Promise<void>): () => void => {
    let isRunning = false;
    return every(ms, () => {
      // Left out, not caught up with: a burst would tell that the last one took long.
      if (isRunning) return;
      isRunning = true;
      step().catch((error: unknown) => {
        log.failed("error", { what: "A step with private messages failed", error });
      }).finally(() => isRunning = false);
    });
  };
  const stops = [
    repeat(TRY_MS, () => steps.tryNext(TRIALS_AT_ONCE)),
    repeat(OPEN_MS, () => steps.openSome()),
    repeat(WRITE_MS, () => steps.write()),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
