/** An outside world for the command line that remembers what it was asked. */
import { run } from "../../src/cli/mod.ts";
import type { Deps, ProgramResult, UnlockRequest } from "../../src/cli/deps.ts";
import type { Surroundings } from "../../src/cli/surroundings.ts";
import type {
  Api,
  Backend,
  MessageView,
  Method,
  ProtectionView,
  StatusView,
} from "../../src/node/api.ts";
import { noWays } from "../../src/node/ways_met.ts";
import type { Destruction, IdentityCreation, NodeHooks, NodeOptions } from "../../src/node/mod.ts";
import { UserError } from "../../src/node/user_error.ts";

/** Answers of a fake node: a value, or a function of the parameters. */
export type Answers = { [M in Method]?: (params: Api[M]["params"]) => Api[M]["result"] };

/** What the fake world is like. */
export interface World {
  /** Whether the runtime exports telemetry. */
  readonly telemetry?: boolean;
  readonly answers?: Answers;
  /** Whether a node runs. */
  readonly running?: boolean;
  /** Why no backup can be restored, if none can. */
  readonly unrestorable?: string;
  /** Methods that need keys: they fail as locked until the right bundle came. */
  readonly needKeys?: readonly Method[];
  /** Whether the keys are open from the start. */
  readonly unlocked?: boolean;
  readonly news?: (signal: AbortSignal) => AsyncIterable<MessageView>;
  readonly files?: Readonly<Record<string, string | Uint8Array | Error>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly os?: string;
  readonly stdin?: string | Uint8Array;
  /** Whether stdin and stderr are a terminal; stdout never is unless `columns` is given. */
  readonly terminal?: boolean;
  readonly columns?: number;
  /** Height of the terminal; unknown if left out. */
  readonly rows?: number;
  /** What is typed at each passphrase prompt; `undefined` calls it off. */
  readonly typed?: readonly (string | undefined)[];
  readonly confirms?: boolean;
  /** Whether there is an identity; there is unless this says no. */
  readonly anyIdentity?: boolean;
  /** Pending messages that a capsule would hold. */
  readonly pending?: number;
  readonly runNode?: (options: NodeOptions, hooks: NodeHooks) => Promise<void>;
  readonly openBackend?: () => Promise<Backend>;
  /** What became of a destruction. */
  readonly destruction?: Destruction;
  /** What `protectProcess` answered. */
  readonly machineWarnings?: readonly string[];
  /** What `doctor` sees of the machine; everything in order unless given. */
  readonly surroundings?: Surroundings;
  /** Programs that were started and left alone; without it there are none to be started. */
  readonly launched?: (readonly string[])[];
  /** The system's key store, by its attributes; without one, its program isn't there. */
  readonly keyStore?: Map<string, Uint8Array>;
  /** Answers of any program, instead of the key store's. */
  readonly programs?: (program: string) => ProgramResult | undefined;
  /** How this program is started; `/opt/gossamer` unless said. */
  readonly selfCommand?: readonly string[];
  /** Called with each chunk before it is written to stdout. */
  readonly onStdout?: (text: string) => void;
  /** Aborts as Ctrl-C would. */
  readonly interrupt?: AbortSignal;
}

/** What happened. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** `[method, params]` of every call, and `["unlock"]`, `["close"]`. */
  readonly calls: readonly unknown[];
  readonly places: readonly unknown[];
  readonly questions: readonly string[];
  readonly written: Readonly<Record<string, Uint8Array>>;
  /** Every buffer that held a secret; all must be zeros by now. */
  readonly secrets: readonly Uint8Array[];
  readonly created: readonly Omit<IdentityCreation, "backend">[];
  /** Programs that were run, with their arguments. */
  readonly programs: readonly (readonly string[])[];
  /** Exports and imports, without the data folder's passphrase. */
  readonly carried: readonly unknown[];
  /** Passphrases as they were when asked for, as text. */
  readonly passphrases: readonly string[];
}

const DESTRUCTION: Destruction = {
  destroyed: ["keys"],
  caveats: ["Flash keeps old bytes."],
  found: [],
  stopped: false,
};
/** What the fake backup holds. */
export const IN_BACKUP = {
  ...{ identities: 2, follows: 3, blocks: 1, archived: 40, letters: 5, requests: 6 },
  ...{ statements: 7, profiles: 8, pending: 9 },
};
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Runs one command in the fake world. */
export async function runIn(world: World, ...argv: string[]): Promise<Outcome> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const calls: unknown[] = [];
  const places: unknown[] = [];
  const questions: string[] = [];
  const written: Record<string, Uint8Array> = {};
  const secrets: Uint8Array[] = [];
  const passphrases: string[] = [];
  const created: Omit<IdentityCreation, "backend">[] = [];
  const carried: unknown[] = [];
  const programs: string[][] = [];
  const typed = [...world.typed ?? []];
  let unlocked = world.unlocked ?? false;
  const secret = (text: string): Uint8Array => {
    const bytes = encoder.encode(text);
    secrets.push(bytes);
    return bytes;
  };
  const see = (passphrase: Uint8Array): string => {
    secrets.push(passphrase);
    const text = decoder.decode(passphrase);
    passphrases.push(text);
    return text;
  };
  const locked = (method: Method): boolean => !unlocked && (world.needKeys ?? []).includes(method);
  const backend: Backend = {
    running: world.running ?? true,
    call: <M extends Method>(method: M, params: Api[M]["params"]): Promise<Api[M]["result"]> => {
      calls.push([method, params]);
      if (method === "lock") unlocked = false;
      if (locked(method)) return Promise.reject(new UserError("locked", "The keys are locked."));
      const answers: Answers = { status: () => statusView({ unlocked }), ...world.answers };
      const answer: ((params: Api[M]["params"]) => Api[M]["result"]) | undefined = answers[method];
      if (answer === undefined) return Promise.reject(new Error(`no answer for ${method}`));
      return Promise.resolve().then(() => answer(params));
    },
    watch: ({ signal }) => {
      calls.push(["watch"]);
      if (world.news === undefined) throw new Error("no news");
      return world.news(signal);
    },
    unlock: (bundle) => {
      calls.push(["unlock"]);
      secrets.push(bundle);
      if (decoder.decode(bundle) !== "bundle") throw new Error("wrong bundle");
      unlocked = true;
      return Promise.resolve(["g1mine"]);
    },
    close: () => {
      calls.push(["close"]);
      return Promise.resolve();
    },
  };
  const deps: Deps = {
    machineWarnings: world.machineWarnings ?? [],
    protection: PROTECTION,
    lookAround: () => Promise.resolve(world.surroundings ?? surroundings({})),
    openBackend: (place) => {
      places.push(place);
      return world.openBackend?.() ?? Promise.resolve(backend);
    },
    launch: (program, args) => {
      world.launched?.push([program, ...args]);
      return Promise.resolve(world.launched !== undefined);
    },
    loadWeb: () => Promise.reject(new Error("no web page")),
    runNode: world.runNode ?? (() => Promise.reject(new Error("no node"))),
    identityCreate: ({ backend: given, ...request }) => {
      if (given !== backend) throw new Error("not the open backend");
      see(request.passphrase);
      created.push({ ...request });
      const file = request.recovery?.file ?? "gossamer-recovery-new.txt";
      return Promise.resolve({
        id: "g1new",
        name: request.name,
        recovery: request.recovery === null ? null : { file, passphrase: "seven words of its own" },
        notes: [],
      });
    },
    identityExport: ({ choose, passphrase, archivePassphrase, ...request }) => {
      const own = archivePassphrase === undefined ? undefined : see(archivePassphrase);
      see(passphrase);
      const id = choose([{ id: "g1mine", name: "ada" }, { id: "g1yours", name: "bob" }]);
      carried.push({ ...request, id, ...(own === undefined ? {} : { own }) });
      const words = own === undefined ? "seven words for it" : null;
      return Promise.resolve({ id, name: "ada", file: request.file, passphrase: words });
    },
    identityImport: ({ backend: given, passphrase, archivePassphrase, ...request }) => {
      if (given !== backend) throw new Error("not the open backend");
      const own = see(archivePassphrase);
      see(passphrase);
      carried.push({ ...request, own });
      return Promise.resolve({ id: "g1came", name: "ada", destroyed: !request.keep, notes: [] });
    },
    backup: ({ passphrase, backupPassphrase, progress: _, ...request }) => {
      const own = backupPassphrase === undefined ? undefined : see(backupPassphrase);
      see(passphrase);
      carried.push({ ...request, ...(own === undefined ? {} : { own }) });
      const words = own === undefined ? "seven words for it" : null;
      const made = { file: request.file, bytes: 1_048_896, madeAt: 1_800_000_000 };
      return Promise.resolve({ ...made, contents: IN_BACKUP, passphrase: words });
    },
    checkRestore: ({ file }) =>
      world.unrestorable === undefined
        ? Promise.resolve()
        : Promise.reject(new UserError("failed", `${file}: ${world.unrestorable}`)),
    restore: ({ backupPassphrase, progress: _, ...request }) => {
      carried.push({ ...request, own: see(backupPassphrase) });
      const { file, dataDir, dryRun } = request;
      const found = { file, madeAt: 1_800_000_000, contents: IN_BACKUP };
      return Promise.resolve({ ...found, restored: !dryRun, dataDir });
    },
    tellKeysFile: async ({ dir, backend }) => {
      if (backend.running) await backend.call("keys-file", { file: `keys of ${dir}` });
    },
    identityRevoke: async ({ choose, confirm, passphrase }) => {
      if (see(passphrase) !== "right") throw new UserError("locked", "Wrong passphrase.");
      const id = choose([{ id: "g1mine", name: "ada" }, { id: "g1yours", name: "bob" }]);
      return await confirm({ id, name: "ada" }) ? `revocation of ${id}` : undefined;
    },
    openSheet: ({ words, ...request }) => {
      carried.push({ ...request, words: see(words) });
      return Promise.resolve({
        ...{ id: "g1mine", successor: "g1heir", statement: "revocation of g1mine" },
        adopt: ({ passphrase, name, recovery }) => {
          carried.push({ adopted: "g1heir", name, recovery, passphrase: see(passphrase) });
          const made = recovery && { file: recovery.file ?? "heir.txt", passphrase: "seven words" };
          return Promise.resolve({ recovery: made, notes: [] });
        },
        [Symbol.dispose]: () => void carried.push("wiped"),
      });
    },
    capsuleWrite: ({ backend: given, progress: _seen, ...request }) => {
      if (given !== backend) throw new Error("not the open backend");
      calls.push(["capsuleWrite", { ...request }]);
      const pending = world.pending ?? 0;
      return Promise.resolve({ messages: 3, pending, damaged: 0, bytes: 900 });
    },
    capsuleRead: ({ backend: given, progress: _seen, ...request }) => {
      if (given !== backend) throw new Error("not the open backend");
      calls.push(["capsuleRead", { ...request }]);
      const found = { messages: 5, novel: 2, known: 1, outside: 1, unkept: 0, refused: 1 };
      return Promise.resolve({ ...found, damaged: 1, complete: false });
    },
    identityDelete: async ({ choose, confirm, passphrase, dataDir, network }) => {
      if (see(passphrase) !== "right") throw new UserError("locked", "Wrong passphrase.");
      const mine = [{ id: "g1mine", name: "ada" }, { id: "g1other", name: "eve" }];
      const chosen = mine.find(({ id }) => id === choose(mine));
      if (chosen === undefined || !await confirm(chosen)) return undefined;
      calls.push(["delete", { dataDir, network, id: chosen.id }]);
      return { ...chosen, ...(world.destruction ?? DESTRUCTION) };
    },
    obliterateEverything: async ({ confirm, passphrase, dataDir, network }) => {
      if (see(await passphrase()) !== "right") throw new UserError("locked", "Wrong passphrase.");
      if (!await confirm()) return undefined;
      calls.push(["obliterate", { dataDir, network }]);
      return world.destruction ?? DESTRUCTION;
    },
    anyIdentity: () => Promise.resolve(world.anyIdentity ?? true),
    passphraseChange: ({ passphrase, next, backend: given, ...place }) => {
      if (given !== backend) throw new Error("not the open backend");
      if (see(passphrase) !== "right") {
        return Promise.reject(new UserError("locked", "Wrong passphrase."));
      }
      calls.push(["passphrase", { ...place, next: see(next) }]);
      return Promise.resolve({ caveats: ["Copies stay."], notes: [] });
    },
    unlockBundle: ({ passphrase }: UnlockRequest) => {
      if (see(passphrase) === "right") return Promise.resolve(secret("bundle"));
      return Promise.reject(new UserError("locked", "Wrong passphrase."));
    },
    readFile: (path, maxBytes) => {
      const file = world.files?.[path] ?? new Deno.errors.NotFound(path);
      if (file instanceof Error) return Promise.reject(file);
      const bytes = typeof file === "string" ? secret(file) : file;
      return Promise.resolve(bytes.subarray(0, maxBytes + 1));
    },
    writeNewFile: (path, bytes) => {
      if (Object.hasOwn(written, path) || world.files?.[path] !== undefined) {
        return Promise.resolve(false);
      }
      written[path] = bytes;
      return Promise.resolve(true);
    },
    removeFile: (path) => Promise.resolve(delete written[path]),
    waitForEnter: (text) => {
      questions.push(text);
      return Promise.resolve();
    },
    selfCommand: world.selfCommand ?? ["/opt/gossamer"],
    makeFolder: () => Promise.resolve(),
    realPath: (path) => Promise.resolve(path),
    runProgram: ({ program, args, stdin }) => {
      programs.push([program, ...args]);
      const store = world.keyStore;
      if (world.programs !== undefined) return Promise.resolve(world.programs(program));
      if (store === undefined) return Promise.resolve(undefined);
      return Promise.resolve(fakeKeyStore(store, { program, args, stdin }));
    },
    readStdin: (maxBytes) => {
      const { stdin = "" } = world;
      const bytes = typeof stdin === "string" ? encoder.encode(stdin) : stdin;
      return Promise.resolve(bytes.subarray(0, maxBytes + 1));
    },
    env: (name) => ({ HOME: "/home/ada", ...world.env })[name],
    telemetry: () => world.telemetry ?? false,
    os: world.os ?? "linux",
    stdout: {
      write: (text) => {
        try {
          world.onStdout?.(text);
        } catch (error) {
          return Promise.reject(error);
        }
        stdout.push(text);
        return Promise.resolve();
      },
      isTerminal: world.columns !== undefined,
      columns: world.columns ?? 80,
      rows: world.rows ?? 0,
    },
    stderrIsJournal: false,
    stderr: {
      write: (text) => {
        stderr.push(text);
        return Promise.resolve();
      },
      isTerminal: world.terminal ?? false,
      columns: 80,
      rows: 0,
    },
    stdinIsTerminal: world.terminal ?? false,
    askPassphrase: (question) => {
      questions.push(question);
      const text = typed.shift();
      return Promise.resolve(text === undefined ? undefined : secret(text));
    },
    confirm: (question) => {
      questions.push(question);
      return Promise.resolve(world.confirms ?? false);
    },
    interrupt: () => ({
      signal: world.interrupt ?? new AbortController().signal,
      dispose: () => {},
    }),
  };
  const code = await run(argv, deps);
  return {
    code,
    stdout: stdout.join(""),
    stderr: stderr.join(""),
    calls,
    places,
    questions,
    written,
    secrets,
    created,
    carried,
    programs,
    passphrases,
  };
}

/** `secret-tool`, and what is needed here of `security`. */
function fakeKeyStore(
  store: Map<string, Uint8Array>,
  { program, args, stdin }: {
    program: string;
    args: readonly string[];
    stdin: Uint8Array | undefined;
  },
): ProgramResult {
  const none = new Uint8Array(0);
  const answer = (code: number, stdout: Uint8Array = none, stderr = ""): ProgramResult => ({
    code,
    stdout: stdout.slice(),
    stderr,
  });
  const missing = program === "security" ? 44 : 1;
  const line = args[0] === "-i" ? decoder.decode(stdin).trim().split(" ") : args;
  const [what, ...rest] = line;
  const key = rest.filter((arg) => !["--label=Gossamer", "-U", "-w"].includes(arg)).slice(0, 4)
    .join(" ");
  if (what === "store") store.set(key, stdin?.slice() ?? none);
  else if (what === "add-generic-password") store.set(key, encoder.encode(line.at(-1)));
  else if (!store.has(key)) return answer(missing);
  else if (what === "clear" || what === "delete-generic-password") store.delete(key);
  else return answer(0, store.get(key));
  return answer(0);
}

/** What could be done for secrets in memory: all. */
export const PROTECTION: ProtectionView = {
  native: true,
  locked: true,
  noDumps: true,
  openSwap: [],
};

/** A machine with everything in order; give what isn't. */
export function surroundings(given: Partial<Surroundings>): Surroundings {
  return {
    folder: { kind: "there", used: true, open: [] },
    disk: { size: 1e12, free: 5e11, fileSystem: "ext4" },
    port: "free",
    networks: { ipv4: 1, ipv6: 1 },
    ...given,
  };
}

/** A node's health with everything plain; give what matters. */
export function statusView(given: Partial<StatusView>): StatusView {
  return {
    running: true,
    network: "main",
    port: 14677,
    addresses: ["192.0.2.1:14677"],
    reachability: { reachable: null, why: "nobody came yet" },
    uptime: 3_700,
    messages: 3,
    bytes: 1_500_000,
    storage: {
      used: 2_000_000,
      cap: 5_000_000_000,
      maxMessages: 500_000,
      days: 12.7,
      remembered: 0,
      horizon: 0,
    },
    peers: 2,
    exchanges: {
      completed: 5,
      failed: 1,
      inbound: 2,
      outbound: 3,
      received: 7,
      delivered: 4,
      refused: 2,
    },
    ways: noWays(),
    clock: { standing: "agreed", ahead: 0, groups: 6 },
    activity: null,
    reconciliation: { completed: 3, cutShort: 1, served: 2, received: 90, delivered: 8 },
    unlocked: false,
    pending: 2,
    closed: false,
    proxy: null,
    mapping: null,
    dht: null,
    web: null,
    permissions: { read: "denied", net: "granted", sys: "granted" },
    warnings: [],
    ...given,
  };
}
