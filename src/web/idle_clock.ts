/** Time in which nobody asked for anything, a machine's sleep included. */

/**
 * A clock that goes on by what passed on whichever of several clocks went furthest: a machine's time goes
 * on while it sleeps but can be set back, its count since start can't but may stand still in sleep.
 */
export function furthestOf(clocks: readonly (() => number)[]): () => number {
  let last = clocks.map((now) => now());
  let total = 0;
  return () => {
    const times = clocks.map((now) => now());
    total += Math.max(0, ...times.map((time, i) => time - (last[i] ?? time)));
    last = times;
    return total;
  };
}
