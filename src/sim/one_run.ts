/** One run of a scenario: a network is made, warmed up, spoken in, and watched until it is quiet. */
import { type InitialAddress, type Rng, seededRng } from "../gossip/mod.ts";
import type { NodeAddress } from "../wire/address.ts";
import { Churn } from "./churn.ts";
import { Environment } from "./environment.ts";
import { type Cast, drawCast, traitsOf } from "./roles.ts";
import type { Scenario } from "./scenario.ts";
import { Tally } from "./tally.ts";
import { VirtualNetwork } from "./virtual_network.ts";
import type { VirtualNode } from "./virtual_node.ts";

/** The nodes start within this share of the warm-up. */
const START_SHARE = 1 / 3;
/** Messages are posted for so long before the first one that is measured, s. */
const LOAD_WARM_UP_S = 60;
/** At the end of a run in which nodes come and go all of them are on for so long, s. */
const SETTLE_S = 600;
/** Keeps the drawing of parts apart from all else that is drawn. */
const CAST_SEED = 0x5eed;

/** What a run left. */
export interface Run {
  /** What was counted. */
  readonly tally: Tally;
  /** Who was what. */
  readonly cast: Cast;
  /** Virtual time from the first message to the end, s. */
  readonly lengthS: number;
}

/** Runs a scenario once. Yields every virtual second, with the time in s; undefined if told to stop. */
export function* runOnce(
  scenario: Scenario,
  seed: number,
): Generator<number, Run | undefined, "stop" | undefined> {
  const cast = drawCast(scenario, seededRng(seed ^ CAST_SEED));
  const tally = new Tally(cast, scenario.config.fullFreshness);
  const stage = new Stage(scenario, { cast, tally, seed });
  let elapsedS = 0;
  for (const phase of stage.phases()) {
    for (let s = 0; s < phase.seconds && phase.over?.() !== true; s++) {
      stage.net.run(Math.min(1, phase.seconds - s) * 1000);
      if ((yield ++elapsedS) === "stop") return undefined;
    }
  }
  tally.finish(stage.net.nodes);
  return { tally, cast, lengthS: elapsedS - scenario.warmUpS };
}

/** A part of a run: so many seconds, or fewer. */
interface Phase {
  readonly seconds: number;
  readonly over?: () => boolean;
}

/** The network of one run, and whoever speaks in it. */
class Stage {
  readonly net: VirtualNetwork;
  readonly #scenario: Scenario;
  readonly #tally: Tally;
  readonly #honest: readonly VirtualNode[];
  #environment: Environment | undefined;

  constructor(scenario: Scenario, { cast, tally, seed }: {
    readonly cast: Cast;
    readonly tally: Tally;
    readonly seed: number;
  }) {
    const { nodes, config, view } = scenario;
    const viewRng = seededRng(seed ^ CAST_SEED ^ 1);
    this.#scenario = scenario;
    this.#tally = tally;
    this.net = new VirtualNetwork({
      seed,
      nodes,
      config,
      fullView: view === undefined,
      reconcile: scenario.sync,
      addresses: (index, all) => someOthers(index, { all, cast, view: view ?? 0, rng: viewRng }),
      conditions: (rng) => this.#environment = new Environment(scenario, rng),
      traits: (index) => traitsOf(cast, { scenario, index }),
      watch: tally,
    });
    this.#honest = this.net.nodes.filter(({ index }) => cast.roles[index] === "honest");
  }

  *phases(): Generator<Phase, void, void> {
    const { warmUpS, rate, followS, offline } = this.#scenario;
    const { net } = this;
    net.start(warmUpS * START_SHARE * 1000);
    yield { seconds: Math.ceil(warmUpS * START_SHARE) };
    const churn = new Churn(net, {
      scenario: this.#scenario,
      returned: (node) => this.#tally.returned(node, net.now),
    });
    if (offline > 0) churn.begin(this.#honest);
    yield { seconds: Math.floor(warmUpS * (1 - START_SHARE)) };
    this.#scheduleSplit();
    if (rate === undefined) yield* this.#one(followS);
    else yield* this.#many(rate);
    churn.end();
    if (offline > 0) yield { seconds: SETTLE_S };
  }

  /** One message, until nobody talks of it any more. */
  *#one(followS: number): Generator<Phase, void, void> {
    this.#tally.measuring = true;
    this.#post();
    this.#tally.measuring = false;
    yield { seconds: followS, over: () => this.#isOver() };
  }

  /** Many messages; those in the middle are measured, the load stays until they were followed. */
  *#many(rate: number): Generator<Phase, void, void> {
    const { durationS, followS } = this.#scenario;
    let posting = true;
    const next = (): void => {
      this.net.after(-Math.log(1 - this.net.rng.next()) * 1000 / rate, () => {
        if (!posting) return;
        this.#post();
        next();
      });
    };
    next();
    yield { seconds: LOAD_WARM_UP_S };
    this.#tally.measuring = true;
    yield { seconds: durationS };
    this.#tally.measuring = false;
    yield { seconds: followS };
    posting = false;
  }

  #post(): void {
    const up = this.#honest.filter((node) => node.up);
    const author = up[this.net.rng.below(Math.max(1, up.length))];
    if (author !== undefined) this.net.inject(author);
  }

  #isOver(): boolean {
    if (this.#scenario.offline > 0 || this.#environment?.split === true) return false;
    const { quiet, tracks } = this.#tally;
    if (!quiet || !this.#scenario.sync) return quiet;
    return [...tracks.values()].every(({ reached }) => reached === this.#honest.length);
  }

  #scheduleSplit(): void {
    const environment = this.#environment;
    const { partition } = this.#scenario;
    if (partition === undefined || environment === undefined) return;
    const [fromS, toS] = partition;
    this.net.after(fromS * 1000, () => environment.split = true);
    this.net.after(toS * 1000, () => environment.split = false);
  }
}

/** What a node of a partial view knows at the start. */
function someOthers(index: number, { all, cast, view, rng }: {
  readonly all: readonly NodeAddress[];
  readonly cast: Cast;
  readonly view: number;
  readonly rng: Rng;
}): InitialAddress[] {
  const seen = new Set<number>([index]);
  const others: InitialAddress[] = [];
  // A few draws too many, for those that can't be dialled.
  for (let draws = 0; draws < 4 * view && others.length < view; draws++) {
    const other = rng.below(all.length);
    if (seen.has(other) || cast.behindNat[other] === true) continue;
    seen.add(other);
    others.push({ address: all[other]!, freshness: 6, locator: false });
  }
  return others;
}
