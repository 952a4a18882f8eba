/** What may be missing from private messages that are shown. */
import type { Html } from "../layout.tsx";
import { Notice } from "./notice.tsx";

/** Nothing as long as all are here. */
export function Trying({ caughtUp, full, again }: {
  /** Whether everything that is here was tried. */
  readonly caughtUp: boolean;
  /** Whether older ones had to go. */
  readonly full: boolean;
  /** Where one looks again. */
  readonly again: string;
}): Html {
  return (
    <>
      {caughtUp ? null : (
        <Notice kind="warning">
          Your node is still trying which of the messages here are for you.{" "}
          <a href={again}>Look again</a> in a while.
        </Notice>
      )}
      {full
        ? (
          <Notice kind="warning">
            Older private messages had to go: 56 MiB of them are kept, and 8 MiB of strangers', the
            newest.
          </Notice>
        )
        : null}
    </>
  );
}
