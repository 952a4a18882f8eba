/** The words of a status, with its links and mentions. */
import type { LinkView, MentionView, MessageView } from "../../node/api.ts";
import { safeLine, safeText } from "../../text/safe_text.ts";
import { shortIdentity } from "../../text/short_identity.ts";
import type { Html } from "../layout.tsx";
import { joinPath, personPath } from "../paths.ts";

/** A piece of a status. */
type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "link"; readonly link: LinkView }
  | { readonly kind: "mention"; readonly mention: MentionView };

/**
 * Cuts a status where its links and mentions begin and end, which are counted in code points. Whatever
 * overlaps what came before stays text.
 */
function piecesOf(
  { text, links, mentions }: Pick<MessageView, "text" | "links" | "mentions">,
): readonly Piece[] {
  const points = [...text];
  const marked = [
    ...links.map((link) => ({ ...range(link), piece: { kind: "link", link } as const })),
    ...mentions.map((mention) => ({
      ...range(mention),
      piece: { kind: "mention", mention } as const,
    })),
  ].sort((a, b) => a.start - b.start);
  const pieces: Piece[] = [];
  let at = 0;
  const words = (end: number): void => {
    if (end > at) pieces.push({ kind: "text", text: points.slice(at, end).join("") });
  };
  for (const { start, end, piece } of marked) {
    if (start < at || end <= start || end > points.length) continue;
    words(start);
    pieces.push(piece);
    at = end;
  }
  words(points.length);
  return pieces;
}

/** What it says. Where a link leads, or whom a mention means, is said where the words say otherwise. */
export function StatusText(
  { message }: { readonly message: Pick<MessageView, "text" | "links" | "mentions" | "language"> },
): Html {
  const { language } = message;
  return (
    <p class="text" dir="auto" {...(language === null ? {} : { lang: safeLine(language) })}>
      {piecesOf(message).map((piece) => {
        if (piece.kind === "text") return safeText(piece.text);
        if (piece.kind === "link") return <Link link={piece.link} />;
        return <Mention mention={piece.mention} />;
      })}
    </p>
  );
}

/** A locator leads to where one joins; everything else away from the page, at a click only. */
function Link({ link: { text, url, plain } }: { readonly link: LinkView }): Html {
  const shown = safeLine(text);
  if (url.startsWith("g:")) return <a href={joinPath(url)}>{shown}</a>;
  if (!/^(?:https?|mailto):/i.test(url)) return <span>{shown}</span>;
  return (
    <>
      <a href={url} rel="noopener noreferrer nofollow ugc" target="_blank">{shown}</a>
      {plain ? null : <span class="leads">{` (leads to ${safeLine(url)})`}</span>}
    </>
  );
}

function Mention({ mention }: { readonly mention: MentionView }): Html {
  const { text, id, name, suspicious } = mention;
  const [said, known] = [safeLine(text), safeLine(name).trim()];
  const other = said.replace(/^@/, "").trim() !== known || suspicious;
  const who = known === "" ? shortIdentity(id) : known;
  return (
    <>
      <a href={personPath(id)}>
        <bdi>{said}</bdi>
      </a>
      {other ? " " : null}
      {other ? <IsOther who={who} suspicious={suspicious} /> : null}
    </>
  );
}

function IsOther(
  { who, suspicious }: { readonly who: string; readonly suspicious: boolean },
): Html {
  return (
    <span class="leads">
      (is <bdi>{who}</bdi>
      {suspicious ? ", not the one you know by this name" : ""})
    </span>
  );
}

function range({ start, end }: { readonly start: number; readonly end: number }): {
  readonly start: number;
  readonly end: number;
} {
  return { start, end };
}
