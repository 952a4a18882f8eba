/**
 * Typed readers for decoded values, shared by all codecs (docs/PROTOCOL.md section 1): "a structure
 * is an array of fixed arity". Each takes what an array gives at an index, checks it, and throws a
 * `WireError` with code "malformed" when it is anything else.
 */
import { malformed } from "./errors.ts";
import type { Value } from "./msgpack.ts";
import { type UnixSeconds, unixSeconds } from "./time.ts";

/** Something that may be missing: what `noUncheckedIndexedAccess` makes of an index. */
export type Field = Value | undefined;

/** The items of an array of exactly `arity`. */
export function fields(value: Field, arity: number): readonly Value[] {
  const items = listField(value, arity);
  if (items.length !== arity) throw malformed(`Not an array of ${arity}`);
  return items;
}

/** The items of an array of at most `max`. */
export function listField(value: Field, max: number): readonly Value[] {
  if (!isList(value) || value.length > max) throw malformed(`Not an array of at most ${max}`);
  return value;
}

/** A whole number of at most `max`. */
export function uintField(value: Field, max: number = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== "number" || value > max) throw malformed("Not a number in range");
  return value;
}

/** A time in whole seconds since 1970. */
export function timeField(value: Field): UnixSeconds {
  return unixSeconds(uintField(value));
}

/** A bool. */
export function boolField(value: Field): boolean {
  if (typeof value !== "boolean") throw malformed("Not a bool");
  return value;
}

/** A str of any length; caps are the caller's. */
export function strField(value: Field): string {
  if (typeof value !== "string") throw malformed("Not a str");
  return value;
}

/** A bin of exactly `length` bytes, or of any length when none is given. A view of the input. */
export function binField(value: Field, length?: number): Uint8Array {
  if (!(value instanceof Uint8Array)) throw malformed("Not a bin");
  if (length !== undefined && value.length !== length) {
    throw malformed(`Not a bin of ${length} bytes`);
  }
  return value;
}

/** Tells an array from the other values; `Array.isArray` alone narrows readonly arrays to `any`. */
function isList(value: Field): value is readonly Value[] {
  return Array.isArray(value);
}
