/** The mapping of a running node's port at the router (docs/PROTOCOL.md section 10). */
import { type Mapping, realTime, startMapping, systemMapping } from "../discovery/mod.ts";
import { addressOf, type NodeAddress } from "../wire/address.ts";
import { scopeOf } from "../wire/address_rules.ts";
import { portRequestOf } from "../wire/announcement.ts";
import type { RouterView } from "./api_diagnosis.ts";
import type { MappingView } from "./api_health.ts";
import type { Log } from "./log.ts";

/** What is mapped, if anything. */
export interface PortMappingOptions {
  /** Whether a router may be asked. */
  readonly wanted: boolean;
  /** Addresses that the node listens on. */
  readonly hosts: readonly string[];
  /** TCP port, inside and outside. */
  readonly tcpPort: number;
  /** Takes diagnostics. */
  readonly log: Log;
}

/** The mapping as it stands. */
export interface PortMapping {
  /** Whether routers are asked, in networks that have private addresses. */
  readonly runs: boolean;
  /** What the router granted; null without. */
  view(): MappingView | null;
  /**
   * The address outside, as the router has it, if others can reach such a one. It goes into
   * locators that the owner gives away; no peer is told by this node, which has the router's word only.
   */
  addresses(): readonly NodeAddress[];
  /** How it stands with routers. */
  routerView(): RouterView;
  /** What the owner should know; usually empty. */
  warnings(): readonly string[];
  /** Takes the mapping back. */
  stop(): Promise<void>;
}

/** Starts asking, and doesn't wait for answers. Nothing starts where only this machine could connect. */
export function startPortMapping(
  { wanted, hosts, tcpPort, log }: PortMappingOptions,
): PortMapping {
  const every = hosts.some((host) => host === "::" || host === "0.0.0.0");
  const reaches = (host: string): boolean => every || hosts.includes(host);
  const runs = wanted && (every || hosts.some((host) => !/^127\.|:/.test(host)));
  const service = runs
    ? startMapping({
      port: {
        networks: () => systemMapping.networks().filter(({ address }) => reaches(address)),
        find: (network) => systemMapping.find(network),
      },
      ...{ request: portRequestOf(tcpPort), time: realTime },
      onChange: (mapping) =>
        log.info(
          mapping === undefined ? "The port is mapped no longer" : "The router maps the port",
        ),
    })
    : undefined;
  const outside = (): NodeAddress | undefined => globalAddress(service?.current(), tcpPort);
  return {
    runs,
    view: () => {
      const mapping = service?.current();
      if (mapping === undefined) return null;
      return { by: mapping.by, router: mapping.router, address: outside() ?? null };
    },
    routerView: () => ({
      ...(service?.search() ?? { networks: 0, searched: false, tried: [] }),
      state: !wanted ? "off" : runs ? "on" : "alone",
    }),
    addresses: () => [outside()].filter((address) => address !== undefined),
    warnings: () =>
      service?.current() !== undefined && outside() === undefined ? [BEHIND_ANOTHER] : [],
    stop: async () => await service?.stop(),
  };
}

const BEHIND_ANOTHER =
  "The router maps the port, but says of itself that it has no address on the internet: another " +
  "router, perhaps the provider's, stands before it. Nodes outside can't connect to this one; it " +
  "takes part all the same, by connecting to them.";

function globalAddress(mapping: Mapping | undefined, port: number): NodeAddress | undefined {
  const address = mapping?.external === undefined ? undefined : addressOf(mapping.external, port);
  return address !== undefined && scopeOf(address) === "global" ? address : undefined;
}
