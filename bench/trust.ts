/**
 * Trust over a large graph: 100,000 identities, 1,000,000 statements, of which one in twenty is a
 * withdrawal; most about few, as among people. Times in milliseconds, memory in MB.
 */
import process from "node:process";
import { TrustGraph, type TrustStatement } from "../src/trust/mod.ts";
import { type IdentityKey, identityKey } from "../src/wire/ids.ts";
import { labelsOf, MAIN_NETWORK } from "../src/wire/labels.ts";
import { STATEMENT_TYPES } from "../src/wire/statement.ts";
import { unixSeconds } from "../src/wire/time.ts";

const IDENTITIES = 100_000;
const STATEMENTS = 1_000_000;
const CHANGES = 200;
const OWN = 3;
/** So many that trust reaches most of all, which is the most work. */
const FRIENDS = 2_000;
const BLOCKS = 5_000;
/** As `Social` does. */
const EDGES_AT_ONCE = 1_000;
const SLICE_MS = 2;

let state = 0x9e37_79b9;
/** xorshift32: the same graph each time. */
function random(): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) / 2 ** 32;
}

function makePerson(number: number): IdentityKey {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < 32; at += 4) view.setUint32(at, Math.imul(number + 1, 0x85eb_ca6b + at));
  view.setUint32(0, number);
  return identityKey(bytes);
}

const people = Array.from({ length: IDENTITIES }, (_, number) => makePerson(number));

function person(number: number): IdentityKey {
  const key = people[number];
  if (key === undefined) throw new RangeError(`No person ${number}`);
  return key;
}

const anybody = (): number => Math.floor(random() * IDENTITIES);
/** Some are known to many: the square puts a third of all statements on a tenth of the people. */
const somebody = (): number => Math.floor(random() ** 2 * IDENTITIES);

function statement(type: 0 | 1 | 2, issued: number): TrustStatement {
  const issuer = person(anybody());
  const subject = type === STATEMENT_TYPES.revoke ? issuer : person(somebody());
  return { type, issuer, subject, issued: unixSeconds(issued) };
}

function milliseconds(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** Ranked times. */
interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

function spread(times: readonly number[]): Spread {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => round(sorted[Math.floor(share * (times.length - 1))] ?? 0);
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** What one takes in one go at most, and until all questions are answered. */
function work(change: () => void): { readonly longest: number; readonly all: number } {
  let longest = milliseconds(change);
  let all = longest;
  for (let isDone = false; !isDone;) {
    const slice = milliseconds(() => {
      const from = performance.now();
      do isDone = graph.settle(EDGES_AT_ONCE); while (
        !isDone && performance.now() - from < SLICE_MS
      );
    });
    longest = Math.max(longest, slice);
    all += slice;
  }
  return { longest, all };
}

/** Each change by itself. */
function changes(change: () => void): { readonly longest: Spread; readonly all: Spread } {
  const worked = Array.from({ length: CHANGES }, () => work(change));
  return {
    longest: spread(worked.map(({ longest }) => longest)),
    all: spread(worked.map(({ all }) => all)),
  };
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

const graph = new TrustGraph({ labels: labelsOf(MAIN_NETWORK) });
const feed = milliseconds(() => {
  for (let i = 0; i < STATEMENTS; i++) graph.feed(statement(i % 20 === 0 ? 1 : 0, i));
});
const own = Array.from({ length: OWN }, (_, i) => person(i));
for (const [i, key] of own.entries()) {
  for (let j = 0; j < FRIENDS; j++) {
    const subject = person(OWN + i * FRIENDS + j);
    graph.feed({ type: 0, issuer: key, subject, issued: unixSeconds(STATEMENTS) });
  }
}
const verified = work(() => graph.setOwn(own));
const blocked = work(() =>
  graph.setBlocks(Array.from({ length: BLOCKS }, () => person(anybody())))
);
const counted = { verified: 0, blocked: 0 };
for (let i = 0; i < IDENTITIES; i++) {
  const key = person(i);
  if (graph.isVerified(key)) counted.verified++;
  if (graph.isBlocked(key)) counted.blocked++;
}

let now = STATEMENTS + 1;
const add = changes(() => graph.feed(statement(0, now++)));
const verifiers = Array.from({ length: CHANGES }, () => {
  for (;;) {
    const subject = person(somebody());
    const by = graph.verifiedBy(subject);
    const issuer = by[Math.floor(random() * by.length)];
    if (issuer !== undefined) return { issuer, subject };
  }
});
let next = 0;
const withdraw = changes(() => {
  const pair = verifiers[next++];
  if (pair !== undefined) graph.feed({ type: 1, ...pair, issued: unixSeconds(now++) });
});
// Friends of one's own, on whom all rests.
next = 0;
const ownWithdraw = changes(() => {
  const issuer = own[Math.floor(next / FRIENDS)] ?? person(0);
  const subject = person(OWN + next++);
  graph.feed({ type: 1, issuer, subject, issued: unixSeconds(now++) });
});
next = 0;
const ownVerify = changes(() => {
  const issuer = own[Math.floor(next / FRIENDS)] ?? person(0);
  const subject = person(OWN + next++);
  graph.feed({ type: 0, issuer, subject, issued: unixSeconds(now++) });
});
const revoke = changes(() => graph.feed(statement(2, now++)));

const report = {
  ...graph.size,
  statements: STATEMENTS,
  ...counted,
  feedMs: Math.round(feed),
  full: {
    verifiedMs: round(verified.all),
    blockedMs: round(blocked.all),
    longestMs: round(Math.max(verified.longest, blocked.longest)),
  },
  addMs: add,
  withdrawMs: withdraw,
  ownWithdrawMs: ownWithdraw,
  ownVerifyMs: ownVerify,
  revokeMs: revoke,
  rssMB: Math.round(Deno.memoryUsage().rss / 1e6),
  peakMB: Math.round(process.resourceUsage().maxRSS / 1_000),
};
await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(report, undefined, 2)}\n`));
