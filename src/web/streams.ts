/** Server-sent events for an open page, until it is gone, its browser signed out, or the keys locked. */
import { streamSSE } from "hono/streaming";
import { UserError } from "../node/user_error.ts";
import type { Html } from "./layout.tsx";
import type { Session } from "./sessions.ts";
import type { Site, WebContext } from "./site.ts";

/** Most streams of one browser at a time: each waits for what comes, and keeps some of it. */
export const MAX_STREAMS = 16;

/** Milliseconds between signs of life, by which either side notices that the other is gone. */
const HEARTBEAT_MS = 20_000;
/** Milliseconds after which a browser asks again when the stream broke off. */
const RETRY_MS = 2_000;

const held = new WeakMap<Session, number>();

/** An open page. */
export interface OpenPage {
  /** Has it show one more. */
  show(post: Html): Promise<void>;
  /** Resolves after a time. */
  sleep(ms: number): Promise<unknown>;
}

/**
 * Answers with events `post`, data `{"html"}`; `locked` and `signed-out` end it. `begin` throws what is to
 * be said before anything is sent; what it gives goes on until the signal aborts, or throws when the keys
 * are locked. Throws a `UserError` for a stream too many.
 */
export function eventStream(
  c: WebContext,
  { closing }: Pick<Site, "closing">,
  begin: (signal: AbortSignal) => (page: OpenPage) => Promise<void>,
): Response {
  const session = c.get("session");
  const gone = new AbortController();
  const tell = begin(AbortSignal.any([gone.signal, closing, session.ended]));
  count(session, gone);
  c.header("x-accel-buffering", "no");
  return streamSSE(c, async (stream) => {
    stream.onAbort(() => gone.abort());
    const beat = setInterval(
      () => void stream.writeSSE({ event: "beat", data: "" }),
      HEARTBEAT_MS,
    );
    // Something at once, so that the browser knows that it misses nothing from here on.
    await stream.writeSSE({ event: "beat", data: "", retry: RETRY_MS });
    try {
      await tell({
        show: async (post) => {
          const data = JSON.stringify({ html: String(await post) });
          await stream.writeSSE({ event: "post", data });
        },
        sleep: (ms) => stream.sleep(ms),
      });
    } catch {
      await stream.writeSSE({ event: "locked", data: "" });
    } finally {
      clearInterval(beat);
      if (session.ended.aborted) await stream.writeSSE({ event: "signed-out", data: "" });
      gone.abort();
    }
  });
}

/** Counts a stream until `gone` aborts. Aborts it and throws a `UserError` for one too many. */
function count(session: Session, gone: AbortController): void {
  const open = held.get(session) ?? 0;
  if (open >= MAX_STREAMS) {
    gone.abort();
    throw new UserError("refused", "This browser follows too much at a time: close some pages.");
  }
  held.set(session, open + 1);
  gone.signal.addEventListener("abort", () => {
    held.set(session, (held.get(session) ?? 1) - 1);
  }, { once: true });
}
