/** What has to be typed at a terminal, and what it does. */
import { safeLine } from "../../text/safe_text.ts";
import type { Html } from "../layout.tsx";

/** A command and its explanation. */
export type CommandWords = readonly [command: string, does: string];

/** A list of commands; `network` is the node's, which other commands than for `main` must name. */
export function Commands({ commands, network }: {
  readonly commands: readonly CommandWords[];
  readonly network: string;
}): Html {
  const program = network === "main" ? "gossamer" : `gossamer --network ${safeLine(network)}`;
  return (
    <dl class="commands">
      {commands.map(([command, does]) => (
        <>
          <dt>
            <code>{`${program} ${command}`}</code>
          </dt>
          <dd>{does}</dd>
        </>
      ))}
    </dl>
  );
}
