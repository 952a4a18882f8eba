/** What is attached to a message. */
import type { AttachmentView } from "../../node/api.ts";
import { safeLine } from "../../text/safe_text.ts";
import type { Html } from "../layout.tsx";

/** Each attachment of a message, as a download. */
export function Attachments({ id, attachments, hidden = false }: {
  /** Message id, 64 hex digits. */
  readonly id: string;
  /** As the API lists them. */
  readonly attachments: readonly AttachmentView[];
  /** Its author is blocked, and it is looked at on purpose. */
  readonly hidden?: boolean;
}): Html | null {
  return attachments.length === 0 ? null : (
    <ul class="attachments">
      {attachments.map(({ name, mediaType, alt }, index) => (
        <li>
          <a href={`/attachment/${id}/${index}${hidden ? "?hidden=1" : ""}`} download>
            {safeLine(name) || "attachment"}
          </a>{" "}
          ({safeLine(mediaType)}) {safeLine(alt)}
        </li>
      ))}
    </ul>
  );
}
