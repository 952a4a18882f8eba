/** What a data folder shows on the command line, less what the clock or the version changes. */

/** Runs a command with `--json`; `undefined` when it failed or this version hasn't got it. */
export type Ask = (args: readonly string[]) => Promise<unknown>;

/** Views by name; null for one that the version which made the folder hadn't got. */
export type Views = Readonly<Record<string, unknown>>;

const STATUS = ["id", "author", "created", "text", "replyTo", "warning"];
const LETTER = ["id", "from", "to", "created", "text"];

/** Asks for everything. `friend` is whom the folder's owner follows. */
export async function fixtureViews(ask: Ask, friend: string): Promise<Views> {
  const list = async (args: readonly string[], fields: readonly string[]): Promise<unknown> => {
    const rows = await ask(args);
    return Array.isArray(rows) ? rows.filter(isSettled).map((row) => pick(row, fields)) : null;
  };
  const own = await list(["identity", "list"], ["id", "name"]);
  const first = Array.isArray(own) ? String(own[0]?.id) : "";
  const one = async (args: readonly string[], fields: readonly string[]): Promise<unknown> => {
    const value = await ask(args);
    return value === undefined ? null : pick(value, fields);
  };
  const profile = ["id", "name", "bio", "link", "updated"];
  return {
    identities: own,
    following: await list(["following"], ["id", "name"]),
    profile: await one(["profile", "show", first], profile),
    friend: await one(["profile", "show", friend], profile),
    timeline: await list(["timeline", "--limit", "100"], STATUS),
    attachments: await attachments(ask),
    inbox: await list(["inbox", "--limit", "100"], LETTER),
    conversation: await list(["inbox", "--with", friend], [...LETTER, "sent"]),
    requests: await list(["inbox", "--requests", "--limit", "100"], LETTER),
    blocked: await list(["blocked"], ["id", "because"]),
    trust: await one(["trust", friend], ["id", "verified", "distance"]),
  };
}

/** Names, sizes and descriptions of the attachments in the timeline. */
async function attachments(ask: Ask): Promise<unknown> {
  const rows = await ask(["timeline", "--limit", "100"]);
  if (!Array.isArray(rows)) return null;
  const fields = ["name", "bytes", "alt", "mediaType"];
  return rows.filter(isSettled).flatMap((row) =>
    Array.isArray(row.attachments) ? row.attachments.map((file: unknown) => pick(file, fields)) : []
  );
}

/** What is on its way is gone some day. */
function isSettled(row: unknown): boolean {
  return !(typeof row === "object" && row !== null && "pending" in row && row.pending === true);
}

function pick(value: unknown, fields: readonly string[]): Record<string, unknown> {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter(([name]) => fields.includes(name)));
}
