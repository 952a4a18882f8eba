/** `doctor` on everything beyond the local network. Pure. */
import type { DialsView, OwnAddressView } from "../node/api.ts";
import {
  ago,
  type Check,
  count,
  type Findings,
  type Judgement,
  NO_NODE,
  off,
  ok,
  problem,
  unknown,
  warning,
} from "./doctor_findings.ts";

/** Seconds after which a node that could exchange should have: periods are 15 to 30 s. */
const LONG_WITHOUT = 600;
/** Seconds after a start in which nothing need have worked yet. */
const PATIENCE = 60;
/** Known nodes under which a node is easily cut off: docs/PROTOCOL.md section 6, "dialling candidates". */
const THIN = 4;
/** Seconds by which a clock may differ: docs/PROTOCOL.md section 3, "Clock belief". */
const CLOCK_OFF = 900;

const SET_CLOCK = "Set the clock of this machine, and have the system keep it right.";

/** Everything between this node and others. */
export function farChecks(findings: Findings): readonly Check[] {
  return [
    { id: "reachable", ...reachable(findings) },
    { id: "outbound", ...outbound(findings) },
    { id: "nodes", ...nodes(findings) },
    { id: "ipv6", ...ipv6(findings) },
    { id: "proxy", ...proxy(findings) },
    { id: "onion", ...onion(findings) },
    { id: "dht", ...dht(findings) },
    { id: "network", ...network(findings) },
    { id: "clock", ...clock(findings) },
    { id: "rules", ...rules(findings) },
  ];
}

function reachable({ status, node }: Findings): Judgement {
  if (status === null || status.reachability === null || node === null) return NO_NODE;
  const { reachable, why } = status.reachability;
  if (reachable === true) return ok(`Others can begin a connection to this node: ${why}.`);
  const near = provenNear(node.own);
  if (status.proxy !== null) {
    return off(`Nobody can begin a connection to this node: ${why}.${near}`);
  }
  if (reachable === false) {
    return warning(
      `Nobody on the internet can begin a connection to this node: ${why}.${near}`,
      "Nothing, if you like. Else forward the node's port in the router's settings, and allow it in " +
        "the firewall.",
    );
  }
  return unknown(`Whether the internet reaches this node isn't known: ${why}.${near}`);
}

/** Whoever came in by a private address shows that the own network gets through. */
function provenNear(own: readonly OwnAddressView[]): string {
  const proven = own.filter(({ reachable }) => reachable === true).map(({ address }) => address);
  return proven.length === 0 ? "" : ` Others came in within the hour by ${proven.join(", ")}.`;
}

function outbound({ status, around, node }: Findings): Judgement {
  if (status === null || node === null) return NO_NODE;
  const { dials, nodes } = node;
  const last = [dials.lastDialled, dials.lastCameIn].filter((age) => age !== null);
  const failures = words(dials);
  if (last.length > 0) {
    const age = Math.min(...last);
    const done = `The last exchange with another node was ${ago(age)}`;
    if (age <= LONG_WITHOUT && noneThrough(dials)) {
      return warning(
        `${done}, begun by the other; no call of this node's own got through: ${failures}.`,
        "See whether a firewall lets Gossamer out.",
      );
    }
    if (age <= LONG_WITHOUT) return ok(`${done}${failures === "" ? "" : `; ${failures}`}.`);
    return problem(
      `${done}${failures === "" ? "" : `; since the start ${failures}`}.`,
      away(around),
    );
  }
  if (status.uptime < PATIENCE) {
    return unknown("The node has just started and has met nobody yet.", "Look again in a minute.");
  }
  if (nodes.known + nodes.candidates === 0) {
    return problem(
      "The node knows no other node, so it has nobody to exchange with.",
      "Get a locator (a line that begins with g:) from somebody who takes part: gossamer join 'g:…'",
    );
  }
  return problem(
    `The node has met nobody since it started${failures === "" ? "" : `: ${failures}`}.`,
    away(around),
  );
}

function away({ networks }: Findings["around"]): string {
  return networks.ipv4 + networks.ipv6 === 0
    ? "Connect this machine to a network."
    : "See whether this machine is on line, and whether a firewall lets Gossamer out; then get a new " +
      "locator from somebody who takes part: gossamer join 'g:…'";
}

/** Whether others come in, and of enough own calls not one ended in anything but failure. */
function noneThrough({ tried, failed, lastDialled }: DialsView): boolean {
  const unanswered = failed.timeout + failed.refused + failed.unreachable + failed.proxy +
    failed.other;
  return lastDialled === null && tried >= THIN && unanswered >= tried;
}

/** Failed dials by kind; empty for none. */
function words({ tried, failed }: DialsView): string {
  const kinds: readonly (readonly [number, string])[] = [
    [failed.timeout, "gave no answer"],
    [failed.refused, "had nobody listening"],
    [failed.unreachable, "couldn't be reached"],
    [failed.proxy, "failed at the proxy"],
    [failed.other, "failed otherwise"],
  ];
  const some = kinds.filter(([number]) => number > 0).map(([number, kind]) => `${number} ${kind}`);
  return some.length === 0 ? "" : `of ${count(tried, "call")} ${some.join(", ")}`;
}

function nodes({ status, peers, node }: Findings): Judgement {
  if (status === null || node === null) {
    const known = peers.filter(({ freshness }) => freshness > 0).length;
    return unknown(
      known === 0
        ? "No other node is known yet."
        : `${count(known, "other node")} ${known === 1 ? "is" : "are"} known from before.`,
    );
  }
  const { known, candidates } = node.nodes;
  const more = `and ${candidates} more ${candidates === 1 ? "was" : "were"} heard of`;
  if (known >= THIN) return ok(`${known} other nodes are known, ${more}.`);
  if (known === 0) {
    return warning(
      `No other node is known that answered, ${more}.`,
      "Wait for one near, or get a locator from somebody who takes part: gossamer join 'g:…'",
    );
  }
  return warning(
    `Only ${count(known, "other node")} ${
      known === 1 ? "is" : "are"
    } known, ${more}: whoever runs ` +
      "them could cut this one off.",
    "Get locators from several people who don't know each other: gossamer join 'g:…'",
  );
}

function ipv6({ around, node }: Findings): Judgement {
  const own = node?.own.find(({ address, source }) =>
    address.startsWith("[") && source !== "given"
  );
  if (around.networks.ipv6 === 0) {
    return off("This machine has no IPv6 address on the internet; nobody needs one.");
  }
  if (node === null) return ok("This machine has an IPv6 address on the internet.");
  if (own === undefined) {
    return off(
      "This machine has an IPv6 address on the internet, but the node doesn't listen there.",
    );
  }
  return own.reachable === true
    ? ok(`Others came in by IPv6 within the hour, at ${own.address}.`)
    : ok(`The node listens at ${own.address}; whether others get through isn't known.`);
}

function proxy({ status, node }: Findings): Judgement {
  if (status === null || node === null) return NO_NODE;
  if (status.proxy === null) return off("No proxy is used: others see where this node is.");
  const { proxyAnswered, proxyError } = node.dials;
  if (proxyError !== null) {
    return problem(
      `The proxy ${status.proxy} doesn't do its part: ${proxyError}.`,
      "See that the proxy (Tor, for example) runs and listens there; until then nothing gets through.",
    );
  }
  if (proxyAnswered === null) {
    return unknown(`The proxy ${status.proxy} wasn't needed yet, as nobody was called.`);
  }
  return ok(
    `All goes through the proxy ${status.proxy}, which last did its part ${ago(proxyAnswered)}.`,
  );
}

function onion({ status, peers, node }: Findings): Judgement {
  if (status === null || node === null) return NO_NODE;
  const own = node.own.filter(({ address }) => isOnion(address));
  const met = peers.filter(({ address, freshness }) => isOnion(address) && freshness > 0).length;
  if (status.proxy === null) {
    return off(
      "Onion addresses aren't used, as there is no proxy.",
      "If you have Tor running: gossamer node --proxy socks5://127.0.0.1:9050",
    );
  }
  if (met > 0) return ok(`${count(met, "node")} with an onion address answered.`);
  if (own.some(({ reachable }) => reachable === true)) {
    return ok("Others came in by this node's onion address within the hour.");
  }
  return unknown(
    own.length > 0
      ? "Nobody has come in by this node's onion address yet, and none was called."
      : "No node with an onion address is known that answered.",
  );
}

function dht({ status, node }: Findings): Judgement {
  if (status === null || node === null) return NO_NODE;
  const { dht } = status;
  if (dht === null) {
    return off("BitTorrent's DHT isn't used; nobody needs it who has other ways to others.");
  }
  if (!dht.on) {
    return problem(
      "BitTorrent's DHT was wanted, and could not be started.",
      "Look for why in what the node prints, and start it again.",
    );
  }
  if (dht.nodes === 0) {
    return dht.lastLookup === null && status.uptime < PATIENCE
      ? unknown("BitTorrent's DHT is being entered.", "Look again in a minute.")
      : problem(
        "No machine of BitTorrent's DHT answers.",
        "Allow UDP in the firewall, or name another way in: --dht-bootstrap.",
      );
  }
  const announced = dht.announced === null
    ? "this node isn't announced there yet, or has no address that it could announce"
    : "this node is announced there";
  return ok(
    `BitTorrent's DHT works: ${
      count(dht.nodes, "machine")
    } of it are known, ${announced}, and the ` +
      (dht.lastLookup === null
        ? "first search is under way."
        : `last search named ${count(dht.found, "node")} of this network.`),
  );
}

function isOnion(address: string): boolean {
  return /\.onion:\d+$/.test(address);
}

function network({ status, node }: Findings): Judgement {
  if (status === null) return NO_NODE;
  const kind = status.closed === null ? "" : status.closed ? ", with a key" : ", open to everybody";
  const here = `The network is ${status.network}${kind}.`;
  if (node === null) return ok(here);
  const { handshakes, lastDialled, lastCameIn } = node.dials;
  const strangers = handshakes.refused + handshakes.hungUp;
  if (strangers === 0) return ok(here);
  const said = `${here} ${count(strangers, "connection")} since the last exchange ` +
    "came to nothing, as with nodes of another network or key.";
  const todo = "Compare --network and --network-key with those whom you want to meet.";
  return lastDialled === null && lastCameIn === null ? problem(said, todo) : warning(said, todo);
}

function clock({ diagnosis }: Findings): Judgement {
  if (diagnosis === null) return unknown("The clock wasn't compared with anybody's.");
  const { standing, groups, ahead } = diagnosis.clock;
  const by = `${Math.abs(ahead)} s ${ahead < 0 ? "behind" : "ahead of"}`;
  switch (standing) {
    case "agreed":
      return ok(
        `The clock is right to some minutes: ${groups} other places confirm it (${by} them).`,
      );
    case "disagrees":
      return problem(
        `The clock of this machine is ${by} those of ${groups} other places. It is gone by all the same.`,
        SET_CLOCK,
      );
    case "none":
      return problem(
        "The clock of this machine is wrong: it shows a time before this program was made. Nothing is " +
          "posted until that is put right.",
        SET_CLOCK,
      );
    case "lent":
    case "given":
      return warning(
        `The clock of this machine is wrong, ${by} those of others; the node goes by theirs.`,
        SET_CLOCK,
      );
    case "own":
      return groups > 0 && Math.abs(ahead) > CLOCK_OFF
        ? warning(
          `The clock of this machine is ${by} those of the ${count(groups, "other place")} heard.`,
          SET_CLOCK,
        )
        : ok(
          groups === 0
            ? "The clock is possible; nobody else's was heard yet."
            : `The clock fits what ${count(groups, "other place")} said; it takes five to be sure.`,
        );
    default:
      return standing satisfies never;
  }
}

function rules({ node }: Findings): Judgement {
  if (node === null) return NO_NODE;
  const { peers, differing } = node.rules;
  if (peers === 0) return unknown("No other node was met yet whose rules could be compared.");
  if (differing === 0) return ok(`All ${count(peers, "node")} met last go by the same rules.`);
  return warning(
    `${differing} of the ${
      count(peers, "node")
    } met last go by other rules: some messages may be ` +
      "refused there or here.",
    "Look for an update of Gossamer.",
  );
}
