/** Somebody, as the reader knows them. */
import { safeLine } from "../../text/safe_text.ts";
import { shortIdentity } from "../../text/short_identity.ts";
import type { Html } from "../layout.tsx";
import { Identicon } from "./identicon.tsx";
import { personPath } from "../paths.ts";

/** What is known of them: fields of the API's views. */
export interface Known {
  /** `g1…`. */
  readonly id: string;
  /** Petname, else claimed name, else "". */
  readonly name: string;
  /** The name is claimed and looks like that of somebody else whom the owner knows. */
  readonly suspicious?: boolean;
  /** Counts as verified. */
  readonly verified?: boolean;
  /** Ended their key. */
  readonly revoked?: boolean;
}

/** Identicon, name, marks and the beginning of the identity, as a link to their page. */
export function Person(
  { id, name, suspicious = false, verified = false, revoked = false }: Known,
): Html {
  const shown = safeLine(name).trim();
  return (
    <span class="person">
      <Identicon id={id} size={32} />
      <span class="who">
        <a href={personPath(id)}>
          {shown === "" ? <span class="nameless">no name</span> : <bdi class="name">{shown}</bdi>}
        </a>
        {verified && !suspicious
          ? (
            <span class="mark verified" title="Verified">
              ✓<span class="hidden">verified</span>
            </span>
          )
          : null}
        {suspicious
          ? <span class="mark suspicious">! not the one you know by this name</span>
          : null}
        {revoked ? <span class="mark revoked">revoked</span> : null}
        <code class="id">{shortIdentity(id)}</code>
      </span>
    </span>
  );
}
