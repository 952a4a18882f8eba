/** The machine's IPv4 networks, and what lies in them. */
import { parseIp } from "../wire/ip.ts";
import type { InterfaceAddress } from "./broadcast.ts";

/** The IPv4 networks of more than one machine among the interfaces, loopback's left out. */
function localNetworks(interfaces: readonly InterfaceAddress[]): InterfaceAddress[] {
  return interfaces.filter(({ family, address, netmask }) =>
    family === "IPv4" && !address.startsWith("127.") && netmask !== "255.255.255.255"
  );
}

/** Whether an IPv4 address lies in a network. */
export function isWithin(host: string, network: InterfaceAddress): boolean {
  const [bytes, own, mask] = [host, network.address, network.netmask].map(parseIp);
  if (bytes?.length !== 4 || own?.length !== 4 || mask?.length !== 4) return false;
  return bytes.every((byte, i) => (byte & mask[i]!) === (own[i]! & mask[i]!));
}

/** Those of the machine right now. Never throws. */
export function readLocalNetworks(): InterfaceAddress[] {
  try {
    return localNetworks(Deno.networkInterfaces());
  } catch {
    // Not permitted, or not to be had on this system.
    return [];
  }
}
