/** Where identities to be blocked are written. */
import { Form } from "../form.tsx";
import type { Html } from "../layout.tsx";
import type { Session } from "../sessions.ts";

/** Whom to block; what that would meet is shown before anything is done. */
export function BlockForm({ session, ids = "" }: {
  /** Whose browser it is. */
  readonly session: Session;
  /** What stands in it. */
  readonly ids?: string;
}): Html {
  return (
    <Form action="/block" session={session} label="Block somebody">
      <label>
        Block
        <small>
          One identity (g1…) or several. What that means is shown first; they aren't told.
        </small>
        <textarea name="ids" rows={2} required spellcheck={false}>{`\n${ids}`}</textarea>
      </label>
      <button type="submit" class="quiet">Go on</button>
    </Form>
  );
}
