/** `trust`: why somebody counts as verified, and how far that may reach. */
import { InvalidArgumentError } from "commander";
import { UserError } from "../node/user_error.ts";
import type { Context, Register } from "./context.ts";
import { wholeNumber } from "./option_values.ts";
import { renderTrust } from "./render_trust.ts";
import { withSession } from "./session.ts";

interface Flags {
  readonly maxDistance?: number;
}

/** Adds `trust`. */
export const registerTrust: Register = (program, context) => {
  program.command("trust")
    .description("explain why an identity counts as verified, and how far; needs the keys")
    .argument("[id]", "g1…")
    .option(
      "--max-distance <n|none>",
      "from now on, who is farther away doesn't count as verified; told to nobody",
      distance,
    )
    .addHelpText(
      "after",
      "\nVerified is who is yours (distance 0), whom you verified (1), and whom three verified ones " +
        "did (1 more\nthan the farthest of the nearest three).\n\nExample:\n  gossamer trust g1qyq…",
    )
    .action((id, flags) => trust(context(), id, flags));
};

async function trust(context: Context, id: string | undefined, flags: Flags): Promise<void> {
  const { out } = context;
  const { maxDistance } = flags;
  if (id === undefined && maxDistance === undefined) {
    throw new UserError("usage", "Say who it is about (g1…), or give --max-distance.");
  }
  await withSession(context, async (session) => {
    if (maxDistance !== undefined) {
      const set = await session.call("trust-limit", { maxDistance });
      if (id === undefined) return await out.result(set, renderLimit);
    }
    if (id !== undefined) await out.result(await session.call("trust", { id }), renderTrust);
  });
}

/** Reads `none` as 0. */
function distance(text: string): number {
  if (text === "none") return 0;
  try {
    return wholeNumber(1, 1_000)(text);
  } catch {
    throw new InvalidArgumentError("It must be a whole number from 1 to 1000, or none.");
  }
}

function renderLimit({ maxDistance }: { readonly maxDistance: number | null }): string {
  return maxDistance === null
    ? "Verified counts at any distance."
    : `Verified counts up to distance ${maxDistance}.`;
}
