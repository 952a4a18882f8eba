/** Time as this folder needs it; tests turn the clock by hand. */

/** A clock and its alarms. */
export interface Time {
  /** Milliseconds from any start; never goes back, whatever happens to the machine's date. */
  now(): number;
  /** Calls once after so many milliseconds; the answer takes it back. */
  after(ms: number, call: () => void): () => void;
}

/** The machine's. */
export const realTime: Time = {
  now: () => performance.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};
