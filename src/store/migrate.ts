/**
 * The schema's version and the network's name, which stand in `public.kv` for the whole data folder.
 * A folder of an older schema is brought up, one step at a time; one of a newer schema or of another
 * network is refused before anything in it changes.
 */
import type { NetworkName } from "../wire/labels.ts";
import { StoreError } from "./errors.ts";
import { everything, networkKey, schemaKey } from "./keys.ts";
import type { Kv } from "./kv_port.ts";
import { decodeFact, encodeFact, type PublicBytes } from "./public_rows.ts";

/** The schema that this version reads and writes. Raise it with a step in {@linkcode STEPS}. */
export const SCHEMA = 2;

/** Brings a database from the schema at its place in the list, counted from 1, to the next. */
const STEPS: readonly ((kv: Kv<PublicBytes>) => Promise<void>)[] = [
  // 2: rows of messages may say whom these mention. Of what is stored already it isn't looked up: that is
  // gone in a month.
  () => Promise.resolve(),
];

/**
 * Makes an empty database one of this network, or checks that it is. Throws a `StoreError`: "newer",
 * "other-network", or "damaged" when it holds rows and no schema.
 */
export async function migrate(kv: Kv<PublicBytes>, network: NetworkName): Promise<void> {
  const [schemaBytes, networkBytes] = [await kv.get(schemaKey), await kv.get(networkKey)];
  if (schemaBytes === undefined || networkBytes === undefined) {
    for await (const _row of kv.list({ prefix: everything, limit: 1 })) {
      throw new StoreError(
        "damaged",
        "public.kv is no database of Gossamer's, or lost its beginning",
      );
    }
    await kv.commit([
      { kind: "set", key: schemaKey, value: encodeFact(SCHEMA) },
      { kind: "set", key: networkKey, value: encodeFact(network) },
    ]);
    return;
  }
  const schema = decodeFact(schemaBytes);
  const begun = decodeFact(networkBytes);
  if (typeof schema !== "number" || schema < 1 || typeof begun !== "string") {
    throw new StoreError("damaged", "public.kv doesn't say which schema it has");
  }
  if (schema > SCHEMA) {
    throw new StoreError(
      "newer",
      `The data folder was written by a newer version of Gossamer (schema ${schema}, this version ` +
        `knows ${SCHEMA}). Nothing was changed. Update Gossamer, or use another folder`,
    );
  }
  if (begun !== network) {
    throw new StoreError(
      "other-network",
      `The data folder belongs to the network "${begun}", not "${network}". Nothing was changed. ` +
        `Use --network ${begun}, or another folder`,
    );
  }
  for (let at = schema; at < SCHEMA; at++) {
    await STEPS[at - 1]?.(kv);
    await kv.commit([{ kind: "set", key: schemaKey, value: encodeFact(at + 1) }]);
  }
}
