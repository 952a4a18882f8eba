/** What `doctor` judges, and how a judgement looks. Types and small words only. */
import type { DiagnosisView, PeerView, ProtectionView, StatusView } from "../node/api.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * How a check came out: it works; it works worse than it could; it doesn't work; it isn't used, by
 * choice or for want of something that nobody needs; it can't be told.
 */
export type CheckState = "ok" | "warning" | "problem" | "off" | "unknown";

/** One check. */
export interface Check {
  /** Its name, for scripts: docs/CLI.md lists all. */
  readonly id: string;
  /** How it came out. */
  readonly state: CheckState;
  /** What is, in words for everybody. */
  readonly what: string;
  /** What to do about it; null where nothing needs to be done. */
  readonly do: string | null;
}

/** A judgement without its name. */
export type Judgement = Omit<Check, "id">;

/** What a running node said. */
export type NodeFindings = NonNullable<DiagnosisView["node"]>;

/** Everything that is judged. */
export interface Findings {
  /** The node's or the folder's health; null where neither could be asked. */
  readonly status: StatusView | null;
  /** Why not; null where there is nothing to say, as of a folder that isn't there yet. */
  readonly trouble: string | null;
  /** What goes beyond its health; null as above. */
  readonly diagnosis: DiagnosisView | null;
  /** What only a running node could say; null without one. */
  readonly node: NodeFindings | null;
  /** Nodes known to it. */
  readonly peers: readonly PeerView[];
  /** What this command saw by itself. */
  readonly around: Surroundings;
  /** What could be done for the secrets of this command; a node says its own. */
  readonly protection: ProtectionView;
  /** Whether the program is here by which the system keeps passphrases; null where there is none. */
  readonly keyStore: boolean | null;
  /** The operating system, as `Deno.build.os` names it. */
  readonly os: string;
  /** This command's version. */
  readonly version: string;
  /** The port that a node would use. */
  readonly port: number;
}

/** It works. */
export function ok(what: string): Judgement {
  return { state: "ok", what, do: null };
}

/** It works, but. */
export function warning(what: string, todo: string): Judgement {
  return { state: "warning", what, do: todo };
}

/** It doesn't work. */
export function problem(what: string, todo: string): Judgement {
  return { state: "problem", what, do: todo };
}

/** It isn't used. */
export function off(what: string, todo: string | null = null): Judgement {
  return { state: "off", what, do: todo };
}

/** It can't be told. */
export function unknown(what: string, todo: string | null = null): Judgement {
  return { state: "unknown", what, do: todo };
}

/** What is said where only a running node could tell. */
export const NO_NODE: Judgement = unknown("Only a running node can tell.");

/** A number with its noun. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** A time that has passed, roughly. */
export function ago(seconds: number): string {
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h ago`;
  return `${Math.round(seconds / 86_400)} days ago`;
}
