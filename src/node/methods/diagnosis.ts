/** `diagnosis`: what `gossamer doctor` asks of the node, or of the store without one. */
import type { DiagnosisView } from "../api.ts";
import { VERSION } from "../version.ts";
import type { OwnerContext } from "./context.ts";

/** What each way to others did so far. */
export function diagnosis({ live, clock, injector, store }: OwnerContext): DiagnosisView {
  const { standing, groups, aheadMs } = clock.reading();
  return {
    version: VERSION,
    node: live?.diagnosis() ?? null,
    clock: { standing, groups, ahead: Math.round(aheadMs / 1_000) },
    diskFull: injector.diskFull,
    damaged: store.damagedMessages,
  };
}
