/** Time as the protocol counts it: whole seconds since 1970, unsigned (docs/PROTOCOL.md section 3). */
import { CREATED_GRAIN_S, LIFETIME_S, MAX_FUTURE_S } from "./limits.ts";

/** Exists for the type checker only. */
declare const brand: unique symbol;

/** Whole seconds since 1970-01-01T00:00:00Z. */
export type UnixSeconds = number & { readonly [brand]: "UnixSeconds" };

/** Milliseconds since 1970, as the engine and timers count. */
export type UnixMs = number & { readonly [brand]: "UnixMs" };

/** Checks a number of whole seconds. Throws a `RangeError` for a negative, fractional or unsafe one. */
export function unixSeconds(value: number): UnixSeconds {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`Not a time: ${value}`);
  return value as UnixSeconds;
}

/** Milliseconds since 1970 to the second they fall in. */
export function toSeconds(now: UnixMs): UnixSeconds {
  return Math.max(0, Math.floor(now / 1000)) as UnixSeconds;
}

/** Rounds down to a multiple of `grain` seconds. */
export function floorTo(time: UnixSeconds, grain: number): UnixSeconds {
  return (time - time % grain) as UnixSeconds;
}

/** What an author writes as `created`: floored to 10 s, so that clock drift ties no identities together. */
export function authorTime(now: UnixMs): UnixSeconds {
  return floorTo(toSeconds(now), CREATED_GRAIN_S);
}

/** Whether a message created then is within its lifetime now: not over 15 minutes ahead, not over 30 days old. */
export function withinLifetime(created: UnixSeconds, now: UnixSeconds): boolean {
  return created <= now + MAX_FUTURE_S && created >= now - LIFETIME_S;
}
