/** `diagnosis`: what `gossamer doctor` asks of the node, or of the store without one. */
import type { DiagnosisView } from "../api.ts";
import { clockView } from "../clock_words.ts";
import { VERSION } from "../version.ts";
import type { OwnerContext } from "./context.ts";

/** What each way to others did so far. */
export function diagnosis({ live, clock, injector, store }: OwnerContext): DiagnosisView {
  return {
    version: VERSION,
    node: live?.diagnosis() ?? null,
    clock: clockView(clock.reading()),
    diskFull: injector.diskFull,
    damaged: store.damagedMessages,
  };
}
