/** Who verifies whom, from somebody down to one's own keys, as a picture. The words stand below it. */
import type { DistantView, TrustView } from "../../node/api.ts";
import { safeLine } from "../../text/safe_text.ts";
import { shortIdentity } from "../../text/short_identity.ts";
import type { Html } from "../layout.tsx";
import { DRAWING_BOX, drawingOf, inkOf } from "./identicon.tsx";
import { personPath } from "../paths.ts";

const [COLUMN, ROW, ICON, MARGIN] = [150, 74, 28, 16];
/** Characters of a name that fit beside one another. */
const NAME_POINTS = 14;
/** Identities in a row; more make the picture wider than it helps. */
const MAX_IN_ROW = 8;

/** An identity in its place. */
export interface Placed {
  /** Who. */
  readonly one: DistantView;
  /** Left edge, in CSS pixels. */
  readonly x: number;
  /** Upper edge. */
  readonly y: number;
}

/** Where everybody stands: whoever is farther from the owner stands higher. */
export function placesOf(because: TrustView["because"]): ReadonlyMap<string, Placed> {
  const all = new Map<string, DistantView>();
  for (const reason of because) for (const one of [reason, ...reason.by]) all.set(one.id, one);
  const distances = [...new Set([...all.values()].map(({ distance }) => distance ?? 0))]
    .sort((a, b) => b - a);
  const places = new Map<string, Placed>();
  for (const [row, at] of distances.entries()) {
    const here = [...all.values()].filter(({ distance }) => (distance ?? 0) === at);
    for (const [column, one] of here.slice(0, MAX_IN_ROW).entries()) {
      places.set(one.id, { one, x: MARGIN + column * COLUMN, y: MARGIN + row * ROW });
    }
  }
  return places;
}

/** The picture; nothing where nobody is verified. */
export function TrustGraph({ because }: { readonly because: TrustView["because"] }): Html | null {
  if (because.length === 0) return null;
  const places = placesOf(because);
  const list = [...places.values()];
  const width = Math.max(...list.map(({ x }) => x)) + COLUMN;
  const height = Math.max(...list.map(({ y }) => y)) + ROW;
  return (
    <div class="scroll" role="region" aria-label="Who verifies whom, as a picture" tabindex={0}>
      <svg
        class="trust"
        viewBox={`0 0 ${width} ${height}`}
        width={width}
        height={height}
        role="group"
        aria-label="Said in words below"
      >
        {because.flatMap((reason) =>
          reason.by.map((by) => [places.get(by.id), places.get(reason.id)])
        )
          .map(([from, to]) =>
            from === undefined || to === undefined ? null : (
              <path
                class="edge"
                d={`M${from.x + ICON / 2} ${from.y - 2}L${to.x + ICON / 2} ${to.y + ICON + 4}`}
              />
            )
          )}
        {list.map(({ one, x, y }) => <Node one={one} x={x} y={y} />)}
      </svg>
    </div>
  );
}

function Node({ one, x, y }: Placed): Html {
  const { hue, path } = drawingOf(one.id);
  const name = [...safeLine(one.name).trim()].slice(0, NAME_POINTS).join("");
  const said = one.distance === 0 ? "you" : `distance ${one.distance}`;
  return (
    <a href={personPath(one.id)}>
      <g transform={`translate(${x} ${y})`}>
        <svg class="identicon" width={ICON} height={ICON} viewBox={DRAWING_BOX}>
          <path fill="#f1f1f1" d="M-1-1.5h9v9h-9z" />
          <path stroke={inkOf(hue)} d={path} />
        </svg>
        <text x={ICON + 6} y={12}>{name === "" ? shortIdentity(one.id) : name}</text>
        <text class="soft" x={ICON + 6} y={27}>{said}</text>
      </g>
    </a>
  );
}
