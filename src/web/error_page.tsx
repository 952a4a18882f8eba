/** What is shown when something can't be shown. */
import { Notice } from "./components/notice.tsx";
import { type Html, Page } from "./layout.tsx";
import type { Session } from "./sessions.ts";

/** An error in its own words. */
export function ErrorPage(
  { session, message }: { readonly session: Session; readonly message: string },
): Html {
  return (
    <Page title="That did not work" session={session}>
      <Notice kind="error">{message}</Notice>
    </Page>
  );
}

/** What needs the keys while they are locked. `back` is where to go on afterwards. */
export function LockedPage(
  { session, back, message }: {
    readonly session: Session;
    readonly back: string;
    readonly message: string;
  },
): Html {
  return (
    <Page title="The keys are locked" session={session}>
      <Notice kind="warning">{message}</Notice>
      <p>
        <a class="button" href={`/keys?back=${encodeURIComponent(back)}`}>Unlock</a>{" "}
        <a href="/everything">Or read what everybody says</a>
      </p>
    </Page>
  );
}
