/** Schemas that no version has: today's, and one two steps later that changes rows. */
import { readMetaKey } from "../../src/store/keys.ts";
import type { KvKey } from "../../src/store/kv_port.ts";
import { SCHEMA, SCHEMAS, type Schemas } from "../../src/store/migrate.ts";
import { nothing } from "../../src/store/public_rows.ts";

/** Today's. */
export const THEN: Schemas = SCHEMAS;

/** Two later: the first step drops what is remembered of addresses, the second notes each message once more. */
export const LATER: Schemas = {
  current: SCHEMA + 3,
  needs: "9.8.7",
  steps: [
    ...SCHEMAS.steps,
    { change: (row) => row.key[0] === "a" ? [] : [row] },
    {},
    {
      change: (row) =>
        row.key[0] === "m" ? [row, { key: noteKey(row.key), value: nothing() }] : [row],
    },
  ],
};

/** Where the last step notes a message. */
export function noteKey(key: KvKey): KvKey {
  const { created, id } = readMetaKey(key);
  return ["noted", created, id];
}
