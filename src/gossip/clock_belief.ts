/**
 * What time it is, as far as a node can know (docs/PROTOCOL.md section 3, "Clock belief"). Machines
 * without a battery boot in the past, and some run hours ahead; every hello tells the peer's time.
 *
 * ```
 * own clock           groups   their median     standing    time                drops for age
 * possible            < 5      -                own         own                 after 10 minutes, unless they differ
 * possible            >= 5     within 15 min    agreed      own                 yes
 * possible            >= 5     over 15 min off  disagrees   own                 no
 * before what it can  0        -                none        own, not believed   no
 *   be                1 to 4   not before that  lent        the median's        no
 *                     >= 5     any              given       the median's        yes
 * ```
 * "What it can be" begins with the build date and the floor that an earlier run wrote down. Only
 * peers count that this node dialled and had a whole exchange with, each group once: whoever holds fewer than half of the groups
 * moves the median no further than to what some honest peer said.
 */
import type { NodeAddress } from "../wire/address.ts";
import { HELLO_GRAIN_S } from "../wire/limits.ts";
import { floorTo, toSeconds, type UnixMs, type UnixSeconds } from "../wire/time.ts";
import { groupOfNode } from "./places.ts";
import { trimOldest } from "./trim.ts";

/** Groups whose median counts for more than the own clock: section 3. */
export const AGREEING_CLOCKS = 5;
/** Milliseconds from the median at which the own clock disagrees: section 3. */
export const CLOCK_OFF_MS = 900_000;
/** Groups whose times are kept; beyond it the oldest is forgotten: a guess. */
const MAX_GROUPS = 64;
/** Milliseconds after which what a peer said counts no more: a guess. */
const KEEP_MS = 3_600_000;
/** Milliseconds by which a clock was set, or a machine slept, at once: then what was heard is void. A guess. */
const STEP_MS = 30_000;
/** Milliseconds that a clock which nobody confirms must run before anything is dropped by it: a guess. */
const SETTLE_MS = 600_000;
/** Milliseconds after the build date at which no time is right any more, so that none is absurd: 50 years. */
const MAX_AGE_MS = 1_577_880_000_000;
/** A peer's time is floored, so on average it is half a grain later. */
const HALF_GRAIN_MS = HELLO_GRAIN_S * 1000 / 2;
/** Seconds to which the floor for the next start is floored: a day tells of no habits. */
const CLOCK_FLOOR_GRAIN_S = 86_400;

/** A moment, by both of the machine's clocks. */
export interface Instant {
  /** What the machine's clock shows. */
  readonly wall: UnixMs;
  /** Milliseconds since any fixed moment, by a clock that nobody sets. */
  readonly steady: number;
}

/** What is known before any peer was heard. */
export interface ClockLimits {
  /** When this version was made: no clock before it is right. */
  readonly builtAt: UnixMs;
  /** A time that peers of an earlier run confirmed, if any ever did. */
  readonly floor: UnixSeconds | undefined;
}

/** On whose word the time is taken; see the table on top of this file. */
export type ClockStanding = "own" | "agreed" | "disagrees" | "none" | "lent" | "given";

/** The time as a node believes it. */
export interface ClockReading {
  /** The time to go by. With `none` it isn't to be believed. */
  readonly now: UnixMs;
  /** On whose word. */
  readonly standing: ClockStanding;
  /** Groups whose word was heard, 0 to 64. */
  readonly groups: number;
  /** Milliseconds by which the own clock is ahead of their median, negative when behind; 0 without them. */
  readonly aheadMs: number;
  /** Whether what is older than its lifetime may be dropped. */
  readonly dropsForAge: boolean;
  /** A time to write down as the floor of the next start, floored to a day; only when five groups confirm it. */
  readonly floor: UnixSeconds | undefined;
}

/** A peer's time, as what has to be added to the steady clock to get it. */
interface Heard {
  readonly base: number;
  readonly at: number;
}

/** Weighs the own clock against those of peers. */
export class ClockBelief {
  readonly #limits: ClockLimits;
  /** By group, the oldest first. */
  readonly #heard = new Map<string, Heard>();
  /** What was heard in order, made when asked for. */
  #sorted: readonly number[] | undefined;
  #last: Instant | undefined;
  /** Steady time of the start, or of the last step. */
  #since = 0;

  /** Starts with nobody heard. */
  constructor(limits: ClockLimits) {
    this.#limits = limits;
  }

  /**
   * Takes the time that a peer said in its hello at that moment, one that this node dialled and that
   * earned by now that its word counts.
   */
  observe(peer: NodeAddress, { time, at, now = at }: {
    readonly time: UnixSeconds;
    readonly at: Instant;
    readonly now?: Instant;
  }): void {
    this.#notice(now);
    if (hasStepped(at, now)) return;
    const said = time * 1000 + HALF_GRAIN_MS;
    // No peer is right who is before this program; by the floor they aren't judged, for it may be wrong.
    const { builtAt } = this.#limits;
    if (said < builtAt || said > builtAt + MAX_AGE_MS) return;
    const group = groupOfNode(peer);
    this.#heard.delete(group);
    // Kept from now on: those that were heard stand in the order in which they came to count.
    this.#heard.set(group, { base: said - at.steady, at: now.steady });
    trimOldest(this.#heard, MAX_GROUPS);
    this.#sorted = undefined;
  }

  /** The time at this moment. */
  read(at: Instant): ClockReading {
    this.#notice(at);
    const bases = this.#bases();
    const { wall, steady } = at;
    const groups = bases.length;
    const median = medianOf(bases, wall - steady);
    const aheadMs = median === undefined ? 0 : wall - (median + steady);
    const standing = this.#standing(wall, { groups, aheadMs });
    const confirmed = standing === "agreed" || standing === "given";
    const now = (standing === "lent" || standing === "given" ? wall - aheadMs : wall) as UnixMs;
    const settled = standing === "own" && steady - this.#since >= SETTLE_MS &&
      Math.abs(aheadMs) <= CLOCK_OFF_MS;
    return {
      now,
      standing,
      groups,
      aheadMs,
      dropsForAge: confirmed || settled,
      floor: confirmed ? floorTo(toSeconds(now), CLOCK_FLOOR_GRAIN_S) : undefined,
    };
  }

  #standing(
    wall: UnixMs,
    { groups, aheadMs }: { readonly groups: number; readonly aheadMs: number },
  ): ClockStanding {
    const enough = groups >= AGREEING_CLOCKS;
    // Five who agree overrule a floor, which an earlier five may have set wrongly.
    if (enough && Math.abs(aheadMs) <= CLOCK_OFF_MS) return "agreed";
    const { builtAt, floor } = this.#limits;
    const least = Math.max(builtAt, (floor ?? 0) * 1000);
    if (wall >= least) return enough ? "disagrees" : "own";
    if (enough) return "given";
    return groups > 0 && wall - aheadMs >= least ? "lent" : "none";
  }

  /** Forgets what is too old, and everything after a step: it can't be told what the clock did meanwhile. */
  #notice(at: Instant): void {
    const last = this.#last;
    this.#last = at;
    if (last === undefined) {
      this.#since = at.steady;
      return;
    }
    if (hasStepped(last, at)) {
      this.#since = at.steady;
      this.#heard.clear();
      this.#sorted = undefined;
    }
    for (const [group, heard] of this.#heard) {
      if (at.steady - heard.at <= KEEP_MS) break;
      this.#heard.delete(group);
      this.#sorted = undefined;
    }
  }

  #bases(): readonly number[] {
    return this.#sorted ??= Array.from(this.#heard.values(), ({ base }) => base)
      .sort((a, b) => a - b);
  }
}

/** Whether the machine's clock was set, or the machine slept, between two moments. */
function hasStepped(from: Instant, to: Instant): boolean {
  return Math.abs(to.wall - from.wall - (to.steady - from.steady)) > STEP_MS;
}

/** The middle one; of two in the middle the one nearer to the own clock. */
function medianOf(sorted: readonly number[], own: number): number | undefined {
  const low = sorted[(sorted.length - 1) >> 1];
  const high = sorted[sorted.length >> 1];
  if (low === undefined || high === undefined) return undefined;
  return Math.abs(low - own) <= Math.abs(high - own) ? low : high;
}
