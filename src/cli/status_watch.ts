/** `status --watch`: drawn in place on a terminal, else a line each time. */
import type { StatusView } from "../node/api.ts";
import { UserError } from "../node/user_error.ts";
import type { Context } from "./context.ts";
import { toJsonLine } from "./json.ts";
import { renderWatch, type Watched, watchLine } from "./render_watch.ts";
import { withSession } from "./session.ts";
import { truncate } from "../text/text_width.ts";
import { waitFor } from "./wait.ts";

const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
/** Rows of a terminal that tells no size. */
const DEFAULT_ROWS = 24;

/** Shows the node's health every so many seconds until Ctrl-C. Throws a `UserError` without a node. */
export async function watchStatus(context: Context, intervalS: number): Promise<void> {
  const { deps, out } = context;
  const interrupt = deps.interrupt();
  const inPlace = !out.json && deps.stdout.isTerminal && deps.env("TERM") !== "dumb";
  const draw = inPlace ? inPlaceOf(context) : lineOf(context);
  try {
    await withSession(context, async ({ backend }) => {
      if (!backend.running) {
        throw new UserError(
          "noNode",
          "No node is running here, so there is nothing to watch. Start one: gossamer node",
        );
      }
      if (inPlace) await out.write(HIDE_CURSOR);
      let before: StatusView | undefined;
      while (!interrupt.signal.aborted) {
        const now = await backend.call("status", {});
        if (now.activity === null) throw new UserError("failed", "The running node is older.");
        await draw({ now, activity: now.activity, before, at: Math.floor(Date.now() / 1000) });
        before = now;
        await waitFor(intervalS * 1000, interrupt.signal);
      }
    });
  } finally {
    interrupt.dispose();
    if (inPlace) await out.write(SHOW_CURSOR);
  }
}

type Draw = (watched: Watched) => Promise<void>;

/** Each time over the last one. No more lines than the terminal has: what left it can't be drawn over. */
function inPlaceOf({ out, deps }: Context): Draw {
  let drawn = 0;
  return async (watched) => {
    const { columns, rows } = deps.stdout;
    const most = (rows > 0 ? rows : DEFAULT_ROWS) - 1;
    const lines = renderWatch(watched, columns - 1).slice(0, Math.max(1, most));
    const cut = lines.map((line) => `${truncate(line, Math.max(1, columns - 1))}\n`).join("");
    const back = drawn === 0 ? "" : `\x1b[${drawn}A\r\x1b[J`;
    await out.write(back + cut);
    drawn = lines.length;
  };
}

function lineOf({ out }: Context): Draw {
  return async (watched) => {
    const { now, at } = watched;
    const time = new Date(at * 1000).toISOString().replace(/\.\d+Z$/, "Z");
    const line = out.json ? toJsonLine({ time: at, ...now }) : `${time} ${watchLine(watched)}`;
    await out.write(`${line}\n`);
  };
}
