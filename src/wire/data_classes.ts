/**
 * Every datum that the program holds or sends, and whose it is to know (docs/PRIVACY.md, which is
 * compared with this table; `gossamer privacy` prints from it). A test fails when a field of the
 * types named there, which are stored, sent or printed, stands in no row: whoever adds one decides
 * here first whether it is public.
 */
import type { Datum } from "./datum.ts";
import { PRIVATE_DATA } from "./private_data.ts";
import { PUBLIC_DATA } from "./public_data.ts";

/** The whole table. */
export const DATA: readonly Datum[] = [
  ...PUBLIC_DATA.map((datum) => ({ ...datum, dataClass: "public" as const })),
  ...PRIVATE_DATA.map((datum) => ({ ...datum, dataClass: "private" as const })),
];
