/** The link of a profile: a stranger's words, which lead away only where that is plain. */
import { safeLine } from "../../text/safe_text.ts";
import type { Html } from "../layout.tsx";

/** Leads there for `http:`, `https:` and `mailto:`; anything else is text. What is shown is where it leads. */
export function ProfileLink({ link }: { readonly link: string }): Html {
  const shown = safeLine(link).trim();
  const url = /^(?:https?:\/\/|mailto:)/i.test(link) && shown === link ? URL.parse(link) : null;
  return url === null
    ? <bdi>{shown}</bdi>
    : (
      <a href={url.href} rel="noopener noreferrer nofollow ugc" target="_blank">
        <bdi dir="ltr">{url.href}</bdi>
      </a>
    );
}
