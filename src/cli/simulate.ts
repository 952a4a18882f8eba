/** `simulate`: the engine on a simulated network with a virtual clock. Needs no folder, no key, no network. */
import { Option } from "@commander-js/extra-typings";
import type { Context, Register } from "./context.ts";
import { share, wholeNumber } from "./option_values.ts";
import type { SimulateFlags } from "./simulate_settings.ts";
import { decimal, HOSTILITIES, period, refinements, RULES } from "./simulate_values.ts";

const HELP = `
Rules: gossamer is this program's own engine, on simulated links; demers-push and demers-pull are
rumour mongering with feedback and counters (Demers et al. 1987), in cycles.

With --rate messages come all the time, and those of --duration are measured; without it each run
has one. Shares are numbers from 0 to 0.9, or percentages. Ctrl-C ends it with the means of the runs
that are finished.

Examples:
  gossamer simulate --nodes 1000 --runs 20 --svg spread.svg
  gossamer simulate --rule demers-push --counter 2 --runs 300
  gossamer simulate --nodes 500 --rate 1 --nat 20% --json
  gossamer simulate --nodes 500 --rate 1 --duration 600 --spies 10% --no-stem`;

/** Adds `simulate`. */
export const registerSimulate: Register = (program, context) => {
  program.command("simulate")
    .description("run the same engine on a simulated network, and show how messages spread")
    .option("--nodes <n>", "nodes, 2 to 10000", wholeNumber(2, 10_000), 1_000)
    .addOption(
      new Option("--rule <rule>", "how messages spread").choices(RULES).default("gossamer"),
    )
    .option(
      "--counter <k>",
      "useless contacts after which a node stops (Demers)",
      wholeNumber(1, 20),
    )
    .option("--runs <n>", "repetitions, each with its own chance", wholeNumber(1, 10_000), 10)
    .option("--seed <n>", "same seed, same output", wholeNumber(0, 999_999_999), 1)
    .option("--rate <n>", "messages a second in the whole network", decimal(0.001, 100))
    .option(
      "--duration <s>",
      "for how long messages are measured (default: 120)",
      wholeNumber(1, 86_400),
    )
    .option("--follow <s>", "how long a message is followed (default: 600)", wholeNumber(1, 86_400))
    .option("--warm-up <s>", "time before the first message (default: 90)", wholeNumber(60, 3_600))
    .option(
      "--refinements <list>",
      "of limits,ride,hold,delivered, or none (default: all)",
      refinements,
    )
    .option("--freshness <f>", "full freshness (default: 6)", wholeNumber(1, 12))
    .option("--no-stem", "spread own messages at once instead of over a stem")
    .option("--no-sync", "don't reconcile: what gossip misses is missed")
    .option("--delay <ms>", "median time of a link, one way (default: 50)", decimal(0, 10_000))
    .option("--delay-spread <x>", "standard deviation of its logarithm (default: 0)", decimal(0, 3))
    .option("--loss <share>", "packets lost and sent again", share)
    .option("--nat <share>", "nodes that can't be dialled", share)
    .option("--offline <share>", "nodes that are off at any time", share)
    .option(
      "--session <s>",
      "mean time for which a node is on (default: 3600)",
      wholeNumber(60, 864_000),
    )
    .option("--partition <from-to>", "split the network in halves, seconds after warm-up", period)
    .option(
      "--view <n>",
      "nodes that each one knows at first (default: all)",
      wholeNumber(1, 1_000),
    )
    .option("--hostile <share>", "nodes that don't keep to the protocol", share)
    .addOption(
      new Option(
        "--hostile-kind <kind>",
        "send nothing that they offer, claim to know everything, or lie about addresses",
      )
        .choices(HOSTILITIES),
    )
    .option("--spies <share>", "nodes that note who told them first", share)
    .option("--polls <n>", "how often a second a spy asks (default: 4)", decimal(0, 4))
    .option("--svg <file>", "write a plot into a new file")
    .addHelpText("after", HELP)
    .action((flags) => simulate(context(), flags));
};

/** What it runs is loaded now: no other command needs it. */
async function simulate(context: Context, flags: SimulateFlags): Promise<void> {
  const { runSimulation } = await import("./simulate_run.ts");
  await runSimulation(context, flags);
}
