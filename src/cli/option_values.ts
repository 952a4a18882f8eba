/** Reads the values of options: numbers within their ranges, options that can be given many times. */
import { InvalidArgumentError } from "commander";

/** A reader of whole numbers from `min` to `max`, for an option. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
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
