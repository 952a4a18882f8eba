/** Reads the values of `simulate`'s options. */
import { InvalidArgumentError } from "commander";
import type { Refinements } from "../gossip/mod.ts";
import type { Hostility } from "../sim/mod.ts";

/** Values of `--rule`. */
export const RULES = ["gossamer", "demers-push", "demers-pull"] as const;

/** Values of `--hostile-kind`. */
export const HOSTILITIES: readonly Hostility[] = ["silent", "known", "addresses"];

const REFINEMENTS: readonly (keyof Refinements)[] = ["limits", "ride", "hold", "delivered"];

/** A reader of numbers from `min` to `max`, for an option. */
export function decimal(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a number from ${min} to ${max}.`);
  };
}

/** Reads a list of refinements, or `none`. */
export function refinements(text: string): Refinements {
  const names = text === "none" ? [] : text.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !REFINEMENTS.some((known) => known === name));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`It must be none, or some of ${REFINEMENTS.join(",")}.`);
  }
  const has = (name: keyof Refinements): boolean => names.includes(name);
  return {
    limits: has("limits"),
    ride: has("ride"),
    hold: has("hold"),
    delivered: has("delivered"),
  };
}

/** Reads two times in seconds, `60-180`, the first before the second. */
export function period(text: string): readonly [number, number] {
  const [, from, to] = /^(\d{1,6})-(\d{1,6})$/.exec(text) ?? [];
  const [start, end] = [Number(from), Number(to)];
  if (start < end) return [start, end];
  throw new InvalidArgumentError("It must be two times in seconds, like 60-180.");
}
