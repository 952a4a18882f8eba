/** Fields for files in a form, with what each shows. Read by `readUploads`. */
import { renderBytes } from "../../text/byte_size.ts";
import { safeLine } from "../../text/safe_text.ts";
import { MAX_ALT_POINTS } from "../../wire/limits.ts";
import type { Html } from "../layout.tsx";
import { FILES_ROOM, type FileSlot, MAX_UPLOAD_BYTES } from "../uploads.ts";

/** Up to four files, and whether they go as they are. */
export function FileFields({ slots, asTheyAre, everybody = true }: {
  /** As they were filled in. */
  readonly slots: readonly FileSlot[];
  /** Whether nothing is to be taken out. */
  readonly asTheyAre: boolean;
  /** Whether everybody gets them, not one person. */
  readonly everybody?: boolean;
}): Html {
  const used = asTheyAre || slots.some(({ alt, lost }) => alt !== "" || lost !== "");
  const who = everybody ? "Everybody gets" : "Whoever gets this also gets";
  return (
    <details class="files" open={used}>
      <summary>{`Add pictures or other files, up to ${slots.length}`}</summary>
      <p class="help">
        {`Together about ${
          renderBytes(FILES_ROOM)
        }. ${who} all that is in a file. A photograph can ` +
          "say where, when and with what it was taken: that is taken out of PNG, JPEG, GIF and WebP " +
          "before they are sent, and they are named picture-1.jpg and so on. What the picture shows " +
          "stays: faces, signs, screens."}
      </p>
      <p
        class="help"
        role="status"
        data-files-said
        data-room={FILES_ROOM}
        data-most={MAX_UPLOAD_BYTES}
      >
      </p>
      {slots.map((slot, i) => <Place slot={slot} n={i + 1} />)}
      <label class="check">
        <input type="checkbox" name="as-they-are" value="yes" checked={asTheyAre} />
        <span>Send files as they are, with their names and all that is in them</span>
      </label>
    </details>
  );
}

function Place({ slot: { alt, lost }, n }: { readonly slot: FileSlot; readonly n: number }): Html {
  const name = safeLine(lost);
  return (
    <fieldset>
      <legend>{`File ${n}`}</legend>
      <label for={`file${n}`}>
        {lost === "" ? "File" : (
          <>
            Choose <bdi>{name}</bdi> again
          </>
        )}
        {lost === "" ? null : <small>Browsers don't send a file twice by themselves.</small>}
      </label>
      <input type="file" id={`file${n}`} name={`file${n}`} />
      <button type="button" class="quiet" data-fit={`file${n}`} hidden>Make the picture fit</button>
      {lost === "" ? null : (
        <>
          <input type="hidden" name={`lost${n}`} value={lost} />
          <label class="check">
            <input type="checkbox" name={`drop${n}`} value="yes" />
            <span>
              Without <bdi>{name}</bdi>
            </span>
          </label>
        </>
      )}
      <label for={`alt${n}`}>
        What it shows
        <small>{`For people who can't see it; up to ${MAX_ALT_POINTS} characters.`}</small>
      </label>
      <textarea id={`alt${n}`} name={`alt${n}`} rows={2} dir="auto">{`\n${alt}`}</textarea>
    </fieldset>
  );
}
