/** What people read of blocks. Pure. */
import type { BlockedBecause, BlockView } from "../node/api.ts";
import { BORROWED, type Style } from "./render_parts.ts";
import { isolate, safeLine } from "../text/safe_text.ts";
import { shortIdentity } from "../text/short_identity.ts";

/** Verifiers named of one who is blocked by contagion. */
const MAX_VERIFIERS = 5;

/** Blocked identities, one a line, with the reason. */
export function renderBlocks(
  blocks: readonly (Omit<BlockView, "since"> & Partial<Pick<BlockView, "since">>)[],
  { localTime }: Style,
): string {
  return blocks.map(({ id, name, suspicious, because, since }) => {
    const when = since === null || since === undefined ? "" : ` since ${localTime(since)}`;
    const note = suspicious ? `, ${BORROWED}` : "";
    const said = isolate(safeLine(name).trim());
    return `${safeLine(id)}  ${said === "" ? "" : `${said}  `}(${reason(because)}${when}${note})`;
  }).join("\n");
}

/** Why somebody is blocked, in words. */
export function reason(because: BlockedBecause): string {
  if (because === "user") return "by you";
  const named = because.slice(0, MAX_VERIFIERS).map(shortIdentity).join(", ");
  const more = because.length - MAX_VERIFIERS;
  return `verified by ${because.length} that are blocked: ${named}${
    more > 0 ? ` and ${more} more` : ""
  }`;
}
