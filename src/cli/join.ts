/** `join`: enters the network by the nodes of a locator, and offers to follow its identities. */
import { UserError } from "../node/user_error.ts";
import type { Context, Register } from "./context.ts";
import { findLocator } from "./locator_source.ts";
import { identitiesOf, startersOf } from "./named_identities.ts";
import { safeLine } from "../text/safe_text.ts";
import { shortIdentity } from "../text/short_identity.ts";
import { withSession } from "./session.ts";

/** Identities shown before one is asked whether to follow them. */
const MAX_SHOWN = 16;

/** Adds `join`. */
export const registerJoin: Register = (program, context) => {
  program.command("join")
    .description("enter the network by a locator's nodes, and follow its identities if you wish")
    .argument(
      "<locator>",
      "a g: URL in quotes, alone or in a text; a file with one; a PNG or JPEG picture of its QR " +
        "code; - for standard input",
    )
    .option("--follow", "follow the identities that it names")
    .option("--no-follow", "don't follow them (default, unless you agree at a terminal)")
    .option("--follow-starters", "follow those on its starter list, too")
    .option(
      "--ask",
      "first show what the URL would do, and ask; never reads a file (what the g: handler runs)",
    )
    .addHelpText(
      "after",
      "\nThe nodes that it names will see this machine's address. Whom you " +
        "follow is told to nobody.\n\nExamples:\n  gossamer join 'g:?a=203.0.113.7:14677' --no-follow\n" +
        "  gossamer join photo.jpg\n  gossamer join - < mail.txt",
    )
    .action((source, flags) => run(context(), { source, ...flags }));
};

interface Flags {
  readonly source: string;
  readonly ask?: true;
  readonly follow?: boolean;
  readonly followStarters?: true;
}

async function run(context: Context, flags: Flags): Promise<void> {
  const { deps, out } = context;
  if (!flags.ask) return await join(context, flags);
  if (!deps.stdinIsTerminal || !deps.stderr.isTerminal) {
    throw new UserError("usage", "--ask asks at a terminal, and there is none.");
  }
  try {
    await join(context, flags);
  } catch (error) {
    // The terminal closes with the command: whatever failed is said before.
    await out.complain(error instanceof Error ? error.message : "It failed.");
    throw error;
  } finally {
    await deps.waitForEnter("Press Enter to close.");
  }
}

async function join(context: Context, flags: Flags): Promise<void> {
  const { out } = context;
  const locator = await findLocator(context, {
    source: flags.source,
    textOnly: flags.ask === true,
  });
  if (flags.ask && !await mayJoin(context, locator)) {
    return await out.note("Nothing was changed.");
  }
  const { follow, starters } = await whomToFollow(context, { ...flags, locator });
  const { result, running } = await withSession(context, async (session) => ({
    result: await session.call("join", { locator, follow, ...(starters && { starters }) }),
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

/** Whoever made the URL may want to know who opens it: nothing is dialled before this is answered. */
async function mayJoin({ deps, out }: Context, locator: string): Promise<boolean> {
  await out.note(
    `A link wants you to join by this locator:\n  ${safeLine(locator)}\n` +
      "Its nodes would see this machine's address.",
  );
  return await deps.confirm("Join?");
}

/** What the options say; what they leave open is asked at a terminal. */
async function whomToFollow(
  context: Context,
  { locator, follow, followStarters }: Flags & { readonly locator: string },
): Promise<{ readonly follow: boolean; readonly starters: boolean }> {
  const open = followStarters === undefined && follow === undefined;
  const named = follow ??
    await askToFollow(context, { what: "names", identities: identitiesOf(locator), open: true });
  const starters = followStarters ??
    await askToFollow(context, {
      what: "has on its starter list",
      identities: startersOf(locator),
      open,
    });
  return { follow: named, starters };
}

interface Question {
  /** What the locator does with them. */
  readonly what: string;
  readonly identities: readonly string[];
  /** Whether one is asked; else only told. */
  readonly open: boolean;
}

async function askToFollow(
  { deps, out }: Context,
  { what, identities, open }: Question,
): Promise<boolean> {
  if (identities.length === 0) return false;
  if (!open || !deps.stdinIsTerminal || !deps.stderr.isTerminal) {
    const option = what === "names" ? "--follow" : "--follow-starters";
    await out.note(`The identities that it ${what} are not followed; ${option} does that.`);
    return false;
  }
  await out.note([
    `The locator ${what} these identities:`,
    ...identities.slice(0, MAX_SHOWN).map((id) => `  ${shortIdentity(id)}`),
    ...(identities.length > MAX_SHOWN ? [`  and ${identities.length - MAX_SHOWN} more`] : []),
    "Its nodes will see this machine's address. Whom you follow is told to nobody.",
  ].join("\n"));
  return await deps.confirm("Follow them?");
}
