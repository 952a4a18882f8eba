/** A process of its own that creates two identities in the folder given, for key_store_test.ts. */
import { KDF_FLOOR } from "../../src/keystore/kdf_params.ts";
import { createIdentity } from "../../src/keystore/key_store.ts";
import { Secret } from "../../src/keystore/secret.ts";
import { labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { neitherSlowNorSecure } from "./fake_kdf.ts";

const [dir = "", name = ""] = Deno.args;
for (const nth of [1, 2]) {
  const { id } = await createIdentity({
    dir,
    labels: labelsOf(MAIN_NETWORK),
    passphrase: Secret.take(new TextEncoder().encode("shared")),
    name: `${name} ${nth}`,
    now: unixSeconds(1_700_000_000),
    params: KDF_FLOOR,
    kdf: neitherSlowNorSecure,
  });
  await Deno.stdout.write(new TextEncoder().encode(`${id}\n`));
}
