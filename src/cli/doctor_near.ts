/** `doctor` on the local network: broadcast, mDNS, the router. Pure. */
import type { BeaconsView, MdnsView, OwnAddressView, RouterView, WayState } from "../node/api.ts";
import { DEFAULT_PORT } from "../wire/limits.ts";
import {
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

/** Seconds after a start in which own words need not have come back yet: they do within one. */
const PATIENCE = 10;

const NO_NETWORK = "This machine is on no network where it could be heard.";
const CONNECT = "Connect it to Wi-Fi or a cable.";
const ALONE = "It isn't used, as the node listens to this machine alone.";
const WIDER = "Start the node without --bind to be found by others near.";
const FIREWALL =
  "Allow Gossamer in the firewall of this machine; a guest Wi-Fi may also keep its machines apart.";

/** Everything between this machine and its neighbours. */
export function nearChecks(findings: Findings): readonly Check[] {
  return [
    { id: "broadcast", ...broadcast(findings) },
    { id: "mdns", ...mdns(findings) },
    { id: "router", ...router(findings) },
  ];
}

function broadcast({ status, node }: Findings): Judgement {
  if (status === null || node === null) return NO_NODE;
  const { beacons } = node;
  const unused = notUsed(beacons.state, { option: "--no-lan", proxy: status.proxy });
  if (unused !== undefined) return unused;
  if (beacons.state === "failed") return failed("broadcast", beacons);
  if (status.uptime < PATIENCE && beacons.heard + beacons.echoed + beacons.sent === 0) {
    return unknown("The node has just started: its first words are under way.", "Look again soon.");
  }
  if (beacons.networks === 0) return warning(NO_NETWORK, CONNECT);
  return heardBroadcast(beacons);
}

function heardBroadcast({ sent, refused, error, echoed, heard, found }: BeaconsView): Judgement {
  if (error !== null) {
    return problem(
      `The system refuses to send to the local network: ${error} (${sent} sent, ${refused} refused).`,
      FIREWALL,
    );
  }
  if (heard > 0 && echoed === 0) return halfDeaf("broadcast", `${DEFAULT_PORT}`);
  if (heard > 0) {
    return ok(
      `Nodes near are heard: ${count(heard, "announcement")}, ${count(found, "new node")} so far.`,
    );
  }
  if (echoed === 0) {
    return problem(
      "The node calls out in the local network and hears nothing, not even itself: something on this " +
        "machine blocks it.",
      FIREWALL,
    );
  }
  return ok(
    "The node calls out in the local network and hears itself, but no other node there so far.",
  );
}

function mdns({ status, node }: Findings): Judgement {
  if (status === null || node === null) return NO_NODE;
  const { mdns } = node;
  const unused = notUsed(mdns.state, { option: "--no-mdns", proxy: status.proxy });
  if (unused !== undefined) return unused;
  if (mdns.state === "failed" || (mdns.networks === 0 && mdns.why !== null)) {
    return failed("mDNS", mdns);
  }
  if (mdns.networks === 0) return warning(NO_NETWORK, CONNECT);
  if (mdns.why !== null) {
    return warning(
      `mDNS works on ${count(mdns.networks, "network")} here, but not on every one: ${mdns.why}.`,
      "See whether another program keeps port 5353 for itself.",
    );
  }
  return heardMdns(mdns, status.uptime);
}

function heardMdns({ echoed, heard, found }: MdnsView, uptime: number): Judgement {
  if (found + heard > 0 && echoed === 0 && uptime >= PATIENCE) return halfDeaf("mDNS", "5353");
  if (found > 0) return ok(`${count(found, "node")} near came by mDNS so far.`);
  if (heard > 0) {
    return ok(
      "The node is announced by mDNS and hears other machines, but no other node among them so far.",
    );
  }
  if (echoed > 0) {
    return ok(
      "The node is announced by mDNS and hears itself, but no other machine there so far.",
    );
  }
  if (uptime < PATIENCE) {
    return unknown("The node has just been announced by mDNS.", "Look again soon.");
  }
  return problem(
    "Nothing is heard by mDNS, not even this machine itself: something on it blocks port 5353.",
    FIREWALL,
  );
}

/** Own words come back wherever they leave. */
function halfDeaf(what: string, port: string): Judgement {
  return warning(
    `Others are heard by ${what}, but what this machine says doesn't leave it: something on it blocks ` +
      `UDP port ${port}.`,
    FIREWALL,
  );
}

function router({ status, node }: Findings): Judgement {
  if (status === null || node === null) return NO_NODE;
  const { router } = node;
  const unused = notUsed(router.state, { option: "--no-port-mapping", proxy: status.proxy });
  if (unused !== undefined) return unused;
  const { mapping } = status;
  const how = mapping?.by === "upnp" ? "UPnP" : "NAT-PMP";
  if (mapping !== null && mapping.address !== null) {
    return mapped(mapping, { how, proof: node.own.find(isAt(mapping.address))?.reachable });
  }
  if (mapping !== null) {
    return warning(
      `The router ${mapping.router} lets others in, by ${how}, but has no address on the internet ` +
        "itself: another router, perhaps the provider's, stands before it.",
      "Nothing, unless you look after that one too: the node takes part by connecting to others.",
    );
  }
  return notMapped(router);
}

function isAt(wanted: string): (own: OwnAddressView) => boolean {
  return ({ address }) => address === wanted;
}

/** A router that grants a port need not forward anything: only who came in proves it. */
function mapped(
  { router, address }: { readonly router: string; readonly address: string | null },
  { how, proof }: { readonly how: string; readonly proof: boolean | null | undefined },
): Judgement {
  const granted = `The router ${router} granted ${address}, by ${how}`;
  if (proof === true) return ok(`${granted}, and others came in there within the hour.`);
  if (proof !== false) return ok(`${granted}; whether it lets others in there isn't known.`);
  return warning(
    `${granted}, but nobody gets through there.`,
    "Allow Gossamer in the firewall of this machine; else start the router anew, or forward the node's " +
      "port in its settings by hand.",
  );
}

function notMapped({ networks, searched, tried }: RouterView): Judgement {
  if (networks === 0) {
    return off("There is no home network here, so there is no router to be asked.");
  }
  if (!searched) return unknown("A router is being looked for.", "Look again in half a minute.");
  const refused = tried.filter(({ answered }) => answered);
  const said = refused.at(-1);
  if (said !== undefined) {
    return warning(
      `The router ${said.router} answers, but lets nobody in: ${said.why}.`,
      "Switch on UPnP or NAT-PMP in its settings, or forward the node's port there by hand.",
    );
  }
  const silent = tried.find(({ by }) => by === "upnp");
  if (silent !== undefined) {
    return warning(
      `There is a router at ${silent.router}, but it gave no answer when it was asked to let others in.`,
      "Start the router anew, or forward the node's port in its settings by hand.",
    );
  }
  return warning(
    "No router here lets a program open a port, so others can't begin a connection to this node.",
    "Nothing, if you like: the node takes part by connecting to others. Else switch on UPnP or NAT-PMP " +
      "in the router's settings.",
  );
}

function failed(
  what: string,
  { why }: { readonly why: string | null },
): Judgement {
  return problem(
    `Nodes near can't be found by ${what}: ${why ?? "it could not be started"}.`,
    "See whether another program keeps the port for itself; if so, end it and start the node again.",
  );
}

/** What is said of a way that isn't used; `undefined` for one that is. */
function notUsed(
  state: WayState,
  { option, proxy }: { readonly option: string; readonly proxy: string | null },
): Judgement | undefined {
  if (state === "alone") return off(ALONE, WIDER);
  if (state !== "off") return undefined;
  return proxy === null
    ? off(`It is switched off by ${option}.`, `Start the node without ${option} to use it.`)
    : off("It isn't used, as all goes through the proxy: it would tell where you are.");
}
