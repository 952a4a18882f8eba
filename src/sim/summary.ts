/** Puts together what many runs of a scenario counted. */
import type { Run } from "./one_run.ts";
import { type Figures, type Outcome, type Percentiles, percentiles } from "./report.ts";
import { Samples } from "./samples.ts";
import type { Scenario } from "./scenario.ts";
import type { Track } from "./tally.ts";

/** Figures of the real engine. Shares are from 0 to 1, times in s. */
export interface GossipFigures extends Figures {
  /** Messages that were measured. */
  readonly messages: number;
  /** Share of messages and nodes in which the message arrived while it was followed, nodes that were away aside. */
  readonly delivered: number;
  /** Time until a share of the nodes had a message, mean over messages that came so far. */
  readonly spread: {
    /** Half of them. */
    readonly t50: number | undefined;
    /** 90%. */
    readonly t90: number | undefined;
    /** 99%. */
    readonly t99: number | undefined;
  };
  /** Time until all had it, of the messages that came so far. */
  readonly toAll: {
    /** Their share. */
    readonly share: number;
    /** Half of them. */
    readonly p50: number | undefined;
    /** 95%. */
    readonly p95: number | undefined;
  };
  /** How often a message's id was offered, per node and message. */
  readonly offers: number;
  /** Share of offered ids that the peer knew already. */
  readonly wastedOffers: number;
  /** Share of bodies that reached a node that had it, or was on a stem. */
  readonly duplicates: number;
  /** Of messages in a network with spies. */
  readonly firstSpy?: {
    /** Share of messages whose author is who let a spy know first. */
    readonly precision: number;
  };
  /** In a network in which nodes come and go: from coming back to getting what was posted meanwhile. */
  readonly returning?: Percentiles;
  /** How often an honest node dialled the address that liars name, per node and hour. */
  readonly victimDials?: number;
}

/** Sums over messages, and over runs. */
interface Sums {
  messages: number;
  residue: number;
  offers: number;
  bodies: number;
  stores: number;
  /** Pairs of message and node, the author aside. */
  possible: number;
  /** Of them those whose node was there all the time. */
  present: number;
  /** Of them those in which the message came in time. */
  inTime: number;
  /** Messages that came to all. */
  complete: number;
  /** Messages whose author let a spy know first. */
  named: number;
  answered: number;
  known: number;
  victimDials: number;
  nodeHours: number;
}

/** Adds runs up. */
export class Summary {
  readonly #scenario: Scenario;
  readonly #arrivals = new Samples();
  readonly #returning = new Samples();
  readonly #lasts = new Samples();
  readonly #toAll = new Samples();
  readonly #spread = [0.5, 0.9, 0.99].map((share) => ({ share, times: new Samples() }));
  readonly #sums: Sums = {
    messages: 0,
    residue: 0,
    offers: 0,
    bodies: 0,
    stores: 0,
    possible: 0,
    present: 0,
    inTime: 0,
    complete: 0,
    named: 0,
    answered: 0,
    known: 0,
    victimDials: 0,
    nodeHours: 0,
  };
  #runs = 0;

  /** Starts without any. */
  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  /** Adds a run. */
  add({ tally, cast, lengthS }: Run): void {
    const honest = cast.roles.filter((role) => role === "honest").length;
    const sums = this.#sums;
    this.#runs++;
    for (const track of tally.tracks.values()) this.#addMessage(track, honest);
    for (const time of tally.returning.sorted()) this.#returning.add(time);
    sums.answered += tally.answered;
    sums.known += tally.known;
    sums.victimDials += tally.victimDials;
    sums.nodeHours += honest * lengthS / 3600;
  }

  /** What came out; `undefined` without a run. */
  outcome(): Outcome<GossipFigures> | undefined {
    if (this.#runs === 0) return undefined;
    return {
      runs: this.#runs,
      figures: this.#figures(),
      arrivals: this.#arrivals,
      possible: this.#sums.possible,
    };
  }

  #addMessage(track: Track, honest: number): void {
    const { arrivals, reached, away } = track;
    const sums = this.#sums;
    sums.messages++;
    sums.residue += 1 - reached / honest;
    sums.offers += track.offers;
    sums.bodies += track.bodies;
    sums.stores += track.stores;
    sums.possible += honest - 1;
    sums.present += arrivals.length + honest - reached - away;
    if (track.firstSeen === track.posted.author) sums.named++;
    for (const time of arrivals) {
      this.#arrivals.add(time);
      if (time <= this.#scenario.followS) sums.inTime++;
    }
    const last = arrivals.at(-1);
    if (last !== undefined) this.#lasts.add(last);
    for (const { share, times } of this.#spread) {
      // The author is the first of them.
      const time = arrivals[Math.ceil(share * honest) - 2];
      if (time !== undefined) times.add(time);
    }
    if (reached === honest) {
      sums.complete++;
      if (last !== undefined) this.#toAll.add(last);
    }
  }

  #figures(): GossipFigures {
    const sums = this.#sums;
    const { nodes, spies, offline, hostile, hostility } = this.#scenario;
    const [t50, t90, t99] = this.#spread.map(({ times }) => times.mean);
    return {
      messages: sums.messages,
      residue: ratio(sums.residue, sums.messages),
      traffic: ratio(sums.bodies, sums.messages * nodes),
      tAverage: this.#arrivals.mean,
      tLast: this.#lasts.mean,
      latency: percentiles(this.#arrivals),
      delivered: ratio(sums.inTime, sums.present),
      spread: { t50, t90, t99 },
      toAll: {
        share: ratio(sums.complete, sums.messages),
        p50: this.#toAll.quantile(0.5),
        p95: this.#toAll.quantile(0.95),
      },
      offers: ratio(sums.offers, sums.messages * nodes),
      wastedOffers: ratio(sums.known, sums.answered),
      duplicates: ratio(sums.bodies - sums.stores, sums.bodies),
      ...(spies > 0 && { firstSpy: { precision: ratio(sums.named, sums.messages) } }),
      ...(offline > 0 && { returning: percentiles(this.#returning) }),
      ...(hostile > 0 && hostility === "addresses" &&
        { victimDials: ratio(sums.victimDials, sums.nodeHours) }),
    };
  }
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
