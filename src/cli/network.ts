/** `network create`: the key of a closed network. */
import { UserError } from "../node/user_error.ts";
import { checkNetwork } from "./data_dir.ts";
import type { Context, Register } from "./context.ts";
import { safeLine } from "../text/safe_text.ts";
import { fileError } from "./user_files.ts";

const KEY_BYTES = 32;
/** Bytes of a name that is made up: enough that two networks seldom have one. */
const NAME_BYTES = 4;
const MAIN = "main";

/** Adds `network`. */
export const registerNetwork: Register = (program, context) => {
  const network = program.command("network").description("networks of one's own")
    .addHelpText("after", "\nExample:\n  gossamer network create --name our-street");
  network.command("create")
    .description("make the key of a closed network: only nodes that have it can take part")
    .argument("[file]", "where the key goes; nothing is overwritten (default: NAME.key)")
    .option("--name <name>", "1 to 32 of a-z, 0-9 and - (default: one that is made up)")
    .addHelpText(
      "after",
      "\nGive the file to each member by a way that nobody else sees. Locators carry the name, never " +
        "the key.\nWhoever has the key takes part for good: to shut one out, make a new network.\n\n" +
        "Example:\n  gossamer network create --name our-street",
    )
    .action((file, flags) => create(context(), { file, ...flags }));
};

async function create(
  context: Context,
  flags: { readonly file?: string | undefined; readonly name?: string },
): Promise<void> {
  const { deps, out } = context;
  const given = flags.name ?? (context.network === MAIN ? undefined : context.network);
  if (given === MAIN) {
    throw new UserError("usage", "main is everybody's network. Give yours a name of its own.");
  }
  const name = given === undefined ? madeUp() : checkNetwork(given);
  const file = flags.file ?? `${name}.key`;
  const text = keyText();
  try {
    if (!await deps.writeNewFile(file, text)) {
      throw new UserError("failed", `${file} is there already, and nothing is overwritten.`);
    }
  } catch (error) {
    throw fileError(error, `write ${file}`);
  } finally {
    text.fill(0);
  }
  await out.note(
    "Who has this file can read all that is public in the network, and take part, for good. Give it to " +
      "the members by a way that nobody else sees, and keep a copy: nothing can make it again.",
  );
  await out.result({ name, file }, () =>
    [
      `The key of the network ${name} is in ${safeLine(file)}. Each member starts a node with:`,
      `  gossamer --network ${name} node --network-key ${safeLine(file)}`,
    ].join("\n"));
}

function madeUp(): string {
  return `net-${crypto.getRandomValues(new Uint8Array(NAME_BYTES)).toHex()}`;
}

/** Digit by digit: a string of the key would stay in memory. The caller wipes it. */
function keyText(): Uint8Array {
  const key = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  const text = new Uint8Array(2 * KEY_BYTES + 1).fill(0x0a);
  key.forEach((byte, i) => text.set([digit(byte >> 4), digit(byte & 15)], 2 * i));
  key.fill(0);
  return text;
}

function digit(value: number): number {
  return value < 10 ? 0x30 + value : 0x61 + value - 10;
}
