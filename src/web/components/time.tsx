/** A time as people read it, in the node's own time zone, which is the reader's. */
import type { Html } from "../layout.tsx";

const FORMAT = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short" });

/** Seconds since 1970, shown to the minute. */
export function Time({ at }: { readonly at: number }): Html {
  const date = new Date(at * 1_000);
  return <time datetime={date.toISOString()}>{FORMAT.format(date)}</time>;
}
