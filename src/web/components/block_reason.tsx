/** Why somebody is blocked. */
import type { BlockedBecause } from "../../node/api.ts";
import { MAX_VERIFIERS } from "../blockers.ts";
import { called } from "../called.ts";
import type { Html } from "../layout.tsx";
import { personPath } from "../paths.ts";

/** In words; `names` knows those who are blocked, of whom contagion comes. */
export function BlockReason({ because, names = new Map() }: {
  readonly because: BlockedBecause;
  readonly names?: ReadonlyMap<string, string>;
}): Html {
  if (because === "user") return <>by you</>;
  const more = because.length - MAX_VERIFIERS;
  return (
    <>
      {`since ${because.length} that are blocked verify it: `}
      {because.slice(0, MAX_VERIFIERS).map((id, i) => (
        <>
          {i === 0 ? "" : ", "}
          <a href={personPath(id)}>
            <bdi>{called({ id, name: names.get(id) ?? "" })}</bdi>
          </a>
        </>
      ))}
      {more > 0 ? ` and ${more} more` : ""}
    </>
  );
}
