/** What is public about a node's owner at this moment, in sentences: `gossamer privacy` and the page. */
import { safeLine } from "./safe_text.ts";

/** What everybody knows of an own identity. */
export interface PublicIdentity {
  /** `g1…`. */
  readonly id: string;
  /** Local name, which nobody else is told. */
  readonly name: string;
  /** Public messages of it that are stored here. */
  readonly messages: number;
  /** Fields of its profile that hold anything. */
  readonly profile: readonly string[];
}

/** What the sentences are made from: fields of the API's `privacy`. */
export interface PublicFacts {
  /** Whether a node runs. */
  readonly running: boolean;
  /** Whether keys are in memory; without them the next two are not known. */
  readonly unlocked: boolean;
  /** The owner's identities. */
  readonly identities: readonly PublicIdentity[];
  /** How many identities are followed; null while locked. */
  readonly following: number | null;
  /** Addresses that the node tells others of itself. */
  readonly announced: readonly string[];
  /** Whether the node announces itself by broadcast. */
  readonly beacon: boolean;
  /** Whether it does so by mDNS. */
  readonly mdns: boolean;
  /** Whether it asks the router to map its port. */
  readonly portMapping: boolean;
  /** Whether it takes part in BitTorrent's DHT. */
  readonly dht: boolean;
  /** Host and port of its proxy; null without one. */
  readonly proxy: string | null;
  /** Stored messages, own and others'. */
  readonly messages: number;
  /** Stored addresses of other nodes. */
  readonly nodes: number;
  /** How many of these are marked as from a locator that the owner opened. */
  readonly locatorNodes: number;
}

/** A datum and who may know it: a row of the API's `privacy`. */
export interface DatumFacts {
  /** What it is. */
  readonly what: string;
  /** Where it is kept. */
  readonly places: readonly string[];
  /** Who can see it. */
  readonly seenBy: string;
  /** How long it is kept. */
  readonly until: string;
}

/** What is public now, a sentence or two each. */
export function publicNow(view: PublicFacts): readonly string[] {
  const { messages, nodes, locatorNodes } = view;
  return [
    ...identities(view),
    ...network(view),
    `In the data folder, readable without a passphrase: ${count(messages, "message")}, yours ` +
    `among them, and ${count(nodes, "address", "addresses")} of nodes` +
    (locatorNodes > 0
      ? `, ${locatorNodes} of them marked as from a locator that you opened.`
      : "."),
  ];
}

/** One datum in words. */
export function datumWords({ what, places, seenBy, until }: DatumFacts): string {
  return `${what} (in: ${places.join(", ")}). Seen by ${seenBy}. Until ${until}.`;
}

function identities(view: PublicFacts): string[] {
  if (!view.unlocked) return [];
  if (view.identities.length === 0) return ["You have no identity here: nothing is said of you."];
  return [
    ...view.identities.map(identity),
    `You follow ${
      count(view.following ?? 0, "identity", "identities")
    }: told to nobody, and sealed ` +
    "in private.kv.",
  ];
}

/** What everybody knows of an identity. Its local name is the owner's own and printed for them only. */
function identity({ id, name, messages, profile }: PublicIdentity): string {
  const who = name === "" ? safeLine(id) : `${safeLine(id)} (to you: ${safeLine(name)})`;
  if (messages === 0) return `${who} has said nothing in public that is stored here.`;
  const fields = profile.length === 0 ? "an empty profile" : `its ${profile.join(", ")}`;
  return `${who} has ${count(messages, "public message")} here. Everybody can read them, its ` +
    `public key and ${fields}.`;
}

const DHT =
  "It takes part in BitTorrent's DHT (--dht). Anybody can ask that for the addresses that run " +
  "Gossamer, and gets this one's while others can reach it; the nodes that it asks there see it in any " +
  "case. It is said under a new key each day, but whoever knows the network's name can work that out.";

function network(
  { running, announced, beacon, mdns, portMapping, dht, proxy }: PublicFacts,
): string[] {
  if (!running) return ["No node runs: nothing is sent, and no address is told."];
  return [
    announced.length === 0
      ? "Your node knows no address of its own to tell others; whoever it connects to sees " +
        (proxy === null ? "one." : "one of the proxy's.")
      : `Your node tells others where it is: ${announced.map(safeLine).join(", ")}.`,
    ...(beacon
      ? ["It announces itself in the local network by broadcast (--no-lan stops that)."]
      : []),
    ...(mdns ? ["It announces itself there by mDNS, as Bonjour does (--no-mdns stops that)."] : []),
    ...(portMapping
      ? ["It asks the router to let others in to its port (--no-port-mapping stops that)."]
      : []),
    ...(dht ? [DHT] : []),
    ...(beacon || mdns ? [] : ["It doesn't announce itself in the local network."]),
    ...(proxy === null ? [] : [
      `All that it begins goes through the proxy ${
        safeLine(proxy)
      }, host names too. Who runs the proxy ` +
      "sees where to and when; what is said is encrypted.",
    ]),
  ];
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
