/** What the owner is told of the clock. */
import type { ClockReading } from "../gossip/mod.ts";
import type { UnixMs } from "../wire/time.ts";
import type { ClockView } from "./api.ts";
import type { Clock } from "./clock.ts";
import { UserError } from "./user_error.ts";

/** What is wrong with the time, in a sentence or two; `undefined` when nothing is. */
export function clockWarning(reading: ClockReading): string | undefined {
  const { standing, groups } = reading;
  switch (standing) {
    case "own":
    case "agreed":
      return undefined;
    case "disagrees":
      return `This machine's clock is ${
        howFar(reading)
      } the clocks of the ${groups} nodes asked: ` +
        "set it. Until then messages of today may be refused here and yours elsewhere; what comes is " +
        "put aside as far as there is room, and nothing is dropped for its age.";
    case "lent":
    case "given":
      return "This machine's clock is in the past, so the time is taken from " +
        `${groups} other node${groups === 1 ? "" : "s"}: set it.`;
    case "none":
      return "This machine's clock is in the past: messages from others are refused and none can be " +
        "posted until it is set, or other nodes are reached whose time can be taken.";
    default:
      return standing satisfies never;
  }
}

/** As the owner is shown it. */
export function clockView({ standing, groups, aheadMs }: ClockReading): ClockView {
  return { standing, groups, ahead: Math.round(aheadMs / 1_000) };
}

/** The time for something that is to be signed. Throws a `UserError` when there is none to believe. */
export function needTime(clock: Clock): UnixMs {
  const { now, standing } = clock.reading();
  if (standing !== "none") return now;
  throw new UserError(
    "refused",
    "This machine's clock is before the day on which this program was made, or before a time that " +
      "other nodes confirmed, and no node is reached that could tell the time: a message would be " +
      "refused everywhere. Nothing was sent. Set the clock, or connect, then try again.",
  );
}

function howFar({ aheadMs }: ClockReading): string {
  const minutes = Math.round(Math.abs(aheadMs) / 60_000);
  const much = minutes < 120
    ? `${minutes} minutes`
    : minutes < 2 * 1440
    ? `about ${Math.round(minutes / 60)} hours`
    : `about ${Math.round(minutes / 1440)} days`;
  return `${much} ${aheadMs > 0 ? "ahead of" : "behind"}`;
}
