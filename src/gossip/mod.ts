/**
 * Gossip: which node exchanges what with whom, and when (docs/PROTOCOL.md section 6). Pure: what
 * happens goes in as an event with the time, what is to be done comes out as a list.
 *
 * ```
 *            InEvent, now                              OutEvent[]
 *  node ───────────────────→ engine.ts ─────────────────────────────→ node
 *                              │ dispatches to
 *            ┌─────────────────┼──────────────────┬─────────────────┐
 *            ↓                 ↓                  ↓                 ↓
 *       exchange.ts      triggers.ts       inbound_limits.ts   alarm.ts
 *       one session,     when one starts   who may connect     timers
 *       either role
 *            │ incoming.ts, outgoing.ts: what is taken and given
 *            ↓
 *       freshness.ts     in_flight.ts      nodes.ts            own_addresses.ts
 *       messages 1..F    who owes what     known, candidates   what we say of ourselves
 * ```
 */
export type { AddressBook, Failed, TurnedAway } from "./address_book.ts";
export {
  ClockBelief,
  type ClockLimits,
  type ClockReading,
  type ClockStanding,
  type Instant,
} from "./clock_belief.ts";
export { type Evictable, type EvictionNeed, MAX_PLACE, planEviction } from "./eviction.ts";
export { PlaceNumbers } from "./place_numbers.ts";
export { DEFAULT_CONFIG, type GossipConfig, type Refinements } from "./config.ts";
export { Engine } from "./engine.ts";
export type { EngineOptions, EngineSizes, InitialMessage } from "./engine_options.ts";
export type {
  AddressSource,
  AdmitPurpose,
  ExchangeSummary,
  HeardSource,
  InEvent,
  MessageFact,
  OutEvent,
  SessionId,
  SyncSummary,
  Timer,
} from "./events.ts";
export type { HelloFields } from "./exchange.ts";
export type { KnownMessages } from "./exchange_ports.ts";
export { mergeItems } from "./merge_items.ts";
export { type Load, LoadGauge, type Pressure } from "./load.ts";
export { FairQueue, type FairQueueRules, type Fare } from "./fair_queue.ts";
export type { InitialAddress } from "./nodes.ts";
export type { OwnView, Self } from "./own_addresses.ts";
export { RECONCILE_CONFIG, type ReconcileConfig } from "./reconcile_config.ts";
export type { SyncSource } from "./reconcile_ports.ts";
export { type Rng, seededRng } from "./rng.ts";
export { type StoredSlot, SyncSet } from "./sync_set.ts";
export { type SyncColumns, SyncTree } from "./sync_tree.ts";
export { RuleWatch, type RuleWatchView } from "./rule_watch.ts";
export { trimOldest } from "./trim.ts";
