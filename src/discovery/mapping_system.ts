/** Routers on this machine's real networks. */
import { formatIp, parseIp } from "../wire/ip.ts";
import type { InterfaceAddress } from "./broadcast.ts";
import { igdRouter, searchDevices } from "./igd.ts";
import type { MappingPort } from "./mapping_port.ts";
import { natPmpRouter } from "./nat_pmp.ts";
import { isWithin, readLocalNetworks } from "./networks.ts";

/** Finds routers. */
export const systemMapping: MappingPort = {
  networks: readLocalNetworks,
  find: async (network) => {
    const devices = await searchDevices(network);
    const hosts = new Set([...devices.map(({ host }) => host), ...usualRouters(network)]);
    return [
      ...devices.map((device) => igdRouter(device, network)),
      ...[...hosts].map((host) => natPmpRouter(host, network)),
    ];
  },
};

/**
 * Where routers usually are, the first and the last address of a network: which one is in use is
 * known to the system only, and it tells no program that may not read everything.
 */
export function usualRouters(network: InterfaceAddress): string[] {
  const own = parseIp(network.address);
  const mask = parseIp(network.netmask);
  if (own?.length !== 4 || mask?.length !== 4) return [];
  const first = own.map((byte, i) => byte & mask[i]!);
  const last = own.map((byte, i) => byte | (~mask[i]! & 0xff));
  first[3]! |= 1;
  last[3]! &= 0xfe;
  return [...new Set([formatIp(first), formatIp(last)])]
    .filter((host) => host !== network.address && isWithin(host, network));
}
