/** Destroys, and is killed at a step: for `destroy_test.ts`. Arguments: what, data folder, passphrase, id, step. */
import { identityDelete } from "../../src/node/remove_identity.ts";
import { obliterateEverything } from "../../src/node/obliterate.ts";

const [what, dataDir = "", word = "", id = "", at = ""] = Deno.args;
const step = (name: string): void => {
  if (name === at) Deno.kill(Deno.pid, "SIGKILL");
};
const passphrase = new TextEncoder().encode(word);
const common = { dataDir, network: "main", step };
if (what === "delete") {
  await identityDelete({
    ...common,
    passphrase,
    choose: () => id,
    confirm: () => Promise.resolve(true),
  });
} else {
  await obliterateEverything({
    ...common,
    passphrase: () => Promise.resolve(passphrase),
    confirm: () => Promise.resolve(true),
  });
}
