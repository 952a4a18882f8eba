/** What is public about a node's owner at this moment, in sentences: `gossamer privacy` and the page. */
import { safeLine } from "../text/safe_text.ts";
import type { OwnPublicView, PrivacyView } from "./api.ts";

/** What is public now, a sentence or two each. */
export function publicNow(view: PrivacyView): readonly string[] {
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
export function datumWords({ what, places, seenBy, until }: PrivacyView["data"][number]): string {
  return `${what} (in: ${places.join(", ")}). Seen by ${seenBy}. Until ${until}.`;
}

function identities(view: PrivacyView): string[] {
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
function identity({ id, name, messages, profile }: OwnPublicView): string {
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
  { running, announced, beacon, mdns, portMapping, dht, proxy }: PrivacyView,
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
