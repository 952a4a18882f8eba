/** What a log may say of an error: its kind, as a word of a closed list, and where in this program it arose. */

/** Kinds of errors by name, as the runtime and this program name them. */
const NAMES: ReadonlySet<string> = new Set([
  ...["AbortError", "AggregateError", "DOMException", "Error", "EvalError", "RangeError"],
  ...["ReferenceError", "SyntaxError", "TimeoutError", "TypeError", "URIError"],
  ...["AddrInUse", "AddrNotAvailable", "AlreadyExists", "BadResource", "BrokenPipe", "Busy"],
  ...["ConnectionAborted", "ConnectionRefused", "ConnectionReset", "FilesystemLoop", "Http"],
  ...["Interrupted", "InvalidData", "IsADirectory", "NetworkUnreachable", "NotADirectory"],
  ...["NotCapable", "NotConnected", "NotFound", "NotSupported", "PermissionDenied", "TimedOut"],
  ...["UnexpectedEof", "WouldBlock", "WriteZero"],
  ...["HandshakeError", "KeystoreError", "StoreError", "UserError", "WireError"],
]);

/** Codes of this program's own errors, such as `other-network` and `noNode`. */
const CODE = /^[a-z]+(?:-?[A-Za-z][a-z]+)*$/;
/** Codes of the system, such as ENOSPC. */
const SYSTEM_CODE = /^E[A-Z0-9]{2,15}$/;
/** Classes whose `code` is a word of a closed list. */
const CODED: ReadonlySet<string> = new Set(["KeystoreError", "StoreError", "UserError"]);
/** A file of this program and its line in a frame; nothing of the folders above its last `src`. */
const FRAME =
  /^.*\/src\/((?:cli|discovery|gossip|keystore|node|sim|store|text|trust|web|wire)\/(?:(?:components|methods|views)\/)?[a-z0-9_]+\.tsx?:\d+):\d+/;

/** Exists for the type checker only. */
declare const brand: unique symbol;

/** A word that only this file makes: an error's kind, or a file of this program and a line. */
export type FaultWord = string & { readonly [brand]: true };

/** The kind of an error; `other` for whatever isn't known here. */
export function faultOf(error: unknown): FaultWord {
  return wordOf(error) as FaultWord;
}

function wordOf(error: unknown): string {
  if (!(error instanceof Error) || !NAMES.has(error.name)) return "other";
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (CODED.has(error.name) && CODE.test(code)) return `${error.name}:${code}`;
  return SYSTEM_CODE.test(code) ? `${error.name}:${code}` : error.name;
}

/** Where in this program an error arose, such as `gossip/engine.ts:120`; `undefined` when its stack doesn't tell. */
export function placeOf(error: unknown): FaultWord | undefined {
  if (!(error instanceof Error)) return undefined;
  // What stands before the frames is the message, which may hold anything.
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const places = frames.map((line) => FRAME.exec(line)?.[1]);
  return places.find((place) => place !== undefined) as FaultWord | undefined;
}
