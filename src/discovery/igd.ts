/** Asks UPnP internet gateway devices: found by SSDP, described by HTTP, asked by SOAP. */
import type { Buffer } from "node:buffer";
import { createSocket, type RemoteInfo } from "node:dgram";
import { parseIp } from "../wire/ip.ts";
import type { InterfaceAddress } from "./broadcast.ts";
import {
  type Control,
  controlOf,
  descriptionPlace,
  element,
  envelope,
  type Place,
  searches,
} from "./igd_codec.ts";
import { ask } from "./igd_http.ts";
import { type Router, RouterError } from "./mapping_port.ts";
import { isWithin } from "./networks.ts";

const SSDP_GROUP = "239.255.255.250";
const SSDP_PORT = 1_900;

/** How long answers to a search are waited for, in milliseconds. */
const SEARCH_MS = 2_000;

/** Answers to a search that are looked at, and devices taken of them. */
const MAX_ANSWERS = 32;
const MAX_DEVICES = 4;

/** Longest answer to a search that is looked at, in bytes. */
const MAX_ANSWER_BYTES = 2_048;

/** Devices on a network, each as where its description is. Never rejects. */
export async function searchDevices(network: InterfaceAddress): Promise<readonly Place[]> {
  const found = new Map<string, Place>();
  let looked = 0;
  const socket = createSocket({ type: "udp4" });
  const heard = (bytes: Buffer, { address }: RemoteInfo): void => {
    if (++looked > MAX_ANSWERS || bytes.length > MAX_ANSWER_BYTES || found.size >= MAX_DEVICES) {
      return;
    }
    if (!isWithin(address, network) || address === network.address || found.has(address)) return;
    const place = descriptionPlace(new TextDecoder().decode(bytes), address);
    if (place !== undefined) found.set(address, place);
  };
  socket.on("message", heard);
  // No route, interface just gone: nobody answers then.
  socket.on("error", () => {});
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, SEARCH_MS);
    socket.bind(0, network.address, () => {
      try {
        socket.setMulticastInterface(network.address);
        socket.setMulticastTTL(2);
        for (const search of searches()) {
          socket.send(search, 0, search.length, SSDP_PORT, SSDP_GROUP, () => {});
        }
      } catch {
        clearTimeout(timer);
        resolve();
      }
    });
  });
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return [...found.values()];
}

/** A device, asked from the own address on its network. */
export function igdRouter(device: Place, network: InterfaceAddress): Router {
  let control: Promise<Control> | undefined;
  const call = async (
    action: string,
    values: Readonly<Record<string, string>>,
  ): Promise<string> => {
    control ??= describe(device, network);
    const { place, service } = await control;
    const { status, body } = await ask(place, {
      from: network.address,
      body: envelope(service, { action, values }),
      headers: ['Content-Type: text/xml; charset="utf-8"', `SOAPAction: "${service}#${action}"`],
    });
    if (status === 200) return body;
    throw new RouterError(
      `The router refuses, with error ${Number(element(body, "errorCode")) || status}`,
    );
  };
  return {
    by: "upnp",
    host: device.host,
    map: async ({ mappedPort: port, purpose }, leaseSeconds) => {
      const address = element(await call("GetExternalIPAddress", {}), "NewExternalIPAddress");
      await call("AddPortMapping", {
        NewRemoteHost: "",
        NewExternalPort: `${port}`,
        NewProtocol: "TCP",
        NewInternalPort: `${port}`,
        NewInternalClient: network.address,
        NewEnabled: "1",
        NewPortMappingDescription: purpose,
        NewLeaseDuration: `${leaseSeconds}`,
      });
      const external = parseIp(address ?? "")?.length === 4 ? address : undefined;
      return { external, leaseSeconds };
    },
    unmap: async ({ mappedPort: port }) => {
      const values = { NewRemoteHost: "", NewExternalPort: `${port}`, NewProtocol: "TCP" };
      await call("DeletePortMapping", values);
    },
  };
}

async function describe(device: Place, network: InterfaceAddress): Promise<Control> {
  const { status, body } = await ask(device, { from: network.address });
  const control = status === 200 ? controlOf(body, device) : undefined;
  if (control === undefined) throw new RouterError("The router maps no ports");
  return control;
}
