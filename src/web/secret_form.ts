/**
 * Forms that hold a passphrase: read and decoded as bytes, so that no string of it is left that nobody
 * can overwrite. What browser and runtime copied before that stays (docs/decisions/0032).
 */
import { UserError } from "../node/user_error.ts";
import { boundaryOf, partsOf } from "./multipart.ts";
import type { WebContext } from "./site.ts";

/** Most bytes in such a form without a file: a passphrase of 1,024 bytes, each as `%XX`, and room. */
export const MAX_SECRET_FORM_BYTES = 8_192;
/** The same with one: a recovery sheet, four times as large as they are. */
export const MAX_SECRET_FILE_FORM_BYTES = 49_152;

const PLAIN = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;
const [AND, IS, PLUS, PERCENT, SPACE] = [0x26, 0x3d, 0x2b, 0x25, 0x20];

/** A form's fields as bytes, to be wiped by whoever read it. */
export class SecretForm {
  readonly #body: Uint8Array;
  readonly #fields: ReadonlyMap<string, Uint8Array>;

  /**
   * Decodes a body in place, which is the form's from then on; with a boundary one that has files. Throws
   * a `UserError` when it has no such form.
   */
  constructor(body: Uint8Array, boundary?: string) {
    const fields = boundary === undefined ? fieldsOf(body) : partsOf(body, boundary);
    if (fields === undefined) {
      body.fill(0);
      throw new UserError("usage", "The form was not received whole.");
    }
    this.#body = body;
    this.#fields = fields;
  }

  /** Reads a request's body and wipes what it came in. Throws a `UserError` when it isn't such a form. */
  static async read(c: WebContext): Promise<SecretForm> {
    const type = c.req.header("content-type") ?? "";
    if (PLAIN.test(type)) return new SecretForm(await readBody(c.req.raw, MAX_SECRET_FORM_BYTES));
    const boundary = boundaryOf(type);
    if (boundary === undefined) throw new UserError("usage", "That is not the form of this page.");
    return new SecretForm(await readBody(c.req.raw, MAX_SECRET_FILE_FORM_BYTES), boundary);
  }

  /** A field that is no secret; "" if it isn't there. */
  text(name: string): string {
    return new TextDecoder().decode(this.#fields.get(name));
  }

  /** The bytes of a field, which are the form's; none if it isn't there. */
  secret(name: string): Uint8Array {
    return this.#fields.get(name) ?? new Uint8Array(0);
  }

  /** Overwrites all of it. */
  wipe(): void {
    this.#body.fill(0);
  }
}

async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const whole = new Uint8Array(maxBytes);
  let size = 0;
  try {
    for await (const chunk of request.body ?? []) {
      // What is too much is read to its end all the same, to be overwritten.
      whole.set(chunk.subarray(0, Math.max(0, maxBytes - size)), Math.min(size, maxBytes));
      size = Math.min(size + chunk.length, maxBytes + 1);
      chunk.fill(0);
    }
  } catch {
    whole.fill(0);
    throw new UserError("usage", "The form was not received whole.");
  }
  if (size > maxBytes) {
    whole.fill(0);
    throw new UserError("refused", "That is too much for this form.");
  }
  return whole.subarray(0, size);
}

/** The first field of each name. Values are decoded where they stand. */
function fieldsOf(body: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const fields = new Map<string, Uint8Array>();
  for (let start = 0; start < body.length;) {
    const and = body.indexOf(AND, start);
    const end = and < 0 ? body.length : and;
    const is = body.subarray(start, end).indexOf(IS);
    const nameEnd = is < 0 ? end : start + is;
    const name = new TextDecoder().decode(decode(body.subarray(start, nameEnd)));
    if (!fields.has(name)) fields.set(name, decode(body.subarray(Math.min(nameEnd + 1, end), end)));
    start = end + 1;
  }
  return fields;
}

/** As the URL standard has it: `+` is a space, and a `%` without two hex digits is itself. */
function decode(bytes: Uint8Array): Uint8Array {
  let to = 0;
  for (let from = 0; from < bytes.length; from++, to++) {
    const byte = bytes[from] ?? 0;
    const high = hex(bytes[from + 1]);
    const low = hex(bytes[from + 2]);
    if (byte === PERCENT && high >= 0 && low >= 0) {
      bytes[to] = high * 16 + low;
      from += 2;
    } else bytes[to] = byte === PLUS ? SPACE : byte;
  }
  return bytes.subarray(0, to);
}

/** What a hex digit stands for; -1 for anything else. */
function hex(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return byte >= 0x41 && lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
