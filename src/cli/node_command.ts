/** `node`: runs the node in the foreground. */
import { Option } from "@commander-js/extra-typings";
import type { MaxStorage, NodeEvent, NodeOptions } from "../node/node_options.ts";
import { UserError } from "../node/user_error.ts";
import type { Context, Register } from "./context.ts";
import { toJsonLine } from "./json.ts";
import {
  collect,
  ipAddress,
  proxyUrl,
  relayKind,
  storageSize,
  wholeNumber,
} from "./option_values.ts";
import { IntakeProgress } from "./intake_progress.ts";
import { StdoutClosed } from "./output.ts";
import { findPassphrase, needIdentity, noPassphrase } from "./passphrase.ts";
import { type Progress, startProgress } from "./progress.ts";
import { shortMessage } from "./render_parts.ts";
import { safeLine } from "../text/safe_text.ts";
import { MAX_PORT } from "../wire/address.ts";

/** Characters waiting for a slow reader of stdout; beyond it exchanges and messages go unreported. */
const MAX_PENDING = 1_000_000;

/** A month: whoever wants longer wants none. */
const MAX_AUTO_LOCK_MINUTES = 43_200;

const STARTING =
  "This node carries messages of people you don't know: that is how yours travel too. It keeps " +
  "them for 30 days at most, on a tenth of the disk (--max-storage); --relay text leaves out " +
  "whatever has attachments.";
const LOCKED =
  "The keys are locked: what you said and nobody else has yet waits for `gossamer unlock`.";
const LAN =
  "It announces itself on the local network, so others there can tell that this machine runs " +
  "Gossamer; --no-lan --no-mdns stops that.";

const ROUTER = "It asks the router to let others in to its port; --no-port-mapping stops that.";

const DHT =
  "It takes part in BitTorrent's DHT, in which anybody can look up the addresses of machines that run " +
  "Gossamer, this one's too if others can reach it.";

const PROXY =
  "Whatever this node begins goes through the proxy: no names are looked up, nothing is said on the " +
  "local network, and no router is asked for anything.";

interface Flags {
  readonly port?: number;
  readonly bind?: readonly string[];
  readonly join?: readonly string[];
  readonly lan: boolean;
  readonly mdns: boolean;
  readonly portMapping: boolean;
  readonly dht?: true;
  readonly dhtBootstrap?: readonly string[];
  readonly networkKey?: string;
  readonly proxy?: string;
  readonly address?: readonly string[];
  readonly eager?: true;
  readonly unlock?: true;
  readonly autoLock?: number;
  readonly maxStorage?: MaxStorage;
  readonly relay?: boolean;
  readonly web?: number;
}

/** Adds `node`. */
export const registerNode: Register = (program, context) => {
  program.command("node")
    .description(
      "run the node in the foreground until SIGINT or SIGTERM; without an identity it " +
        "is a relay",
    )
    .option(
      "--port <n>",
      "TCP port to listen on, 0 for any (default: 14677)",
      wholeNumber(0, MAX_PORT),
    )
    .option(
      "--bind <address>",
      "local IP address to listen on; can be given many times (default: all)",
      (value: string, before: string[] | undefined) => collect(ipAddress(value), before),
    )
    .option(
      "--join <locator>",
      "enter the network by these nodes; can be given many times",
      collect,
    )
    .option(
      "--no-lan",
      "neither announce this node by broadcast on the local network nor listen there",
    )
    .option("--no-mdns", "the same for mDNS (DNS-SD, Bonjour, avahi)")
    .option("--no-port-mapping", "don't ask the router to let others in to the node's port")
    .option(
      "--dht",
      "announce this node in BitTorrent's DHT and look for others there; anybody can then learn that " +
        "your address runs Gossamer",
    )
    .option(
      "--dht-bootstrap <host:port>",
      "enter the DHT by this node of it; can be given many times (default: well-known ones)",
      collect,
    )
    .option(
      "--proxy <url>",
      "reach others through this SOCKS5 proxy only, such as Tor's: socks5://127.0.0.1:9050; nothing " +
        "goes beside it, and the node listens on 127.0.0.1 unless --bind says more",
      proxyUrl,
    )
    .option(
      "--address <host:port>",
      "others reach this node there: an IP or onion address; can be given many times",
      collect,
    )
    .option(
      "--max-storage <size>",
      "store so much at most, such as 2GB, or a share of the disk, such as 5% (default: 10%)",
      storageSize,
    )
    .addOption(
      new Option(
        "--relay <what>",
        "with text nothing with attachments is stored or passed on, and you can't attach any " +
          "(default: all)",
      ).choices(["all", "text"]).argParser(relayKind),
    )
    .option("--network-key <file>", "file with the key of a closed network, 32 bytes in hex")
    .option(
      "--eager",
      "send an own message at once, by a connection of its own; faster, but " +
        "anyone who watches the line sees who spoke",
    )
    .option("--unlock", "open the keys at the start; needs a passphrase")
    .option(
      "--auto-lock <minutes>",
      "lock the keys when no command needed them for so long; other nodes never notice",
      wholeNumber(1, MAX_AUTO_LOCK_MINUTES),
    )
    .option(
      "--web <port>",
      "serve the web page on this port of 127.0.0.1, 0 for any; gossamer open gives the link",
      wholeNumber(0, MAX_PORT),
    )
    .addHelpText(
      "after",
      "\nExamples:\n  gossamer node\n" +
        "  gossamer node --unlock --join 'g:?a=203.0.113.7:14677'",
    )
    .action((flags) => runNode(context(), flags));
};

async function runNode(context: Context, flags: Flags): Promise<void> {
  const { deps } = context;
  if (flags.dhtBootstrap !== undefined && !flags.dht) {
    throw new UserError("usage", "--dht-bootstrap means nothing without --dht");
  }
  const bound = flags.bind ?? [];
  const onlyHere = bound.length > 0 && bound.every((host) => host === "::1" || /^127\./.test(host));
  const locked = flags.unlock === undefined && await hasIdentity(context);
  const introduction = [
    STARTING,
    ...(flags.proxy === undefined ? near(flags, onlyHere) : [PROXY]),
    ...(flags.dht ? [DHT] : []),
    ...(locked ? [LOCKED] : []),
  ].join("\n");
  const interrupt = deps.interrupt();
  const starting = startProgress(context, "Starting");
  const events = new EventWriter(context, { starting, introduction });
  const unlock = (): Promise<Uint8Array> => starting.aside(() => passphraseFor(context));
  try {
    await deps.runNode({ ...nodeOptions(context, flags), ...(flags.unlock ? { unlock } : {}) }, {
      emit: (event) => events.emit(event),
      signal: AbortSignal.any([interrupt.signal, events.closed]),
    });
  } finally {
    interrupt.dispose();
    await starting.end();
    await events.flushed();
  }
}

function near({ lan, mdns, portMapping }: Flags, onlyHere: boolean): readonly string[] {
  if (onlyHere) return [];
  return [...(lan || mdns ? [LAN] : []), ...(portMapping ? [ROUTER] : [])];
}

/** What is wrong with the keys the node's start finds out, and says. */
async function hasIdentity({ deps, dataDir, network }: Context): Promise<boolean> {
  return await deps.anyIdentity({ dataDir, network }).catch(() => false);
}

function nodeOptions(context: Context, flags: Flags): NodeOptions {
  return {
    dataDir: context.dataDir,
    network: context.network,
    ...(flags.port === undefined ? {} : { port: flags.port }),
    bind: flags.bind ?? [],
    join: flags.join ?? [],
    lan: flags.lan && flags.proxy === undefined,
    mdns: flags.mdns && flags.proxy === undefined,
    portMapping: flags.portMapping && flags.proxy === undefined,
    ...(flags.dht ? { dht: { bootstrap: flags.dhtBootstrap ?? [] } } : {}),
    ...(flags.proxy === undefined ? {} : { proxy: flags.proxy }),
    ...(flags.address === undefined ? {} : { addresses: flags.address }),
    ...(flags.networkKey === undefined ? {} : { networkKeyFile: flags.networkKey }),
    web: {
      load: () => context.deps.loadWeb(),
      ...(flags.web === undefined ? {} : { port: flags.web }),
    },
    eager: flags.eager === true,
    ...(flags.autoLock === undefined ? {} : { autoLockMinutes: flags.autoLock }),
    ...(flags.maxStorage === undefined ? {} : { maxStorage: flags.maxStorage }),
    textOnly: flags.relay === true,
    machineWarnings: context.deps.machineWarnings,
    protection: context.deps.protection,
    logLevel: context.logLevel,
    logFormat: context.logFormat,
    journal: context.deps.stderrIsJournal,
  };
}

async function passphraseFor(context: Context): Promise<Uint8Array> {
  await needIdentity(context);
  const passphrase = await findPassphrase(context, {
    question: "Passphrase to unlock your keys: ",
  });
  if (passphrase === undefined) throw noPassphrase();
  return passphrase;
}

/**
 * Writes events in their order without ever holding up the node: whoever reads stdout may be slow,
 * or gone, which stops the node.
 */
class EventWriter {
  readonly #context: Context;
  readonly #starting: Progress;
  readonly #intake: IntakeProgress;
  readonly #introduction: string;
  readonly #closed = new AbortController();
  #queue: Promise<void> = Promise.resolve();
  #pending = 0;
  #failure: { error: unknown } | undefined;

  /** The first event ends `starting`; once the node is ready it is said what it does. */
  constructor(
    context: Context,
    { starting, introduction }: { starting: Progress; introduction: string },
  ) {
    this.#context = context;
    this.#starting = starting;
    this.#introduction = introduction;
    this.#intake = new IntakeProgress(context);
  }

  /** Aborts when stdout can't be written to any more. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Takes an event and returns at once. */
  emit(event: NodeEvent): void {
    const text = this.#text(event);
    const essential = event.event === "ready" || event.event === "stopped";
    if (event.event === "message" && text === "") this.#intake.message();
    if (text === "" || (!essential && this.#pending > MAX_PENDING)) return;
    this.#pending += text.length;
    this.#queue = this.#queue.then(async () => {
      try {
        await this.#starting.end();
        await this.#intake.end();
        if (event.event === "ready") await this.#context.out.note(this.#introduction);
        if (!this.closed.aborted) await this.#context.out.write(`${text}\n`);
      } catch (error) {
        this.#failure ??= { error };
        this.#closed.abort();
      }
      this.#pending -= text.length;
    });
  }

  /** Waits until all is written. Throws what writing threw, unless stdout was merely closed. */
  async flushed(): Promise<void> {
    await this.#queue;
    await this.#intake.end();
    const failure = this.#failure;
    if (failure !== undefined && !(failure.error instanceof StdoutClosed)) throw failure.error;
  }

  #text(event: NodeEvent): string {
    const { out, logLevel } = this.#context;
    if (out.json) return toJsonLine(event);
    const chatty = logLevel === "info" || logLevel === "debug";
    switch (event.event) {
      case "ready":
        return [
          `Listening on port ${event.port}.`,
          ...event.addresses.map((a) => `  ${safeLine(a)}`),
        ]
          .join("\n");
      case "stopped":
        return "Stopped.";
      case "exchange":
        return chatty
          ? `Exchange ${event.outcome} (${event.direction}): ${event.received} received, ` +
            `${event.delivered} delivered.`
          : "";
      case "message":
        return chatty ? `Took in message ${shortMessage(event.id)}.` : "";
      default:
        return event satisfies never;
    }
  }
}
