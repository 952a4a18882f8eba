/** What a secret must survive: all usual ways to turn a value into text. */
import { inspect } from "node:util";

/** Every way in which a value ends up in a log or a file by accident. */
export function printed(value: unknown): string {
  return [
    `${value}`,
    String(value),
    JSON.stringify({ value, list: [value] }),
    Deno.inspect(value, { depth: 9, showHidden: true }),
    Deno.inspect({ nested: [value] }, { depth: 9 }),
    inspect(value, { depth: 9, showHidden: true }),
    inspect({ nested: new Map([["k", value]]) }, { depth: 9, showHidden: true }),
    JSON.stringify(structuredClone(value)),
    JSON.stringify(Object.entries(Object(value))),
  ].join("\n");
}
