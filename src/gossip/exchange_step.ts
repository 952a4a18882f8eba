/** What an event did to an exchange. */
import type { Failure } from "./exchange_ports.ts";
import type { SyncEnd } from "./reconcile_ports.ts";

/** Nothing to speak of, completed it, closed it after that, failed it. */
export type Step =
  | undefined
  | { readonly kind: "completed" }
  | { readonly kind: "over" }
  | { readonly kind: "failed"; readonly failure: Failure };

/** The same of what it did to the reconciliation behind it. */
export function stepOf(end: SyncEnd): Step {
  if (end === undefined) return undefined;
  return end === "over" ? { kind: "over" } : { kind: "failed", failure: end };
}
