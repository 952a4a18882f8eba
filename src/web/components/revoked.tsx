/** That somebody ended their key, and who goes on. */
import type { RevokedView } from "../../node/api.ts";
import type { Html } from "../layout.tsx";
import { Notice } from "./notice.tsx";
import { Time } from "./time.tsx";
import { personPath } from "../paths.ts";

/** In words; the successor as a link to their page. */
export function Revoked({ revoked }: { readonly revoked: RevokedView }): Html {
  const { issued, successor, fits } = revoked;
  return (
    <Notice kind="warning">
      Revoked <Time at={issued} />: what this key says from then on isn't theirs.{" "}
      {successor === null ? "It names nobody who goes on for it." : (
        <>
          {fits
            ? "Its heir, fixed at birth, goes on for it, so the same person: "
            : "It claims that this one goes on for it, which whoever had the key can say, a thief too: "}
          <a href={personPath(successor)}>
            <code>{successor}</code>
          </a>
        </>
      )}
    </Notice>
  );
}
