/** DNS-SD on this machine's real networks. */
import type { MdnsPort } from "./mdns_port.ts";
import { readLocalNetworks } from "./networks.ts";

/**
 * Loads what speaks DNS-SD: late, since no command but `node` needs it; and at the start, since
 * later a node may read no files. Rejects when it can't be loaded.
 */
export async function systemMdns(): Promise<MdnsPort> {
  const { openBonjour } = await import("./mdns_bonjour.ts");
  return {
    networks: readLocalNetworks,
    open: openBonjour,
  };
}
