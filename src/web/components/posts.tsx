/** Statuses one below the other. */
import type { MessageView } from "../../node/api.ts";
import type { Html } from "../layout.tsx";
import { Post } from "./post.tsx";

/** Posts on a page, and conversations. */
export const PAGE_SIZE = 50;

/** Statuses, oldest given first, newest shown first; with `live`, newer ones come by themselves. */
export function Posts({ messages, own, live }: {
  /** The statuses. */
  readonly messages: readonly MessageView[];
  /** Own identities. */
  readonly own: ReadonlySet<string>;
  /** The stream of newer ones. */
  readonly live?: string | undefined;
}): Html {
  return (
    <>
      {live === undefined ? null : <p class="hidden" role="status" id="news" />}
      <div class="posts" {...(live === undefined ? {} : { "data-live": live })}>
        {messages.toReversed().map((message) => <Post message={message} own={own} />)}
      </div>
    </>
  );
}
