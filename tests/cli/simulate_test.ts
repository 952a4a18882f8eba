/** `simulate` on the command line: what it prints, what it refuses, how it is called off. */
import assert from "node:assert/strict";
import { runIn } from "./fakes.ts";

const SMALL = ["simulate", "--nodes", "40", "--runs", "2", "--seed", "7"];
const stopped = AbortSignal.abort();

Deno.test("simulate prints the same bytes for the same seed, and opens nothing", async () => {
  const arguments_ = [...SMALL, "--json", "--svg", "plot.svg"];
  const [first, second] = [await runIn({}, ...arguments_), await runIn({}, ...arguments_)];
  assert.equal(first.code, 0, first.stderr);
  assert.equal(first.stdout, second.stdout);
  assert.deepEqual(first.written, second.written);
  assert.deepEqual(first.places, []);
  const other = await runIn({}, ...arguments_, "--seed", "8");
  assert.notEqual(other.stdout, first.stdout);
});

Deno.test("simulate --json has what the contract names, and what is particular", async () => {
  const { stdout } = await runIn({}, ...SMALL, "--json", "--spies", "10%");
  const result = JSON.parse(stdout);
  for (const key of ["residue", "traffic", "tAverage", "tLast", "offers", "wastedOffers"]) {
    assert.equal(typeof result[key], "number", key);
  }
  for (const key of ["p50", "p90", "p99", "p999"]) {
    assert.equal(typeof result.latency[key], "number", key);
  }
  assert.equal(typeof result.firstSpy.precision, "number");
  assert.deepEqual([result.nodes, result.runs, result.unit], [40, 2, "seconds"]);
});

Deno.test("simulate in words, with a rule that counts cycles", async () => {
  const { code, stdout } = await runIn({}, ...SMALL, "--rule", "demers-push", "--counter", "2");
  assert.equal(code, 0);
  assert.match(stdout, /^demers-push, 40 nodes, 2 runs, seed 7\n {2}residue /);
  assert.match(stdout, /cycles until the last one has/);
});

Deno.test("simulate draws a plot that is SVG and has both charts", async () => {
  const { written, stderr } = await runIn({}, ...SMALL, "--svg", "plot.svg");
  const svg = new TextDecoder().decode(written["plot.svg"]);
  assert.match(svg, /^<svg [^]*<\/svg>\n$/, stderr);
  assert.match(svg, /Share of nodes without the message/);
  assert.match(svg, /Time to arrival/);
});

Deno.test("simulate --svg overwrites nothing, and says so before it computes", async () => {
  const world = { files: { "plot.svg": "mine" } };
  const { code, stdout, stderr } = await runIn(world, ...SMALL, "--svg", "plot.svg");
  assert.equal(code, 1);
  assert.equal(stdout, "");
  assert.match(stderr, /plot\.svg is there already/);
});

Deno.test("simulate refuses numbers out of range, and options that don't go together", async () => {
  for (
    const [wrong, says] of [
      [["--nodes", "1"], /from 2 to 10000/],
      [["--nodes", "10001"], /from 2 to 10000/],
      [["--nat", "0.91"], /from 0 to 0\.9/],
      [["--loss", "91%"], /from 0 to 0\.9/],
      [["--rate", "0"], /from 0\.001 to 100/],
      [["--refinements", "limits,speed"], /none, or some of limits/],
      [["--partition", "60-60"], /like 60-180/],
      [["--rule", "demers-pull", "--nat", "0.1"], /--nat goes with --rule gossamer/],
      [["--rule", "demers-pull", "--no-stem"], /--no-stem goes with --rule gossamer/],
      [["--counter", "2"], /--counter goes with --rule demers/],
      [["--duration", "5"], /--duration goes with --rate/],
      [["--hostile-kind", "known"], /--hostile-kind goes with --hostile/],
      [["--spies", "0.9", "--hostile", "0.1"], /fewer than two nodes/],
      [["--nodes", "10000", "--runs", "10000"], /more than can be kept in memory/],
    ] as const
  ) {
    const { code, stderr, stdout } = await runIn({}, "simulate", ...wrong);
    assert.equal(code, 2, wrong.join(" "));
    assert.match(stderr, says);
    assert.equal(stdout, "");
  }
});

Deno.test("Ctrl-C: the means of what is finished, or exit 1 when nothing is", async () => {
  const some = await runIn({ interrupt: stopped }, ...SMALL, "--rule", "demers-push", "--json");
  assert.equal(some.code, 0);
  assert.equal(JSON.parse(some.stdout).runs, 1);
  assert.match(some.stderr, /Stopped after 1 of 2 runs/);

  const none = await runIn({ interrupt: stopped }, ...SMALL, "--json");
  assert.equal(none.code, 1);
  assert.match(none.stderr, /Stopped before a run was finished/);
});
