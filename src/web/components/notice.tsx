/** Something that must not be overlooked. */
import type { PropsWithChildren } from "hono/jsx";
import type { Html } from "../layout.tsx";

/** What went wrong, what to know, what was done. */
export type NoticeKind = "error" | "warning" | "done";

/** Said at once by a screen reader when it is an error. */
export function Notice({ kind, children }: PropsWithChildren<{ readonly kind: NoticeKind }>): Html {
  return (
    <div class={`notice ${kind}`} role={kind === "error" ? "alert" : "status"}>
      <p>{children}</p>
    </div>
  );
}
