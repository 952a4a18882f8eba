/** The network's name and key as the user gives them. */
import { hexToBytes } from "@noble/hashes/utils.js";
import { MAX_NETWORK_NAME } from "../wire/limits.ts";
import { type NetworkName, parseNetworkName } from "../wire/labels.ts";
import { UserError } from "./user_error.ts";

/** Checks a network's name. Throws a `UserError` of code `usage`. */
export function needNetwork(name: string): NetworkName {
  const network = parseNetworkName(name);
  if (network === undefined) {
    throw new UserError(
      "usage",
      `A network's name has 1 to ${MAX_NETWORK_NAME} of a-z, 0-9 and the hyphen`,
    );
  }
  return network;
}

/** Reads a closed network's key: 32 bytes in hex. Throws a `UserError` that never shows its content. */
export async function readNetworkKey(path: string): Promise<Uint8Array> {
  let text: string;
  try {
    text = (await Deno.readTextFile(path)).trim();
  } catch (error) {
    const why = error instanceof Error ? error.message : "unknown error";
    throw new UserError("failed", `The network key could not be read: ${why}`);
  }
  if (!/^[0-9a-fA-F]{64}$/.test(text)) {
    throw new UserError("usage", `${path} does not hold a network key: 64 hex digits`);
  }
  return hexToBytes(text);
}
