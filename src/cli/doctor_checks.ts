/** All checks of `doctor`, in the order in which they are shown. Pure. */
import { farChecks } from "./doctor_far.ts";
import type { Check, Findings } from "./doctor_findings.ts";
import { machineChecks } from "./doctor_machine.ts";
import { nearChecks } from "./doctor_near.ts";

/** Judges what was found. */
export function checks(findings: Findings): readonly Check[] {
  return [...machineChecks(findings), ...nearChecks(findings), ...farChecks(findings)];
}
