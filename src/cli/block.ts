/** `block`, `unblock`, `blocked`: whose messages aren't shown. Private, told to nobody. */
import type { Api } from "../node/api.ts";
import { UserError } from "../node/user_error.ts";
import { linesInWords, readBlockFile } from "./block_file.ts";
import type { Context, Register } from "./context.ts";
import { wholeNumber } from "./option_values.ts";
import { renderTimeline } from "./render.ts";
import { reason, renderBlocks } from "./render_blocks.ts";
import { isolate, safeLine } from "../text/safe_text.ts";
import { shortIdentity } from "../text/short_identity.ts";
import { type Session, withSession } from "./session.ts";

const MAX_LIMIT = 1_000;
const DEFAULT_LIMIT = 20;
/** Identities in one call: 126 kB of a request's 262. */
const CHUNK = 2_000;
/** Identities printed one by one; of more only the number. */
const MAX_SHOWN = 20;

interface BlockFlags {
  readonly file?: string;
  readonly unfollow?: true;
}

interface ListFlags {
  readonly hidden?: true;
  readonly limit: number;
  readonly before?: string;
}

type Blocked = Api["block"]["result"];

/** Adds `block`, `unblock` and `blocked`. */
export const registerBlock: Register = (program, context) => {
  program.command("block")
    .description("show nothing more by an identity, old or new; told to nobody; needs the keys")
    .argument("[id...]", "g1…")
    .option("--file <file>", "those in a file, one a line, comments behind #; all or none")
    .option("--unfollow", "also if you follow it, which ends with that")
    .addHelpText(
      "after",
      "\nWhoever three blocked identities verify counts as blocked, too, for as long as that is so; " +
        "never whom you\nfollow or verify. What is blocked is still passed on to others, so that nobody " +
        "can tell whom you block.\n\nExamples:\n  gossamer block g1qyq…\n  gossamer block --file trolls.txt",
    )
    .action((ids, flags) => block(context(), ids, flags));
  program.command("unblock")
    .description("show again what an identity says and said; needs the keys")
    .argument("<id>", "g1…")
    .addHelpText("after", "\nExample:\n  gossamer unblock g1qyq…")
    .action((id) => unblock(context(), id));
  program.command("blocked")
    .description("list who is blocked and why; with --hidden what that hides; needs the keys")
    .option("--hidden", "statuses that are hidden, newest first")
    .option("--limit <n>", "how many, 1 to 1000", wholeNumber(1, MAX_LIMIT), DEFAULT_LIMIT)
    .option("--before <msg>", "those before this message")
    .addHelpText("after", "\nExamples:\n  gossamer blocked\n  gossamer blocked --hidden --limit 5")
    .action((flags) => blocked(context(), flags));
};

async function block(
  context: Context,
  given: readonly string[],
  { file, unfollow }: BlockFlags,
): Promise<void> {
  if ((file === undefined) === (given.length === 0)) {
    throw new UserError("usage", "Give identities (g1…), or --file with a file of them.");
  }
  const lines = file === undefined ? undefined : await readBlockFile(context.deps, file);
  const ids = lines === undefined ? given : [...lines.keys()];
  const result = await withSession(context, async (session) => {
    const plan = await inChunks(session, { ids, check: true });
    await agree(context, plan, { lines, unfollow: unfollow === true });
    return await inChunks(session, { ids, unfollow: true });
  });
  const all = result.flatMap((part) => part.blocked);
  const already = sum(result, (part) => part.already);
  await context.out.result(
    all,
    (blocks, style) =>
      blocks.length > MAX_SHOWN
        ? `Blocked: ${blocks.length} identities`
        : `Blocked:\n${renderBlocks(blocks, style)}`,
  );
  if (already > 0) await context.out.note(`${already} of them you had blocked before.`);
}

/** Sends many identities in several calls; what each answers. */
async function inChunks(
  session: Session,
  { ids, ...rest }: Api["block"]["params"],
): Promise<readonly Blocked[]> {
  const results: Blocked[] = [];
  for (let at = 0; at < ids.length; at += CHUNK) {
    results.push(await session.call("block", { ids: ids.slice(at, at + CHUNK), ...rest }));
  }
  return results;
}

/** Throws a `UserError` for what nothing may be changed for; asks at a terminal about who is followed. */
async function agree(
  { deps, out }: Context,
  plan: readonly Blocked[],
  { lines, unfollow }: {
    readonly lines: ReadonlyMap<string, number> | undefined;
    readonly unfollow: boolean;
  },
): Promise<void> {
  const where = (ids: readonly string[]): string =>
    lines === undefined
      ? ids.map(safeLine).join(", ")
      : linesInWords(ids.map((id) => lines.get(id) ?? 0));
  const own = plan.flatMap((part) => part.own);
  if (own.length > 0) {
    throw new UserError("refused", `That is your own identity: ${where(own)}. Nobody was blocked.`);
  }
  const fresh = sum(plan, (part) => part.blocked.length - part.already);
  const first = plan[0];
  const free = first === undefined ? 0 : first.room + first.blocked.length - first.already;
  if (fresh > free) {
    throw new UserError(
      "refused",
      `There is room for ${free} more blocks, and these are ${fresh}. Nobody was blocked.`,
    );
  }
  const followed = plan.flatMap((part) => part.followed);
  if (followed.length === 0 || unfollow) return;
  const friends = `You follow ${where(followed)}.`;
  if (deps.stdinIsTerminal && out.hints) {
    const names = plan.flatMap((part) => part.blocked)
      .filter(({ id }) => followed.includes(id))
      .map(({ id, name }) => `${safeLine(name)} ${shortIdentity(id)}`.trim());
    await out.note(`You follow ${names.slice(0, MAX_SHOWN).join(", ")}.`);
    if (await deps.confirm("Stop following and block?")) return;
    throw new UserError("failed", "Nobody was blocked.");
  }
  throw new UserError(
    "refused",
    `${friends} Nobody was blocked; --unfollow stops that and blocks.`,
  );
}

async function unblock(context: Context, id: string): Promise<void> {
  const { out } = context;
  const shown = await withSession(context, (session) => session.call("unblock", { id }));
  const who = `${safeLine(shown.id)}  ${isolate(safeLine(shown.name))}`.trimEnd();
  await out.result([shown], () => `Not blocked by you any more:\n${who}`);
  if (shown.because !== null) {
    await out.note(`It stays hidden: ${reason(shown.because)}.`);
  }
}

async function blocked(context: Context, { hidden, limit, before }: ListFlags): Promise<void> {
  const { out } = context;
  if (!hidden && before !== undefined) {
    throw new UserError("usage", "--before goes with --hidden.");
  }
  await withSession(context, async (session) => {
    if (hidden) {
      const page = { limit, ...(before === undefined ? {} : { before }) };
      const messages = await session.call("blocked-hidden", page);
      await out.result(messages, renderTimeline);
      if (messages.length === 0) await out.note("Blocks hide no status that is here.");
      return;
    }
    const blocks = await session.call("blocked", {});
    await out.result(blocks, renderBlocks);
    if (blocks.length === 0) await out.note("You block nobody: gossamer block g1…");
  });
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
