/** What watches the machine's clocks: sleep, and keys that nobody uses. */
import { AutoLock } from "./auto_lock.ts";
import { systemClock } from "./clock.ts";
import type { OwnerService } from "./owner.ts";
import { WakeWatch } from "./wake_watch.ts";

/** Both of the machine's clocks, and its timer. */
const REAL_TIME = {
  clocks: [() => systemClock.now(), () => performance.now()],
  every: (ms: number, f: () => void): () => void => {
    const timer = setInterval(f, ms);
    return () => clearInterval(timer);
  },
};

/** Watches for the machine having slept. */
export function watchSleep(woke: () => void): WakeWatch {
  return new WakeWatch({ ...REAL_TIME, woke });
}

/** Locks the keys when nobody used them for a time; nothing without that. */
export function lockWhenIdle(
  minutes: number | undefined,
  owner: OwnerService,
): AutoLock | undefined {
  if (minutes === undefined) return undefined;
  return new AutoLock({
    afterMs: minutes * 60_000,
    ...REAL_TIME,
    // In its turn, so that no post is cut off in the middle.
    lock: () => void owner.call("lock", {}),
  });
}
