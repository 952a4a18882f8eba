/** `locator`: the URL by which others enter the network here and find one's identities. */
import { InvalidArgumentError } from "commander";
import type { Api } from "../node/api.ts";
import { UserError } from "../node/user_error.ts";
import type { Context, Register } from "./context.ts";
import { collect } from "./option_values.ts";
import { drawModules, type Ink, qrModules, qrSvg } from "../node/qr_code.ts";
import { safeLine } from "../text/safe_text.ts";
import { withSession } from "./session.ts";
import { fileError } from "./user_files.ts";

interface Flags {
  readonly identity?: string[] | boolean;
  readonly address?: string[];
  readonly starter?: string[];
  readonly qr?: string | true;
}

/** Adds `locator`. */
export const registerLocator: Register = (program, context) => {
  program.command("locator")
    .description("print the g: URL by which others join through this node and find your identities")
    .option(
      "--identity <id>",
      "name this identity; can be given many times (default: yours, if the keys are open)",
      collectIdentity,
    )
    .option("--no-identity", "name no identity: only the way into the network")
    .option(
      "--address <host:port>",
      "this address instead of those that the node knows of itself; can be given many times",
      collect,
    )
    .option(
      "--starter <id>",
      "somebody whom new people could begin with following; can be given many times",
      collect,
    )
    .option(
      "--qr [file]",
      "as a QR code too, to be scanned from the terminal; or into this new file, as SVG",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  gossamer locator --address 203.0.113.7:14677\n  gossamer locator --qr card.svg",
    )
    .action((flags) => printLocator(context(), flags));
};

async function printLocator(context: Context, flags: Flags): Promise<void> {
  const { out } = context;
  const noIdentity = flags.identity === false;
  const identities = Array.isArray(flags.identity) ? flags.identity : [];
  const { result, closed } = await withSession(context, async (session) => {
    const status = await session.backend.call("status", {});
    if (!noIdentity && identities.length === 0 && !status.unlocked) {
      // A relay has no identity to name, so nobody is asked for a passphrase here.
      if (!await session.unlockIfPossible()) {
        await out.note("The keys are locked, or there are none, so no identity of yours is named.");
      }
    }
    const result = await session.call("locator", {
      identities,
      noIdentity,
      ...(flags.starter === undefined ? {} : { starters: flags.starter }),
      addresses: flags.address ?? [],
    });
    return { result, closed: status.closed };
  });
  await out.note(givenAway(result));
  if (closed) await out.note("The network is closed: who joins needs the file of its key as well.");
  if (typeof flags.qr === "string") {
    await writeSvg(context, { path: flags.qr, locator: result.locator });
  }
  if (flags.qr !== true) return await out.result(result, ({ locator }) => safeLine(locator));
  const modules = await qrModules(result.locator);
  const qr = modules.map((row) => row.map((dark) => dark ? "1" : "0").join(""));
  await out.result(
    { ...result, qr },
    ({ locator }) => `${drawModules(modules, inkFor(context))}\n${safeLine(locator)}`,
  );
}

async function writeSvg(
  { deps, out }: Context,
  { path, locator }: { readonly path: string; readonly locator: string },
): Promise<void> {
  const svg = new TextEncoder().encode(await qrSvg(locator));
  let made: boolean;
  try {
    made = await deps.writeNewFile(path, svg);
  } catch (error) {
    throw fileError(error, `write ${path}`);
  }
  if (!made) {
    throw new UserError("failed", `${path} is there already, and nothing is overwritten.`);
  }
  await out.note(`The QR code is in ${safeLine(path)}.`);
}

/** Without colours a terminal is taken to be dark, and what isn't a terminal to be paper. */
function inkFor({ deps, out }: Context): Ink {
  if (out.style.color) return "colors";
  return deps.stdout.isTerminal ? "light" : "dark";
}

function givenAway(result: Omit<Api["locator"]["result"], "locator">): string {
  const lines = [];
  const words = new Map<string, string>(result.known.map(({ address, why }) => [address, why]));
  const line = (address: string): string => {
    const why = words.get(address);
    return `  ${safeLine(why === undefined ? address : `${address}: ${why}`)}`;
  };
  if (result.addresses.length > 0) {
    lines.push(
      "Whoever sees this locator learns that the machine at these addresses runs Gossamer:",
      ...result.addresses.map(line),
    );
  } else {
    lines.push("This locator has no address, so it leads nobody into the network.");
  }
  const unused = result.known.filter(({ used }) => !used);
  if (unused.length > 0) {
    lines.push("Not in it:", ...unused.map(({ address }) => line(address)));
  }
  if (result.identities.length > 0) {
    lines.push(
      result.addresses.length > 0
        ? "and that these identities are read there, most likely yours:"
        : "Whoever sees it learns of these identities:",
      ...result.identities.map((id) => `  ${safeLine(id)}`),
    );
    if (result.addresses.length > 0) lines.push("--no-identity keeps the two apart.");
  }
  if (result.addresses.length > 0 || result.identities.length > 0) {
    lines.push("Nobody can be made to forget it, and whoever has it can pass it on.");
  }
  return lines.join("\n");
}

function collectIdentity(value: string, before: string[] | boolean | undefined): string[] {
  if (before === false) throw new InvalidArgumentError("It contradicts --no-identity.");
  return collect(value, Array.isArray(before) ? before : []);
}
