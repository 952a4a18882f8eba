/** `doctor`: every state of every check, in words that people without our knowledge can act on. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { checks } from "../../src/cli/doctor_checks.ts";
import type { Check, CheckState, Findings, NodeFindings } from "../../src/cli/doctor_findings.ts";
import { renderDoctor } from "../../src/cli/render_doctor.ts";
import type { DiagnosisView, OwnAddressView, PeerView, StatusView } from "../../src/node/api.ts";
import { UserError } from "../../src/node/user_error.ts";
import type { NodeAddress } from "../../src/wire/address.ts";
import { PROTECTION, runIn, statusView, surroundings } from "./fakes.ts";

const RUNNING: NodeFindings = {
  beacons: {
    ...{ state: "on", why: null, networks: 1, sent: 9, refused: 0, error: null },
    ...{ echoed: 9, heard: 4, found: 1 },
  },
  mdns: { state: "on", why: null, networks: 1, echoed: 3, heard: 5, found: 1 },
  router: { state: "on", networks: 1, searched: true, tried: [] },
  dials: {
    tried: 7,
    failed: { refused: 0, timeout: 0, unreachable: 0, proxy: 0, other: 0 },
    ...{ proxyAnswered: null, proxyError: null, lastDialled: 12, lastCameIn: null },
    handshakes: { refused: 0, hungUp: 0 },
  },
  own: [],
  nodes: { known: 5, candidates: 2 },
  rules: { peers: 3, differing: 0 },
  protection: PROTECTION,
};

const CLOCK: DiagnosisView["clock"] = { standing: "agreed", groups: 6, ahead: 2 };

interface Case {
  readonly status?: Partial<StatusView>;
  readonly node?: Partial<NodeFindings>;
  readonly dials?: Partial<NodeFindings["dials"]>;
  readonly diagnosis?: Partial<DiagnosisView>;
  readonly findings?: Partial<Findings>;
}

function findings(given: Case = {}): Findings {
  const { dials = {}, node = {} } = given;
  const said = { ...RUNNING, dials: { ...RUNNING.dials, ...dials }, ...node };
  const diagnosis = {
    ...{ version: "0.1.0", node: said, clock: CLOCK, diskFull: false, damaged: 0 },
    ...given.diagnosis,
  };
  return {
    status: statusView({ permissions: { read: "denied", net: "granted" }, ...given.status }),
    ...{ trouble: null, diagnosis, node: diagnosis.node, peers: [], keyStore: true },
    ...{ around: surroundings({}), protection: PROTECTION, os: "linux", version: "0.1.0" },
    port: 14677,
    ...given.findings,
  };
}

const STOPPED: Partial<Findings> = {
  status: statusView({
    ...{ running: false, closed: null, port: null, reachability: null, permissions: null },
    storage: { ...statusView({}).storage, cap: null, days: null },
  }),
  node: null,
  diagnosis: {
    ...{ version: "0.1.0", node: null, diskFull: false, damaged: 0 },
    clock: { standing: "own", groups: 0, ahead: 0 },
  },
};

const NOTHING: Partial<Findings> = { status: null, diagnosis: null, node: null };

function at(
  own: Partial<Omit<OwnAddressView, "address">> & { readonly address: string },
): OwnAddressView {
  const { address, ...rest } = own;
  return {
    ...{ address: address as NodeAddress, source: "interface", reachable: null, used: true },
    ...{ why: "", ...rest },
  };
}

const { mapping: _mapping, ...PLAIN } = statusView({});
const UPNP = { by: "upnp", router: "192.168.1.1" } as const;
const ONION = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion:1";
const PEER: PeerView = {
  ...{ address: ONION, freshness: 6, lastSeen: 5, found: "gossip", ways: ["gossip"] },
  lastHour: { messages: 0, bytes: 0 },
};
const refusal = (answered: boolean, by: "upnp" | "nat-pmp" = "upnp"): Partial<NodeFindings> => ({
  router: {
    ...RUNNING.router,
    tried: [{ by, router: "192.168.1.1", answered, why: "The router refuses, with error 718" }],
  },
});
const beacons = (given: Partial<NodeFindings["beacons"]>): Case => ({
  node: { beacons: { ...RUNNING.beacons, ...given } },
});
const mdns = (given: Partial<NodeFindings["mdns"]>): Case => ({
  node: { mdns: { ...RUNNING.mdns, found: 0, heard: 0, echoed: 0, ...given } },
});
const clock = (given: Partial<DiagnosisView["clock"]>): Case => ({
  diagnosis: { clock: { ...CLOCK, ...given } },
});
const disk = (free: number, fileSystem: string | null = "ext4"): Case => ({
  findings: { around: surroundings({ disk: { size: 1e12, free, fileSystem } }) },
});
const PROXY = { proxy: "127.0.0.1:9050" };
const met = (known: number): Case => ({ node: { nodes: { known, candidates: 1 } } });
const DHT = { on: true, nodes: 20, announced: 5, lastLookup: 6, found: 1 };
const alone = { lastDialled: null, lastCameIn: null };

/** id, state, words of the sentence, what was found. */
const CASES: readonly (readonly [string, CheckState, RegExp, Case])[] = [
  ["node", "ok", /runs here, on port 14677/, {}],
  ["node", "problem", /No node is running/, { findings: STOPPED }],
  ["node", "problem", /No node is running/, { findings: NOTHING }],
  ["version", "ok", /This is Gossamer 0\.1\.0/, {}],
  ["version", "warning", /0\.2\.0, and this command 0\.1\.0/, { diagnosis: { version: "0.2.0" } }],
  ["version", "warning", /older than this command/, { findings: { diagnosis: null, node: null } }],
  ["folder", "ok", /Only you/, {}],
  ["folder", "ok", /no data folder yet/, {
    findings: { ...NOTHING, around: surroundings({ folder: { kind: "missing" } }) },
  }],
  ["folder", "ok", /wasn't used yet/, {
    findings: { around: surroundings({ folder: { kind: "there", used: false, open: [] } }) },
  }],
  ["folder", "problem", /something else/, {
    findings: { around: surroundings({ folder: { kind: "no-folder" } }) },
  }],
  ["folder", "problem", /may not look/, {
    findings: { around: surroundings({ folder: { kind: "forbidden" } }) },
  }],
  ["folder", "problem", /get at the data folder, keys\./, {
    findings: {
      around: surroundings({ folder: { kind: "there", used: true, open: [".", "keys"] } }),
    },
  }],
  ["folder", "problem", /can't be used: It is newer/, {
    findings: { ...NOTHING, trouble: "It is newer." },
  }],
  ["folder", "unknown", /isn't known to this program/, { findings: { os: "windows" } }],
  ["disk", "ok", /500 GB of 1\.0 TB are free \(ext4\)/, {}],
  ["disk", "ok", /are free\.$/, disk(5e11, null)],
  ["disk", "ok", /are free/, disk(1e9)],
  ["disk", "warning", /little room/, disk(1e9 - 1)],
  ["disk", "warning", /little room/, disk(1e8)],
  ["disk", "problem", /nearly full/, disk(1e8 - 1)],
  ["disk", "warning", /switched off \(tmpfs\)/, disk(5e11, "tmpfs")],
  ["disk", "problem", /The disk is full/, { diagnosis: { diskFull: true } }],
  ["disk", "unknown", /can't be told/, { findings: { around: surroundings({ disk: null }) } }],
  ["storage", "warning", /holds 12 days of messages/, {}],
  ["storage", "ok", /at most/, { status: { storage: { ...PLAIN.storage, days: 30 } } }],
  ["storage", "ok", /are stored\.$/, { findings: STOPPED }],
  ["storage", "problem", /2 stored messages can't be read/, { diagnosis: { damaged: 2 } }],
  ["storage", "unknown", /Nothing is stored here yet/, { findings: NOTHING }],
  ["port", "ok", /listens on port 14677/, {}],
  ["port", "ok", /is free/, { findings: STOPPED }],
  ["port", "warning", /Another program has port 14677/, {
    findings: { ...STOPPED, around: surroundings({ port: "taken" }) },
  }],
  ["port", "problem", /lets no program/, {
    findings: { ...STOPPED, around: surroundings({ port: "forbidden" }) },
  }],
  ["port", "unknown", /wasn't looked at/, {
    findings: { ...STOPPED, around: surroundings({ port: null }) },
  }],
  ["memory", "ok", /of the node are kept off/, {}],
  ["memory", "ok", /of this program are kept off/, { findings: STOPPED }],
  ["memory", "warning", /can't be asked/, {
    node: { protection: { ...PROTECTION, native: false } },
  }],
  ["memory", "warning", /too little locked/, {
    node: { protection: { ...PROTECTION, locked: false } },
  }],
  ["memory", "warning", /crashes/, { node: { protection: { ...PROTECTION, noDumps: false } } }],
  ["swap", "ok", /encrypted or in memory/, {}],
  ["swap", "warning", /not known to be encrypted \(\/dev\/sda2\)/, {
    node: { protection: { ...PROTECTION, openSwap: ["/dev/sda2"] } },
  }],
  ["swap", "unknown", /macOS encrypts/, {
    node: { protection: null },
    findings: { os: "darwin", protection: { ...PROTECTION, openSwap: null } },
  }],
  ["permissions", "ok", /has given up/, {}],
  ["permissions", "warning", /more on this machine than it needs: read\.$/, {
    status: { permissions: { read: "granted", net: "granted", sys: "granted" } },
  }],
  ["permissions", "unknown", /is starting/, {
    status: { permissions: { read: "granted" }, uptime: 9 },
  }],
  ["permissions", "unknown", /when one runs/, { findings: STOPPED }],
  ["key-store", "ok", /is here/, {}],
  ["key-store", "off", /isn't here/, { findings: { keyStore: false } }],
  ["key-store", "off", /no key store/, { findings: { keyStore: null } }],
  ["broadcast", "ok", /4 announcements, 1 new node /, {}],
  ["broadcast", "ok", /hears itself, but no other node/, beacons({ heard: 0 })],
  ["broadcast", "problem", /not even itself/, beacons({ heard: 0, echoed: 0 })],
  ["broadcast", "warning", /doesn't leave it.*UDP port 14677/, beacons({ echoed: 0 })],
  ["broadcast", "problem", /refuses to send.*not permitted/, beacons({ error: "not permitted" })],
  ["broadcast", "warning", /on no network/, beacons({ networks: 0 })],
  [
    "broadcast",
    "problem",
    /by broadcast: port taken/,
    beacons({
      state: "failed",
      why: "port taken",
    }),
  ],
  ["broadcast", "off", /--no-lan/, beacons({ state: "off" })],
  ["broadcast", "off", /tell where you are/, {
    ...beacons({ state: "off" }),
    status: PROXY,
  }],
  ["broadcast", "off", /this machine alone/, beacons({ state: "alone" })],
  ["broadcast", "unknown", /just started/, {
    ...beacons({ sent: 0, heard: 0, echoed: 0 }),
    status: { uptime: 1 },
  }],
  ["broadcast", "unknown", /Only a running node/, { findings: STOPPED }],
  ["mdns", "ok", /2 nodes near came by mDNS/, mdns({ found: 2, heard: 2, echoed: 1 })],
  ["mdns", "ok", /no other node among them/, mdns({ heard: 1, echoed: 1 })],
  ["mdns", "warning", /doesn't leave it.*UDP port 5353/, mdns({ found: 1, heard: 1 })],
  ["mdns", "ok", /hears itself/, mdns({ echoed: 1 })],
  ["mdns", "problem", /blocks port 5353/, mdns({})],
  ["mdns", "unknown", /just been announced/, { ...mdns({}), status: { uptime: 9 } }],
  ["mdns", "problem", /by mDNS: port taken/, mdns({ networks: 0, why: "port taken" })],
  ["mdns", "warning", /not on every one: port taken/, mdns({ why: "port taken" })],
  ["mdns", "warning", /on no network/, mdns({ networks: 0 })],
  ["mdns", "off", /--no-mdns/, mdns({ state: "off" })],
  ["mdns", "unknown", /Only a running node/, { findings: STOPPED }],
  [
    "router",
    "ok",
    /granted 8\.8\.4\.1:14677, by UPnP; whether it lets others in there isn't known/,
    {
      status: { mapping: { ...UPNP, address: "8.8.4.1:14677" } },
    },
  ],
  ["router", "ok", /granted 8.8.4.1:14677.*came in there/, {
    status: { mapping: { ...UPNP, address: "8.8.4.1:14677" } },
    node: { own: [at({ address: "8.8.4.1:14677", source: "mapping", reachable: true })] },
  }],
  ["router", "warning", /granted 8.8.4.1:14677.*nobody gets through/, {
    status: { mapping: { ...UPNP, address: "8.8.4.1:14677" } },
    node: { own: [at({ address: "8.8.4.1:14677", source: "mapping", reachable: false })] },
  }],
  ["router", "warning", /another router/, { status: { mapping: { ...UPNP, address: null } } }],
  ["router", "warning", /answers, but lets nobody in: The router refuses/, {
    node: refusal(true),
  }],
  ["router", "warning", /gave no answer/, { node: refusal(false) }],
  ["router", "warning", /No router here/, { node: refusal(false, "nat-pmp") }],
  ["router", "unknown", /being looked for/, {
    node: { router: { ...RUNNING.router, searched: false } },
  }],
  ["router", "off", /no home network/, { node: { router: { ...RUNNING.router, networks: 0 } } }],
  ["router", "off", /--no-port-mapping/, { node: { router: { ...RUNNING.router, state: "off" } } }],
  ["router", "unknown", /Only a running node/, { findings: STOPPED }],
  ["reachable", "ok", /Others can begin.*came in by 8/, {
    status: { reachability: { reachable: true, why: "others came in by 8.8.4.1:1" } },
  }],
  ["reachable", "warning", /Nobody on the internet/, {
    status: { reachability: { reachable: false, why: "nobody came" } },
  }],
  ["reachable", "unknown", /isn't known.*within the hour by 10\.0\.0\.1:5/, {
    node: { own: [at({ address: "10.0.0.1:5", reachable: true })] },
  }],
  ["reachable", "off", /Nobody can begin/, { status: PROXY }],
  ["reachable", "unknown", /Only a running node/, { findings: STOPPED }],
  ["outbound", "ok", /was 12 s ago\.$/, {}],
  ["outbound", "ok", /was 10 min ago; of 7 calls 2 gave no answer, 1 had nobody listening/, {
    dials: { lastDialled: 600, failed: { ...RUNNING.dials.failed, timeout: 2, refused: 1 } },
  }],
  ["outbound", "warning", /no call of this node's own got through: of 7 calls 7 gave no answer/, {
    dials: { lastDialled: null, lastCameIn: 5, failed: { ...RUNNING.dials.failed, timeout: 7 } },
  }],
  ["outbound", "ok", /The last exchange/, {
    dials: { lastDialled: null, lastCameIn: 5, failed: { ...RUNNING.dials.failed, timeout: 6 } },
  }],
  ["outbound", "problem", /was 10 min ago/, { dials: { lastDialled: 601 } }],
  ["outbound", "problem", /met nobody since it started: of 7 calls 7 failed at the proxy/, {
    dials: { ...alone, failed: { ...RUNNING.dials.failed, proxy: 7 } },
  }],
  ["outbound", "problem", /knows no other node/, {
    node: { nodes: { known: 0, candidates: 0 }, dials: { ...RUNNING.dials, ...alone } },
  }],
  ["outbound", "unknown", /just started/, { dials: alone, status: { uptime: 59 } }],
  ["outbound", "unknown", /Only a running node/, { findings: STOPPED }],
  ["nodes", "ok", /5 other nodes are known, and 2 more were/, {}],
  ["nodes", "ok", /4 other nodes/, met(4)],
  ["nodes", "warning", /Only 3 other nodes are known, and 1 more was/, met(3)],
  ["nodes", "warning", /Only 1 other node is known/, met(1)],
  ["nodes", "warning", /No other node is known that answered/, met(0)],
  ["nodes", "unknown", /1 other node is known from before/, {
    findings: { ...STOPPED, peers: [PEER] },
  }],
  ["nodes", "unknown", /No other node is known yet/, { findings: STOPPED }],
  ["ipv6", "ok", /has an IPv6 address/, { findings: STOPPED }],
  ["ipv6", "ok", /listens at \[2a00::1\]:5; whether/, {
    node: { own: [at({ address: "[2a00::1]:5" })] },
  }],
  ["ipv6", "ok", /came in by IPv6/, {
    node: { own: [at({ address: "[2a00::1]:5", reachable: true })] },
  }],
  ["ipv6", "off", /doesn't listen there/, {}],
  ["ipv6", "off", /nobody needs one/, {
    findings: { around: surroundings({ networks: { ipv4: 1, ipv6: 0 } }) },
  }],
  ["proxy", "off", /No proxy is used/, {}],
  ["proxy", "ok", /last did its part 5 s ago/, { status: PROXY, dials: { proxyAnswered: 5 } }],
  ["proxy", "problem", /doesn't do its part: refused/, {
    status: PROXY,
    dials: { proxyAnswered: 5, proxyError: "refused" },
  }],
  ["proxy", "unknown", /wasn't needed yet/, { status: PROXY }],
  ["proxy", "unknown", /Only a running node/, { findings: STOPPED }],
  ["onion", "off", /there is no proxy/, {}],
  ["onion", "ok", /1 node with an onion address answered/, {
    status: PROXY,
    findings: { peers: [PEER] },
  }],
  ["onion", "ok", /came in by this node's onion/, {
    status: PROXY,
    node: { own: [at({ address: ONION, reachable: true })] },
  }],
  ["onion", "unknown", /Nobody has come in/, {
    status: PROXY,
    node: { own: [at({ address: ONION })] },
  }],
  ["onion", "unknown", /No node with an onion/, { status: PROXY }],
  ["dht", "off", /isn't used/, {}],
  ["dht", "problem", /could not be started/, { status: { dht: { ...DHT, on: false } } }],
  ["dht", "problem", /No machine of BitTorrent's DHT answers/, {
    status: { dht: { ...DHT, nodes: 0 } },
  }],
  ["dht", "unknown", /being entered/, {
    status: { dht: { ...DHT, nodes: 0, lastLookup: null }, uptime: 59 },
  }],
  ["dht", "ok", /20 machines of it are known, this node is announced.*named 1 node of/, {
    status: { dht: DHT },
  }],
  ["dht", "ok", /isn't announced there yet.*first search is under way/, {
    status: { dht: { ...DHT, announced: null, lastLookup: null } },
  }],
  ["dht", "unknown", /Only a running node/, { findings: STOPPED }],
  ["network", "ok", /is main, open to everybody/, {}],
  ["network", "ok", /with a key/, { status: { closed: true } }],
  ["network", "ok", /is main\.$/, { findings: STOPPED }],
  ["network", "warning", /3 connections since/, {
    dials: { handshakes: { refused: 1, hungUp: 2 } },
  }],
  ["network", "problem", /1 connection since/, {
    dials: { ...alone, handshakes: { refused: 1, hungUp: 0 } },
  }],
  ["network", "unknown", /Only a running node/, { findings: NOTHING }],
  ["clock", "ok", /6 other places confirm it \(2 s ahead of them\)/, {}],
  ["clock", "ok", /nobody else's was heard yet/, clock({ standing: "own", groups: 0, ahead: 0 })],
  ["clock", "ok", /fits what 1 other place said/, clock({ standing: "own", groups: 1 })],
  ["clock", "ok", /fits/, clock({ standing: "own", groups: 1, ahead: -900 })],
  ["clock", "warning", /901 s behind those/, clock({ standing: "own", groups: 1, ahead: -901 })],
  ["clock", "warning", /goes by theirs/, clock({ standing: "lent" })],
  ["clock", "warning", /goes by theirs/, clock({ standing: "given" })],
  ["clock", "problem", /gone by all the same/, clock({ standing: "disagrees", ahead: 7_000 })],
  ["clock", "problem", /before this program was made/, clock({ standing: "none" })],
  ["clock", "unknown", /wasn't compared/, { findings: NOTHING }],
  ["rules", "ok", /3 nodes met last go by the same/, {}],
  ["rules", "warning", /2 of the 3 nodes/, { node: { rules: { peers: 3, differing: 2 } } }],
  ["rules", "unknown", /whose rules could be compared/, {
    node: { rules: { peers: 0, differing: 0 } },
  }],
  ["rules", "unknown", /Only a running node/, { findings: STOPPED }],
];

function find(all: readonly Check[], id: string): Check {
  const [found, ...more] = all.filter((check) => check.id === id);
  ok(found !== undefined && more.length === 0, id);
  return found;
}

Deno.test("each check comes to each of its states", () => {
  for (const [id, state, words, given] of CASES) {
    const check = find(checks(findings(given)), id);
    equal(check.state, state, `${id}: ${check.what}`);
    match(check.what, words, id);
  }
});

Deno.test("every check that there is has a case, and each is there with and without a node", () => {
  const ids = checks(findings()).map(({ id }) => id);
  deepEqual(new Set(CASES.map(([id]) => id)), new Set(ids));
  for (const given of [STOPPED, NOTHING]) {
    deepEqual(checks(findings({ findings: given })).map(({ id }) => id), ids);
  }
});

Deno.test("what is wrong says what to do, what is right doesn't, and nothing is said in our jargon", () => {
  for (const [, , , given] of CASES) {
    for (const { id, state, what, do: todo } of checks(findings(given))) {
      equal(state === "ok" ? todo : null, null, id);
      if (state === "warning" || state === "problem") ok(todo !== null && todo.length > 0, id);
      for (const sentence of [what, todo ?? "Nothing."]) {
        ok(
          !/candidate|handshake|freshness|gossip|session|SSDP|undefined|NaN|null/i.test(
            // The command's own name is no jargon.
            sentence.replaceAll("gossamer", ""),
          ),
          sentence,
        );
        ok(!/!|fatal|severe|critical|danger/i.test(sentence), sentence);
        match(sentence, /^(?:[A-Z\d]|mDNS)/);
      }
    }
  }
});

Deno.test("doctor prints what to do, and ends with 0 where nothing is a problem", async () => {
  const world = (given: Case): Parameters<typeof runIn>[0] => {
    const { status, diagnosis, peers, around } = findings(given);
    return {
      answers: { status: () => status!, diagnosis: () => diagnosis!, peers: () => peers },
      surroundings: around,
      programs: () => undefined,
    };
  };
  const well = await runIn(
    world({ status: { storage: { ...PLAIN.storage, days: null } } }),
    "doctor",
  );
  equal(well.code, 0);
  match(well.stdout, /^ok +node +A node runs here/);
  match(well.stdout, /\noff +key store/);
  // No router lets anybody in.
  match(well.stdout, /\n0 problems, 1 warning\.\n$/);
  const ill = await runIn(world({ dials: { lastDialled: 9_000 } }), "doctor", "--json");
  equal(ill.code, 1);
  const { checks: all, ...rest } = JSON.parse(ill.stdout);
  deepEqual(rest, { running: true, problems: 1, warnings: 2 });
  deepEqual(Object.keys(all[0]), ["id", "state", "what", "do"]);
  equal(ill.stderr, "");
  const stopped = await runIn(world({ findings: STOPPED }), "doctor", "--json");
  deepEqual([stopped.code, JSON.parse(stopped.stdout).running], [4, false]);
});

Deno.test("doctor asks nobody in a folder that was never used, and names what keeps it out of one", async () => {
  const unused = await runIn({
    surroundings: surroundings({ folder: { kind: "there", used: false, open: [] } }),
  }, "doctor");
  deepEqual([unused.code, unused.calls, unused.places], [4, [], []]);
  const taken = new UserError("failed", "Another process is at work.");
  const kept = await runIn({ openBackend: () => Promise.reject(taken) }, "doctor");
  equal(kept.code, 1);
  match(kept.stdout, /PROBLEM +data folder +The data folder can't be used: Another process/);
  const old = await runIn({
    answers: {
      status: () => statusView({}),
      diagnosis: () => {
        throw new UserError("usage", "No such method");
      },
      peers: () => [],
    },
  }, "doctor");
  match(old.stdout, /WARNING +version +The running node is older/);
  const wrong = new UserError("usage", "It belongs to another network.");
  equal((await runIn({ openBackend: () => Promise.reject(wrong) }, "doctor")).code, 2);
});

Deno.test("renderDoctor wraps beside its titles and lets nothing play tricks on a terminal", () => {
  const long = { id: "port", state: "warning", what: "A b ".repeat(12) + "\x1b[2J", do: "Do it." };
  const text = renderDoctor([long as Check], { width: 50, color: false, localTime: String });
  ok(text.split("\n").every((line) => line.length <= 50), text);
  ok(!text.includes("\x1b"));
  match(text, /^WARNING {2}port +A b/);
  match(text, /\n {22}To do: Do it\.\n\n0 problems, 1 warning\.$/);
  match(renderDoctor([], { width: 50, color: false, localTime: String }), /Nothing is wrong/);
});
