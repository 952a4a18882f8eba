/** Reads the values of options: numbers within their ranges, options that can be given many times. */
import { InvalidArgumentError } from "commander";
import type { MaxStorage } from "../node/node_options.ts";

/** Largest share of anything: of whom nobody is left, nothing can be told. */
const MAX_SHARE = 0.9;

/** A reader of whole numbers from `min` to `max`, for an option. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** Reads an amount of storage: `2GB`, `500 MB`, `1.5GiB`, or a share of the disk, `10%`. */
export function storageSize(text: string): MaxStorage {
  const [, digits = "", unit = ""] = /^(\d{1,15}(?:\.\d{1,3})?) ?([a-z]*|%)$/i.exec(text.trim()) ??
    [];
  const number = digits === "" ? NaN : Number(digits);
  if (unit === "%" && number > 0 && number <= 100) return { kind: "percent", percent: number };
  const bytes = Math.floor(number * (UNITS[unit.toLowerCase()] ?? NaN));
  if (bytes > 0 && Number.isSafeInteger(bytes)) return { kind: "bytes", bytes };
  throw new InvalidArgumentError("It must be an amount like 2GB, or a share of the disk like 10%.");
}

/** Reads what a node relays; answers whether that is text only. */
export function relayKind(text: string): boolean {
  if (text === "all" || text === "text") return text === "text";
  throw new InvalidArgumentError("It must be all or text.");
}

/** Reads a share: a number from 0 to 0.9, or the same as a percentage. */
export function share(text: string): number {
  const [, number, percent] = /^(\d{1,3}(?:\.\d{1,6})?)(%?)$/.exec(text) ?? [];
  const value = Number(number) / (percent === "%" ? 100 : 1);
  if (value >= 0 && value <= MAX_SHARE) return value;
  throw new InvalidArgumentError("It must be a share from 0 to 0.9, or from 0% to 90%.");
}

/** Collects the values of an option that can be given many times. */
export function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...before ?? [], value];
}

/** Reads a local IP address. */
export function ipAddress(text: string): string {
  const v4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
  const v6 = /^(?=.*:.*:)[\da-f:.]{2,45}$/i;
  const bare = text.replace(/^\[(.*)\]$/, "$1");
  if (v4.test(bare) || v6.test(bare)) return bare;
  throw new InvalidArgumentError("It must be an IP address of this machine.");
}

/** Reads a date after 1970, with or without a time of day, in UTC; or seconds since 1970; answers seconds. */
export function pastTime(text: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text);
  const date = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z?)?$/.test(text)
    ? new Date(text.includes("T") && !text.endsWith("Z") ? `${text}Z` : text)
    : new Date(NaN);
  const seconds = Math.floor(date.getTime() / 1_000);
  if (Number.isNaN(seconds) || seconds < 0) {
    throw new InvalidArgumentError("It must be a date like 2026-11-30.");
  }
  return seconds;
}

/** Reads the URL of a proxy, as far as its shape goes; the node reads it strictly. */
export function proxyUrl(text: string): string {
  if (/^socks5h?:\/\/\S+:\d{1,5}\/?$/i.test(text)) return text;
  throw new InvalidArgumentError("It must be like socks5://127.0.0.1:9050.");
}
