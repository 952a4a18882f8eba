/** Long lists in pieces. */
import type { PropsWithChildren } from "hono/jsx";
import type { Html } from "../layout.tsx";

/** People on one page of a list. */
export const PEOPLE_ON_PAGE = 100;

/** Which piece is asked for, from 1; anything odd is the first. */
export function pageNumber(text: string | undefined): number {
  return text !== undefined && /^[1-9]\d{0,5}$/.test(text) ? Number(text) : 1;
}

/** The piece of a list. */
export function pieceOf<T>(list: readonly T[], number: number): readonly T[] {
  return list.slice((number - 1) * PEOPLE_ON_PAGE, number * PEOPLE_ON_PAGE);
}

/** Links to the pieces before and behind; nothing for a list of one piece. */
export function Pager({ number, length, path }: {
  /** The piece shown. */
  readonly number: number;
  /** All that there is. */
  readonly length: number;
  /** Path of the list. */
  readonly path: string;
}): Html | null {
  const last = Math.ceil(length / PEOPLE_ON_PAGE);
  if (last <= 1) return null;
  return (
    <nav class="sides" aria-label="Pages">
      {number > 1 ? <a rel="prev" href={`${path}?page=${number - 1}`}>Before</a> : null}
      <span>{`Page ${number} of ${last}`}</span>
      {number < last ? <a rel="next" href={`${path}?page=${number + 1}`}>Further</a> : null}
    </nav>
  );
}

/** The link to what comes after the last of a page, where there is more. */
export function Further({ to, children }: PropsWithChildren<{
  /** Its address; undefined for the last page. */
  readonly to: string | undefined;
}>): Html | null {
  if (to === undefined) return null;
  return (
    <p>
      <a class="button" rel="next" href={to}>{children}</a>
    </p>
  );
}
