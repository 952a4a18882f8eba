import assert from "node:assert/strict";
import { faultOf, placeOf } from "../../src/node/fault.ts";
import { type Facts, type Log, LOG_LEVELS, SILENT, type Wording } from "../../src/node/log.ts";
import { openLog } from "../../src/node/log_tape.ts";
import { sayWarnings } from "../../src/node/machine_warnings.ts";
import { swapWarning } from "../../src/keystore/swap.ts";
import { UserError } from "../../src/node/user_error.ts";
import { StoreError } from "../../src/store/mod.ts";

/** Whether the type checker refuses it: `deno check` fails on a wrong answer. */
type Refused<T> = [T] extends [never] ? true : false;

Deno.test("above debug the types take no string that isn't in the source", () => {
  const whole: Refused<Wording<"Making room failed">> = false;
  const open: Refused<Wording<string>> = true;
  const filled: Refused<Wording<`dial ${string}`>> = true;
  const number: Refused<Facts<{ count: number }>["count"]> = false;
  const word: Refused<Facts<{ kind: "start" | "stop" }>["kind"]> = false;
  const text: Refused<Facts<{ address: string }>["address"]> = true;
  const list: Refused<Facts<{ ids: readonly string[] }>["ids"]> = true;
  const box: Refused<Facts<{ peer: { address: string } }>["peer"]> = true;
  const error: Refused<Facts<{ error: Error }>["error"]> = true;
  assert.deepEqual([whole, open, filled, number, word, text, list, box, error], [
    ...[false, true, true, false, false, true, true, true, true],
  ]);
});

/** Says one thing at each level. */
function sayAll(log: Log): void {
  log.error("E", { count: 1 });
  log.warn("W");
  log.info("I", { kind: "start", isLast: true });
  log.debug("D", { address: "192.0.2.1:1" });
}

Deno.test("a level lets through itself and what is graver", () => {
  for (const [i, level] of LOG_LEVELS.entries()) {
    const lines: string[] = [];
    sayAll(openLog({ level, write: (line) => lines.push(line) }));
    assert.equal(lines.length, i, level);
  }
  sayAll(SILENT);
});

Deno.test("text has time to the second, level, part and facts; the journal gets priorities in place of two", () => {
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);
  sayAll(openLog({ level: "debug", write }).of("store"));
  const time = String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ `;
  const wanted = [
    "error store: E count=1$",
    "warn store: W$",
    'info store: I kind="start" isLast=true$',
    'debug store: D address="192.0.2.1:1"$',
  ];
  assert.equal(lines.length, wanted.length);
  for (const [i, line] of lines.entries()) assert.match(line, new RegExp(time + wanted[i]));

  lines.length = 0;
  sayAll(openLog({ level: "info", journal: true, write }));
  assert.deepEqual(lines, [
    "<3>node: E count=1",
    "<4>node: W",
    '<6>node: I kind="start" isLast=true',
  ]);
});

Deno.test("JSON has one object a line with five fields, in the journal too", () => {
  for (const journal of [false, true]) {
    const lines: string[] = [];
    const log = openLog({ level: "warn", format: "json", journal, write: (l) => lines.push(l) });
    log.of("gossip").warn("Said {so}", { count: 2 });
    const [line = "", ...more] = lines;
    assert.deepEqual(more, []);
    const { time, ...rest } = JSON.parse(line);
    assert.equal(new Date(time).toISOString().replace(".000Z", "Z"), time);
    assert.deepEqual(rest, {
      ...{ level: "warn", category: "gossamer.gossip", message: "Said {so}" },
      properties: { count: 2 },
    });
  }
});

Deno.test("an error leaves its kind and its place in the program, and all of it at debug only", () => {
  const secret = "10.1.2.3:4 /home/alice/x\n    at f (file:///home/alice/src/cli/post.ts:1:1)";
  const error = new TypeError(secret);
  const at: string[] = [];
  const all: string[] = [];
  for (const [level, lines] of [["error", at], ["debug", all]] as const) {
    const log = openLog({ level, write: (line) => lines.push(line) });
    log.failed("error", { what: "Sending failed", error });
  }
  assert.equal(at.length, 1);
  assert.match(at[0] ?? "", /node: Sending failed fault="TypeError"/);
  assert.doesNotMatch(at[0] ?? "", /alice|10\.1/);
  assert.equal(all.length, 2);
  assert.match(all[1] ?? "", /10\.1\.2\.3.*alice/);
});

Deno.test("faults are words of a closed list, places are files of this program", () => {
  const named = (name: string, code?: unknown): Error =>
    Object.assign(new Error("x"), { name, ...(code === undefined ? {} : { code }) });
  const cases: readonly [unknown, string][] = [
    [new StoreError("full", "The disk /home/alice is full"), "StoreError:full"],
    [new UserError("noNode", "x"), "UserError:noNode"],
    [new Deno.errors.NotFound("x"), "NotFound"],
    [named("NotFound", "ENOENT"), "NotFound:ENOENT"],
    [named("Error", "alice@203.0.113.9"), "Error"],
    [named("StoreError", "g1alice 203.0.113.9"), "StoreError"],
    [named("alice"), "other"],
    ["alice", "other"],
    [undefined, "other"],
  ];
  for (const [error, word] of cases) assert.equal(faultOf(error), word);
  const stacked = (stack: string): Error => Object.assign(new Error("x"), { stack });
  assert.equal(
    placeOf(stacked("Error: x\n    at g (file:///home/al/src/gossamer/src/gossip/engine.ts:12:3)")),
    "gossip/engine.ts:12",
  );
  assert.equal(
    placeOf(
      stacked("Error: x\n    at g (file:///home/al/src/gossamer/src/web/views/health.tsx:2:3)"),
    ),
    "web/views/health.tsx:2",
  );
  assert.equal(
    placeOf(stacked("Error: /src/alice.ts:1:1\n    at f (ext:deno/x.js:1:1)")),
    undefined,
  );
  assert.equal(placeOf("x"), undefined);
});

Deno.test("what a peer wrote plays no tricks at debug", () => {
  for (const format of ["text", "json"] as const) {
    const lines: string[] = [];
    const log = openLog({ level: "debug", format, write: (line) => lines.push(line) });
    log.debug("D", { reason: "\x1b[2J\u009b1m\u202eabc\n<0>forged" });
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? "", /^[\x20-\x7e]+$/);
  }
});

Deno.test("of a swap file the log doesn't say where it lies", () => {
  const lines: string[] = [];
  const log = openLog({ level: "warn", write: (line) => lines.push(line) });
  sayWarnings(log, [swapWarning(["/home/alice/a (b)/swap", "/dev/sda2"]) ?? "", "x (ulimit -l)."]);
  assert.equal(lines.length, 2);
  assert.match(lines[0] ?? "", /Swap is on and not known to be encrypted\. Keys/);
  assert.match(lines[1] ?? "", /x \(ulimit -l\)\./);
});
