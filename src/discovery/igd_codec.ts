/**
 * What is said to and by UPnP internet gateway devices: pure, and suspicious. A description may name
 * any machine of the world; only the one that sent it is ever spoken to.
 */
import { parseIp } from "../wire/ip.ts";

/** Where a device may be asked, by HTTP. */
export interface Place {
  /** IPv4 address. */
  readonly host: string;
  /** TCP port: 80, or 1024 and above. */
  readonly port: number;
  /** Path and query, ASCII without spaces or line breaks. */
  readonly path: string;
}

/** The service of a device that maps ports. */
export interface Control {
  /** Where it is asked. */
  readonly place: Place;
  /** Its type, as it has to be repeated. */
  readonly service: string;
}

const DEVICES = ["InternetGatewayDevice:1", "InternetGatewayDevice:2"];
const SERVICES = ["WANIPConnection:2", "WANIPConnection:1", "WANPPPConnection:1"];

/** UPnP's services carry this before their names. */
const URN = "urn:schemas-upnp-org:";

/** Longest path that is asked for, in characters. */
const MAX_PATH = 256;

/** Searches for devices, one datagram for each version. */
export function searches(): Uint8Array[] {
  return DEVICES.map((device) =>
    new TextEncoder().encode(
      "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n" +
        `MAN: "ssdp:discover"\r\nMX: 1\r\nST: ${URN}device:${device}\r\n\r\n`,
    )
  );
}

/**
 * Where the sender of an answer to a search has its description: at its own address, or nowhere. So
 * nobody has this machine fetch anything from a third one. Never throws.
 */
export function descriptionPlace(answer: string, sender: string): Place | undefined {
  if (!/^HTTP\/1\.[01] 200 /.test(answer)) return undefined;
  const location = /^location:[ \t]*(\S+)[ \t]*$/im.exec(answer)?.[1];
  return location === undefined ? undefined : placeAt(location, { host: sender });
}

/** The service in a device's description, on the same machine as that. Never throws. */
export function controlOf(description: string, place: Place): Control | undefined {
  const services = description.split(/<service>/i).slice(1)
    .map((part) => part.split(/<\/service>/i, 1)[0] ?? "");
  for (const wanted of SERVICES) {
    for (const text of services) {
      const service = element(text, "serviceType");
      const url = element(text, "controlURL");
      if (service !== `${URN}service:${wanted}` || url === undefined) continue;
      const control = placeAt(url, place);
      if (control !== undefined) return { place: control, service };
    }
  }
  return undefined;
}

/** The body of a call. The values are this program's own. */
export function envelope(
  service: string,
  { action, values }: {
    readonly action: string;
    readonly values: Readonly<Record<string, string>>;
  },
): string {
  const inner = Object.entries(values).map(([name, value]) => `<${name}>${value}</${name}>`).join(
    "",
  );
  return '<?xml version="1.0"?>\r\n<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" ' +
    's:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>' +
    `<u:${action} xmlns:u="${service}">${inner}</u:${action}></s:Body></s:Envelope>\r\n`;
}

/** The text of the first element of that name, without blanks around; `undefined` without one. */
export function element(text: string, name: string): string | undefined {
  const start = text.indexOf(`<${name}>`);
  const end = start < 0 ? -1 : text.indexOf(`</${name}>`, start);
  return end < 0 ? undefined : text.slice(start + name.length + 2, end).trim();
}

/** A URL, possibly relative, as a place at that host; `undefined` for one anywhere else. */
function placeAt(url: string, base: Partial<Place> & { readonly host: string }): Place | undefined {
  let parsed: URL;
  try {
    parsed = new URL(url, `http://${base.host}:${base.port ?? 80}${base.path ?? "/"}`);
  } catch {
    return undefined;
  }
  const port = parsed.port === "" ? 80 : Number(parsed.port);
  const path = `${parsed.pathname}${parsed.search}`;
  const plain = parsed.protocol === "http:" && parsed.username === "" && parsed.password === "";
  const here = parsed.hostname === base.host && parseIp(base.host)?.length === 4;
  const fits = /^[!-~]+$/.test(path) && path.length <= MAX_PATH;
  return plain && here && fits && (port === 80 || port >= 1_024)
    ? { host: base.host, port, path }
    : undefined;
}
