/**
 * Puts batches of messages until it is killed or the disk is full. Says each total on a line once it
 * was acknowledged, and `full` with the error's message.
 *
 * Arguments: data folder, messages per batch.
 */
import { openStores, StoreError } from "../../src/store/mod.ts";
import { MAIN_NETWORK } from "../../src/wire/labels.ts";
import { fresh, numbered } from "./support.ts";

const [dir = "", size = ""] = Deno.args;
const stores = await openStores({ dir, network: MAIN_NETWORK });

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

say("0");
for (let total = 0;;) {
  const batch = Array.from({ length: Number(size) }, (_, i) => numbered(total + i));
  try {
    await stores.public.putMessages(fresh(batch));
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    say(`${error.code} ${error.message}`);
    break;
  }
  total += batch.length;
  say(`${total}`);
}
await stores.close();
