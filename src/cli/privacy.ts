/** `privacy`: what is public about the owner, what is private, and where each thing is kept. */
import type { OwnPublicView, PrivacyView } from "../node/api.ts";
import { DATA_FILES } from "../wire/data_files.ts";
import type { Context, Register } from "./context.ts";
import type { Style } from "./render_parts.ts";
import { safeLine } from "../text/safe_text.ts";
import { withSession } from "./session.ts";
import { wrap } from "../text/text_width.ts";

/** Adds `privacy`. */
export const registerPrivacy: Register = (program, context) => {
  program.command("privacy")
    .description("show what is public about you, what is private, and where each thing is kept")
    .addHelpText(
      "after",
      "\nWithout the keys it shows the node's part; give --passphrase-file or unlock first to see " +
        "your\nidentities' as well. Nothing is changed or sent.\n\nExample:\n  gossamer privacy",
    )
    .action(() => privacy(context()));
};

async function privacy(context: Context): Promise<void> {
  const { dataDir, out } = context;
  const view = await withSession(context, async (session) => {
    const view = await session.call("privacy", {});
    // As with locators: nobody is asked for a passphrase, but one that is at hand is used.
    if (view.unlocked || !await session.unlockIfPossible()) return view;
    return await session.call("privacy", {});
  });
  const files = DATA_FILES.map(({ name, holds }) => ({ name, holds }));
  await out.result({ ...view, folder: dataDir, files }, (result, style) => render(result, style));
  if (!view.unlocked) {
    await out.note("The keys are locked, or there are none: your identities are left out.");
  }
}

type Shown = PrivacyView & {
  readonly folder: string;
  readonly files: typeof DATA_FILES;
};

function render(view: Shown, style: Style): string {
  const now = [
    ...identities(view),
    ...network(view),
    `In the data folder, readable without a passphrase: ${
      count(view.messages, "message")
    }, yours ` +
    `among them, and ${count(view.nodes, "address", "addresses")} of nodes` +
    (view.locatorNodes > 0
      ? `, ${view.locatorNodes} of them marked as from a locator that you opened.`
      : "."),
  ];
  return [
    "NOW",
    ...now.flatMap((text) => item(text, style)),
    ...(["public", "private"] as const).flatMap((wanted) => [
      "",
      wanted === "public" ? "PUBLIC: anybody may know it" : "PRIVATE: never sent",
      ...view.data.filter((datum) => datum.class === wanted).flatMap((datum) =>
        item(
          `${datum.what} (in: ${datum.places.join(", ")}). Seen by ${datum.seenBy}. Until ` +
            `${datum.until}.`,
          style,
        )
      ),
    ]),
    "",
    `FILES in ${safeLine(view.folder)}`,
    ...view.files.flatMap(({ name, holds }) => item(`${name}: ${holds}`, style)),
    "",
    ...wrap("More, and what isn't protected yet: docs/PRIVACY.md and docs/THREATS.md", style.width),
  ].join("\n");
}

function identities(view: Shown): string[] {
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

function network({ running, announced, beacon, mdns, portMapping, dht, proxy }: Shown): string[] {
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

function item(text: string, { width }: Style): string[] {
  return wrap(text, width - 2).map((line, at) => `${at === 0 ? "- " : "  "}${line}`);
}
