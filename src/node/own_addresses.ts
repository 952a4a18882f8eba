/** Where this node can perhaps be reached, as far as the machine itself knows. */
import { addressOf, type NodeAddress, parseAddress } from "../wire/address.ts";
import { scopeOf } from "../wire/address_rules.ts";
import { UserError } from "./user_error.ts";

/** Addresses that mean "every interface". */
const WILDCARDS: ReadonlySet<string> = new Set(["::", "0.0.0.0"]);

/**
 * Addresses of a listener: those it was bound to, and for a wildcard those of the machine's
 * interfaces. Link-local is left out, since it means nothing without an interface's name. Read anew
 * at each call: cables and networks come and go.
 */
export function ownAddresses(hosts: readonly string[], port: number): readonly NodeAddress[] {
  const every = hosts.some((host) => WILDCARDS.has(host));
  const found = (every ? interfaceHosts(hosts) : hosts)
    .map((host) => addressOf(host, port))
    .filter((address) => address !== undefined)
    .filter((address) => !["link-local", "refused"].includes(scopeOf(address)));
  return [...new Set(found)];
}

function interfaceHosts(hosts: readonly string[]): readonly string[] {
  const onlyIpv4 = !hosts.includes("::");
  try {
    return Deno.networkInterfaces()
      .filter(({ family }) => family === "IPv4" || !onlyIpv4)
      .map(({ address }) => address);
  } catch {
    // Not to be had on this system: the node is still found by those that it dials.
    return [];
  }
}

/** Addresses that the owner says others reach the node at. Throws a `UserError` of code `usage`. */
export function givenAddresses(texts: readonly string[]): readonly NodeAddress[] {
  return texts.map((text) => {
    const address = parseAddress(text);
    if (address !== undefined && !["link-local", "refused"].includes(scopeOf(address))) {
      return address;
    }
    throw new UserError(
      "usage",
      `--address: ${text} is no address that others can reach. Give IP:PORT, [IPv6]:PORT or an onion ` +
        "address of version 3; names are told to nobody.",
    );
  });
}
