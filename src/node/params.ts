/**
 * Checks what comes over the control socket against the API's parameter lists, so that a method
 * may trust its parameters' shapes. The socket is its owner's alone, but a script of theirs can be
 * wrong, and should be told so.
 */
import type { Api, Method } from "./api.ts";
import { UserError } from "./user_error.ts";

type Shape = "string" | "boolean" | "number" | "strings" | "attachments";

/** A parameter list: name to shape; a trailing `?` makes it optional. */
type Shapes = Readonly<Record<string, Shape | `${Shape}?`>>;

const SHAPES: Readonly<Record<Method, Shapes>> = {
  status: {},
  diagnosis: {},
  privacy: {},
  history: {},
  peers: {},
  locator: {
    identities: "strings",
    noIdentity: "boolean",
    starters: "strings?",
    addresses: "strings",
  },
  join: { locator: "string", follow: "boolean", starters: "boolean?" },
  identities: {},
  lock: { again: "boolean?" },
  web: { port: "number?" },
  "web-close": {},
  "keys-file": { file: "string" },
  stop: {},
  "profile-set": { as: "string?", name: "string?", bio: "string?", link: "string?" },
  "profile-show": { id: "string?" },
  post: {
    text: "string",
    as: "string?",
    replyTo: "string?",
    quote: "string?",
    warning: "string?",
    language: "string?",
    attachments: "attachments",
  },
  retract: { id: "string" },
  recipient: { to: "string" },
  send: {
    to: "string",
    text: "string",
    as: "string?",
    replyTo: "string?",
    attachments: "attachments",
  },
  inbox: {
    limit: "number",
    before: "string?",
    with: "string?",
    as: "string?",
    requests: "boolean",
    hidden: "boolean?",
    news: "boolean?",
    now: "boolean?",
  },
  conversations: { limit: "number", before: "string?", requests: "boolean", hidden: "boolean?" },
  timeline: { limit: "number", before: "string?", all: "boolean", author: "string?" },
  mentions: { limit: "number", before: "string?", requests: "boolean" },
  "search-page": { words: "strings", limit: "number", before: "string?" },
  show: { id: "string", hidden: "boolean?" },
  thread: { id: "string", hidden: "boolean?" },
  attachment: { id: "string", index: "number", hidden: "boolean?" },
  "capsule-page": { since: "number", pending: "boolean?", after: "string?" },
  "capsule-take": { messages: "strings" },
  follow: { target: "string", name: "string?", starters: "boolean?", successor: "boolean?" },
  unfollow: { id: "string" },
  verify: { id: "string", as: "string?" },
  unverify: { id: "string", as: "string?" },
  revoke: { statement: "string" },
  following: {},
  block: { ids: "strings", unfollow: "boolean?", check: "boolean?" },
  unblock: { id: "string" },
  blocked: { limit: "number?", after: "string?" },
  "blocked-hidden": { limit: "number", before: "string?" },
  trust: { id: "string" },
  "trust-limit": { maxDistance: "number" },
};

/** Whether a name is a method of the API. */
export function isMethod(name: string): name is Method {
  return Object.hasOwn(SHAPES, name);
}

/** Checks parameters. Throws a `UserError` of code `usage` that names the first one that is wrong. */
export function checkParams<M extends Method>(method: M, value: unknown): Api[M]["params"] {
  if (!isRecord(value)) throw new UserError("usage", `${method}: parameters must be an object`);
  const shapes = SHAPES[method];
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(shapes, name)) {
      throw new UserError("usage", `${method}: no parameter ${name}`);
    }
  }
  for (const [name, declared] of Object.entries(shapes)) {
    const optional = declared.endsWith("?");
    const given = value[name];
    if (given === undefined && optional) continue;
    const shape = optional ? declared.slice(0, -1) : declared;
    if (!fits(given, shape as Shape)) {
      throw new UserError("usage", `${method}: parameter ${name} must be of type ${shape}`);
    }
  }
  return value as Api[M]["params"];
}

function fits(value: unknown, shape: Shape): boolean {
  switch (shape) {
    case "strings":
      return Array.isArray(value) && value.every((item) => typeof item === "string");
    case "attachments":
      return Array.isArray(value) && value.every(isAttachment);
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    case "number":
      return typeof value === "number";
    default:
      return shape satisfies never;
  }
}

function isAttachment(value: unknown): boolean {
  return isRecord(value) &&
    ["name", "mediaType", "base64", "alt"].every((field) => typeof value[field] === "string");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
