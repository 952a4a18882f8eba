/** Addresses for virtual nodes. */
import { type NodeAddress, parseAddress } from "../wire/address.ts";

/** A public address of a /16 of its own for each of 40,000 nodes. */
export function publicAddress(index: number): NodeAddress {
  return parseAddress(`${24 + Math.floor(index / 250)}.${index % 250}.7.7:14677`)!;
}
