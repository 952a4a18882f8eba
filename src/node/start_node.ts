/** Puts a node together from its parts: stores, keys, engine, listener, control socket. */
import { type AddressSource, RuleWatch } from "../gossip/mod.ts";
import { createParallelVerifier } from "../keystore/mod.ts";
import { Appended, type Stores } from "../store/mod.ts";
import type { NodeAddress } from "../wire/address.ts";
import type { Labels } from "../wire/labels.ts";
import { ruleDigest } from "../wire/rules.ts";
import { toSeconds } from "../wire/time.ts";
import { Activity } from "./activity.ts";
import { ARCHIVE_FULL, Archiver } from "./archiver.ts";
import { BelievedClock } from "./believed_clock.ts";
import type { Sourced } from "./choose_addresses.ts";
import { systemClock } from "./clock.ts";
import { type ControlServer, serveControl } from "./control_server.ts";
import { controlSocketPath } from "./control_socket.ts";
import { Counters } from "./counters.ts";
import { DialWatch } from "./dial_watch.ts";
import { makeEngine, systemRng } from "./engine.ts";
import { GossipLoop } from "./gossip_loop.ts";
import { HandshakeWatch } from "./handshake_watch.ts";
import { Hub } from "./hub.ts";
import { HeldMessages } from "./held_messages.ts";
import { Injector } from "./inject.ts";
import { Keeper } from "./keeper.ts";
import { Keys } from "./keys.ts";
import { startNodeDht } from "./dht.ts";
import { startLan } from "./lan.ts";
import { listen } from "./listen.ts";
import { startPortMapping } from "./port_mapping.ts";
import { loadMessages } from "./load_messages.ts";
import { type Log, writeStderr } from "./log.ts";
import { openLog } from "./log_tape.ts";
import { sayWarnings } from "./machine_warnings.ts";
import type { LiveNode, OwnerContext } from "./methods/context.ts";
import { readNetworkKey } from "./network_name.ts";
import type { NodeHooks, NodeOptions } from "./node_options.ts";
import { OwnMessages, TIDY_MS } from "./own_messages.ts";
import { OwnerService } from "./owner.ts";
import { OwnPlaces } from "./own_places.ts";
import { pause } from "./pause.ts";
import { privileges } from "./privileges.ts";
import { keepNotes, Notes } from "./remember.ts";
import { rulesWarning } from "./rules_warning.ts";
import { openSession } from "./session.ts";
import { lookAtMachine, storageCaps } from "./storage_caps.ts";
import { Social } from "./social.ts";
import { TimeKeeper } from "./time_keeper.ts";
import type { Connection } from "./transport_port.ts";
import { makeSyncSource, steadyClock } from "./sync_source.ts";
import { lockWhenIdle, watchSleep } from "./idle_and_sleep.ts";
import { startMail } from "./mail.ts";
import { roadInto } from "./own_road.ts";
import { WaysMet } from "./ways_met.ts";
import { waysOut } from "./ways_out.ts";
import type { WebPage } from "./web_page.ts";

/** How often it is looked whether notes are to be written, and at the clocks, in milliseconds. */
const FLUSH_MS = 10_000;
/** How often messages past their lifetime are looked for, and for the first time, in milliseconds. */
const [SWEEP_MS, FIRST_SWEEP_MS] = [3_600_000, 660_000];

/** What a node starts with. */
export interface Start {
  /** What the user chose. */
  readonly options: NodeOptions;
  /** Who is told of events, and what ends the node. */
  readonly hooks: NodeHooks;
  /** Labels of the network. */
  readonly labels: Labels;
  /** Both stores, open. */
  readonly stores: Stores;
  /** Its web page, not open yet. */
  readonly web: WebPage;
  /** Closes what was opened, last first. */
  readonly cleanup: AsyncDisposableStack;
  /** Ends the node. */
  readonly stop: () => void;
}

/** A node that runs. */
export interface Started {
  /** Serves the API. */
  readonly owner: OwnerService;
  /** Takes diagnostics. */
  readonly log: Log;
  /** TCP port listened on. */
  readonly port: number;
  /** Where the node can perhaps be reached. */
  readonly addresses: () => readonly string[];
}

/** Opens the listener, starts the engine and serves the control socket. Rejects where one of them does. */
export async function startNode(
  { options, hooks, labels, stores, web, cleanup, stop }: Start,
): Promise<Started> {
  const log = openLog({
    ...{ level: options.logLevel, format: options.logFormat ?? "text", write: writeStderr },
    journal: options.journal === true,
  });
  const storeLog = log.of("store");
  const gossipLog = log.of("gossip");
  const ways = waysOut(options);
  const networkKey = options.networkKeyFile === undefined
    ? undefined
    : await readNetworkKey(options.networkKeyFile);
  const store = stores.public;
  const clock = new BelievedClock(systemClock, store.clockFloor.value);
  const hub = new Hub();
  const verify = createParallelVerifier();
  const held = new HeldMessages({ labels, verify, clock });
  const keys = new Keys(stores.private);
  const archiver = new Archiver({ store, keys, log: storeLog });
  const keeper = new Keeper({
    ...{ store, clock, pause, log: storeLog, textOnly: options.textOnly, rng: systemRng() },
    caps: storageCaps(lookAtMachine(options.dataDir), {
      max: options.maxStorage,
      used: store.diskBytes,
    }),
    believed: () => clock.reading().dropsForAge,
    archive: () => archiver.run(),
    gone: (ids) => {
      for (const id of ids) loop.feed({ kind: "message-gone", id });
    },
  });
  hub.add(({ bytes }) => keeper.stored(bytes.length));
  const injector = new Injector({
    keeping: keeper,
    labels,
    store,
    verify,
    clock,
    outside: (bytes, expected) => held.offer(bytes, expected),
    hub,
    log: storeLog,
  });
  cleanup.defer(() => keys.lock());
  cleanup.defer(() => injector.flush());
  cleanup.defer(() => keeper.stop());
  const notes = new Notes(store, {
    now: performance.now(),
    keeps: (address) => ways.names.nameOf(address) === undefined,
  });
  cleanup.defer(() => keepNotes(notes, storeLog));
  const inject = (bytes: Uint8Array): Promise<unknown> =>
    injector.inject(bytes, { place: "held", payer: "held", purpose: "sync" });
  const time = new TimeKeeper({
    clock,
    floor: store.clockFloor,
    held,
    inject,
    log: log.of("clock"),
  });
  const flushing = setInterval(() => {
    if (notes.due(performance.now())) void keepNotes(notes, storeLog);
    void time.look();
  }, FLUSH_MS);
  cleanup.defer(() => clearInterval(flushing));

  let accept = (early: Connection): void => early.close();
  const { listener, hosts } = listen(ways.transport, {
    bind: ways.bind,
    port: options.port,
    log: gossipLog,
    onConnection: (connection) => accept(connection),
  });
  cleanup.defer(() => listener.close());
  const mapping = startPortMapping({
    ...{ wanted: ways.portMapping, hosts, tcpPort: listener.port, log: log.of("discovery") },
  });
  cleanup.defer(() => mapping.stop());
  const known = (): readonly Sourced[] => {
    const mapped = options.addresses?.length ? [] : mapping.addresses();
    return [
      ...mapped.map((address): Sourced => ({ address, source: "mapping" })),
      ...ways.own(hosts, listener.port),
    ];
  };

  const rng = systemRng();
  const engine = makeEngine({
    store,
    held: (id) => held.has(id),
    eager: options.eager,
    injector,
    rng,
    sync: makeSyncSource({ store, rng, clock: steadyClock() }),
    self: {
      port: ways.helloPort(listener.port),
      get addresses() {
        // Without the mapping, which peers aren't told of: docs/PROTOCOL.md section 6.
        return ways.own(hosts, listener.port).map(({ address }) => address);
      },
    },
    canDial: (address) => ways.canDial(address),
  });
  const counters = new Counters();
  const activity = new Activity({ engine, ...systemClock, now: () => toSeconds(clock.now()) });
  const places = new OwnPlaces({ known, engine, proxied: ways.proxy !== null });
  const found = (address: NodeAddress): readonly AddressSource[] => engine.found(address);
  const met = new WaysMet({
    found: (address) => notes.ways(address, found),
    own: () => places.sourced(),
  });
  const dials = new DialWatch({ steady: () => performance.now(), proxied: ways.proxy !== null });
  const handshakes = new HandshakeWatch({ closed: networkKey !== undefined });
  const rules = new RuleWatch(ruleDigest());
  const loop = new GossipLoop({
    engine,
    clock,
    log: gossipLog,
    injector,
    load: loadMessages({
      ...{ store, keeper, textOnly: options.textOnly },
      appended: new Appended({ ...store, below: rng.below }),
    }),
    retracted: (id) => store.index.get(id)?.retracted === true,
    dial: (address, signal) => dials.dial(ways.transport.dial(address, { signal }), signal),
    handshake: async (connection, role) => {
      try {
        return await openSession({ connection, role, labels, networkKey, random: randomBytes });
      } catch (error) {
        handshakes.failed(error, role);
        throw error;
      }
    },
    remember: (event) => notes.remember(event),
    greeted: (hello) => {
      clock.heard(hello);
      activity.greeted(hello);
      rules.observe(hello.remote, hello.digest);
    },
    stored: (message) => hooks.emit({ event: "message", id: message.id }),
    stemEnded: () => {
      counters.endedStem();
      activity.endedStem();
    },
    reconciled: (summary) => {
      counters.reconciled(summary);
      activity.reconciled(summary);
      const { outbound, finished, rounds, received, delivered } = summary;
      const facts = { outbound, finished, rounds, received, delivered };
      gossipLog.info("A reconciliation ended", facts);
    },
    ended: (summary) => {
      clock.ended(summary);
      counters.count(summary);
      activity.ended(summary);
      met.ended(summary);
      dials.ended(summary);
      if (summary.completed) handshakes.completed();
      if (summary.completed && summary.address !== undefined) {
        notes.seen(summary.address, toSeconds(clock.now()));
      }
      hooks.emit({
        event: "exchange",
        direction: summary.outbound ? "outbound" : "inbound",
        outcome: summary.completed ? "completed" : "failed",
        received: summary.received,
        delivered: summary.delivered,
      });
    },
  });
  cleanup.defer(() => loop.stop());

  const began = performance.now();
  const archive = (): void =>
    void archiver.run().catch((error) => log.failed("error", { what: "Archiving failed", error }));
  const live: LiveNode = {
    unlocked: archive,
    textOnly: options.textOnly,
    ownAddresses: () => places.all(),
    announced: () => places.announced(),
    peers: () => notes.peers(found),
    cameFrom: (prefix) => met.cameFrom(prefix),
    beacon: () => lan.beacons,
    mdns: () => lan.mdns,
    portMapping: () => mapping.runs,
    dht: () => dht.view()?.on === true,
    diagnosis: () => ({
      beacons: lan.beaconsView(),
      mdns: lan.mdnsView(),
      router: mapping.routerView(),
      dials: dials.view(handshakes),
      own: places.all(),
      nodes: { known: engine.sizes.known, candidates: engine.sizes.candidates },
      rules: rules.view(),
      protection: options.protection ?? null,
    }),
    web,
    proxy: ways.proxy,
    canDial: (address) => ways.canDial(address),
    shown: (address) => ways.names.shown(address),
    stop,
    join: (address) => {
      loop.feed({ kind: "address-heard", address, source: "locator" });
      notes.given(address);
    },
    status: () => ({
      proxy: ways.proxy,
      closed: networkKey !== undefined,
      port: listener.port,
      addresses: places.used(),
      mapping: mapping.view(),
      dht: dht.view(),
      reachability: places.reachability(),
      uptime: Math.floor((performance.now() - began) / 1000),
      exchanges: counters.view(),
      ways: met.view(),
      reconciliation: counters.reconciliation(),
      activity: activity.view(),
      peers: notes.peers().filter(({ freshness }) => freshness > 0).length,
      permissions: privileges(),
      storage: keeper.view(),
      warnings: [
        ...options.machineWarnings,
        ...(archiver.full ? [ARCHIVE_FULL] : []),
        ...rulesWarning(rules.view()),
        ...handshakes.warnings(),
        ...lan.warnings(),
        ...mapping.warnings(),
        ...dht.warnings(),
      ],
    }),
  };
  const own = new OwnMessages({ keys, store, injector, clock, road: roadInto(loop, keeper) });
  archiver.leaveOut(() => own.retracting());
  cleanup.defer(() => own.lock({ linger: false }));
  const social = new Social({ labels, store, keys, pause });
  const mailPorts = { labels, clock, store, keys, own, social, pause };
  const mail = startMail(mailPorts, { hub, log: log.of("private"), cleanup });
  const keysUsed = (): void => autoLock?.touch();
  const context: OwnerContext = {
    ...{ labels, clock, store, keys, injector, own, live, pause },
    social,
    ...mail,
    lookUp: (host) => ways.lookUp(host),
    keysUsed,
  };
  const owner = new OwnerService(context, hub);
  const wakeWatch = watchSleep(() => loop.feed({ kind: "woke" }));
  cleanup.defer(() => wakeWatch.stop());
  const autoLock = lockWhenIdle(options.autoLockMinutes, owner);
  cleanup.defer(() => autoLock?.stop());
  const tidying = setInterval(() => void tidyUp(owner, log), TIDY_MS);
  cleanup.defer(() => clearInterval(tidying));

  accept = (connection) => loop.accept(connection);
  loop.feed({ kind: "start" });
  const sweeping = setInterval(() => {
    archive();
    void keeper.sweep();
  }, SWEEP_MS);
  // A clock is believed ten minutes after the start at the earliest.
  const firstSweep = setTimeout(() => void keeper.sweep(), FIRST_SWEEP_MS);
  cleanup.defer(() => {
    clearInterval(sweeping);
    clearTimeout(firstSweep);
  });
  const near = { labels, networkKey, hosts, tcpPort: listener.port, log: log.of("discovery") };
  const lan = await startLan(
    { ...near, lan: ways.lan, mdns: ways.mdns },
    (address, source) => loop.feed({ kind: "address-heard", address, source }),
  );
  cleanup.defer(() => lan.stop());
  const dht = await startNodeDht(options.dht, {
    ...{ labels, hosts, log: log.of("discovery") },
    clock: () => toSeconds(clock.now()),
    peers: () => notes.peers(),
    ownAddresses: () => places.all(),
    lookUp: (host) => ways.lookUp(host),
    onCandidate: ({ address, from }) =>
      loop.feed({ kind: "address-heard", address, source: "dht", from }),
  });
  cleanup.defer(() => dht.stop());
  // Last, so that whoever finds the socket finds a node that works.
  const control: ControlServer = serveControl(
    controlSocketPath(options.dataDir),
    owner,
    log.of("control"),
  );
  cleanup.defer(() => control.close());
  sayWarnings(log, options.machineWarnings);
  log.info("The node runs", { messages: store.index.size });
  await time.look();
  return { owner, log, port: listener.port, addresses: () => places.used() };
}

async function tidyUp(owner: OwnerService, log: Log): Promise<void> {
  try {
    await owner.tidy();
  } catch (error) {
    // Whatever it is, it is tried again.
    log.failed("warn", { what: "Looking through what waits to be sent failed", error });
  }
}

function randomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}
