/** What is attached to a message. */
import type { AttachmentView } from "../../node/api.ts";
import { renderBytes } from "../../text/byte_size.ts";
import { safeFileName } from "../../text/file_names.ts";
import { safeLine, safeText } from "../../text/safe_text.ts";
import type { Html } from "../layout.tsx";
import { shortId, veiled } from "../paths.ts";

/** What is worth asking for as a picture. Whether it is one, only its bytes tell (`/picture`). */
const PICTURES = /^image\/(?:gif|jpeg|png|webp)$/i;

/** Each attachment of a message, private or not: a picture where it may be one, and always a file to save. */
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
      {attachments.map((file, index) => (
        <li>
          <Attached
            file={file}
            path={`${veiled(shortId(id))}/${index}${hidden ? "?hidden=1" : ""}`}
            index={index}
          />
        </li>
      ))}
    </ul>
  );
}

function Attached({ file, path, index }: {
  readonly file: AttachmentView;
  readonly path: string;
  readonly index: number;
}): Html {
  const { name, mediaType, size, alt } = file;
  const isPicture = PICTURES.test(mediaType);
  const words = safeText(alt).trim();
  return (
    <>
      {isPicture ? <Picture path={path} words={words} /> : null}
      {!isPicture && words !== "" ? <p class="alt" dir="auto">{words}</p> : null}
      <p class="file">
        <a href={`/attachment/${path}`} download>
          Save <bdi>{safeFileName(name, `attachment-${index + 1}`)}</bdi>
        </a>{" "}
        <span class="hint">
          ({renderBytes(size)}; its author calls it <bdi>{safeLine(mediaType)}</bdi>)
        </span>
      </p>
    </>
  );
}

/** Where it turns out to be none, the words stand in its place. */
function Picture({ path, words }: { readonly path: string; readonly words: string }): Html {
  return (
    <>
      <img
        src={`/picture/${path}`}
        alt={words === "" ? "Picture; its author did not say what it shows" : words}
        loading="lazy"
        decoding="async"
      />
      {words === "" ? <p class="hint">Without a description by its author.</p> : null}
    </>
  );
}
