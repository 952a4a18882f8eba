/** `join`: enters the network by the nodes of a locator, and offers to follow its identities. */
import type { Context, Register } from "./context.ts";
import { safeLine } from "./safe_text.ts";
import { shortIdentity } from "./render.ts";
import { withSession } from "./session.ts";

/** Identities shown before one is asked whether to follow them. */
const MAX_SHOWN = 16;

/** Adds `join`. */
export const registerJoin: Register = (program, context) => {
  program.command("join")
    .description("enter the network by a locator's nodes, and follow its identities if you wish")
    .argument("<locator>", "a g: URL, in quotes")
    .option("--follow", "follow the identities that it names")
    .option("--no-follow", "don't follow them (default, unless you agree at a terminal)")
    .addHelpText(
      "after",
      "\nThe nodes that it names will see this machine's address. Whom you " +
        "follow is told to nobody.\n\nExample:\n  gossamer join 'g:?a=203.0.113.7:14677' --no-follow",
    )
    .action((locator, { follow }) => join(context(), { locator, follow }));
};

async function join(
  context: Context,
  { locator, follow }: { locator: string; follow: boolean | undefined },
): Promise<void> {
  const { out } = context;
  const wanted = follow ?? await askToFollow(context, namedIdentities(locator));
  const { result, running } = await withSession(context, async (session) => ({
    result: await session.call("join", { locator, follow: wanted }),
    running: session.backend.running,
  }));
  if (!running && result.addresses.length > 0) {
    await out.note("No node is running: these nodes are tried when one starts.");
  }
  await out.result(result, ({ addresses, followed }) =>
    [
      addresses.length === 0 ? "The locator names no node." : "Nodes to enter the network by:",
      ...addresses.map((address) => `  ${safeLine(address)}`),
      ...(followed.length === 0 ? [] : ["Now following:"]),
      ...followed.map((id) => `  ${safeLine(id)}`),
    ].join("\n"));
}

async function askToFollow(
  { deps, out }: Context,
  identities: readonly string[],
): Promise<boolean> {
  if (identities.length === 0) return false;
  if (!deps.stdinIsTerminal || !deps.stderr.isTerminal) {
    await out.note("The identities that it names are not followed; --follow does that.");
    return false;
  }
  await out.note([
    "The locator names these identities:",
    ...identities.slice(0, MAX_SHOWN).map((id) => `  ${shortIdentity(id)}`),
    ...(identities.length > MAX_SHOWN ? [`  and ${identities.length - MAX_SHOWN} more`] : []),
    "Its nodes will see this machine's address. Whom you follow is told to nobody.",
  ].join("\n"));
  return await deps.confirm("Follow them?");
}

/** What a locator seems to name, to be asked about; the node reads it strictly. */
function namedIdentities(locator: string): string[] {
  const plain = locator.toLowerCase().replace(/\s+/g, "").replace(
    /%([0-7][0-9a-f])/g,
    (_, hex) => String.fromCharCode(parseInt(hex, 16)),
  );
  return [...new Set(plain.match(/(?<=[?&;][is]=)g1[02-9ac-hj-np-z]+/g) ?? [])];
}
