/**
 * The real outside world for the command line. The node's modules and the prompts are loaded when
 * first needed, so that a command that needs neither starts at once.
 */
import { fstatSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ProtectionView } from "../node/mod.ts";
import { isExporting } from "./telemetry.ts";
import type { Deps, Interrupt, ProgramRequest, ProgramResult, Sink } from "./deps.ts";

const CHUNK_BYTES = 65_536;
/** Milliseconds in which a second signal counts as the same one. */
const REPEAT_MS = 1_000;
/** Exit code of a program that a second signal ended, as shells have it for SIGINT. */
const INTERRUPTED = 130;

/** Builds the real dependencies, with what `protectProcess` answered. */
export function systemDeps(
  protection: ProtectionView & { readonly warnings: readonly string[] },
): Deps {
  const stderr = sink(Deno.stderr);
  return {
    machineWarnings: protection.warnings,
    protection,
    lookAround: async (request) => (await import("./look_around.ts")).lookAround(request),
    openBackend: async (place) => await (await import("../node/mod.ts")).openBackend(place),
    runNode: async (options, hooks) =>
      await (await import("../node/mod.ts")).runNode(options, hooks),
    loadWeb: async () => (await import("../web/mod.ts")).startWeb,
    identityCreate: async (request) =>
      await (await import("../node/mod.ts")).identityCreate(request),
    identityExport: async (request) =>
      await (await import("../node/mod.ts")).identityExport(request),
    identityImport: async (request) =>
      await (await import("../node/mod.ts")).identityImport(request),
    backup: async (request) => await (await import("../node/mod.ts")).backup(request),
    checkRestore: async (request) => {
      await (await import("../node/mod.ts")).checkRestore(request);
    },
    restore: async (request) => await (await import("../node/mod.ts")).restore(request),
    identityRevoke: async (request) =>
      await (await import("../node/mod.ts")).identityRevoke(request),
    openSheet: async (request) => await (await import("../node/mod.ts")).openSheet(request),
    capsuleWrite: async (request) => await (await import("../node/mod.ts")).capsuleWrite(request),
    capsuleRead: async (request) => await (await import("../node/mod.ts")).capsuleRead(request),
    identityDelete: async (request) =>
      await (await import("../node/mod.ts")).identityDelete(request),
    obliterateEverything: async (request) =>
      await (await import("../node/mod.ts")).obliterateEverything(request),
    anyIdentity: async (place) => await (await import("../node/mod.ts")).anyIdentity(place),
    unlockBundle: async (request) => await (await import("../node/mod.ts")).unlockBundle(request),
    passphraseChange: async (request) =>
      await (await import("../node/mod.ts")).passphraseChange(request),
    tellKeysFile: async (place) => await (await import("../node/mod.ts")).tellKeysFile(place),
    readFile: async (path, maxBytes) => {
      using file = await Deno.open(path);
      return await readUpTo(file, maxBytes + 1);
    },
    writeNewFile,
    removeFile,
    makeFolder: (path) => Deno.mkdir(path, { recursive: true }),
    runProgram,
    launch,
    realPath,
    readStdin: (maxBytes) => readUpTo(Deno.stdin, maxBytes + 1),
    env: (name) => Deno.env.get(name),
    telemetry: isExporting,
    os: Deno.build.os,
    stdout: sink(Deno.stdout),
    stderr,
    get stderrIsJournal() {
      return isJournal(Deno.env.get("JOURNAL_STREAM"));
    },
    stdinIsTerminal: Deno.stdin.isTerminal(),
    askPassphrase: async (question) => {
      const { readSecret } = await import("./terminal_input.ts");
      await stderr.write(question);
      try {
        return await readSecret(Deno.stdin);
      } finally {
        await stderr.write("\n");
      }
    },
    confirm: async (question) => {
      const { readYes } = await import("./terminal_input.ts");
      await stderr.write(`${question} [y/N] `);
      return await readYes(Deno.stdin);
    },
    waitForEnter: async (text) => {
      const { readYes } = await import("./terminal_input.ts");
      await stderr.write(text);
      await readYes(Deno.stdin);
    },
    get selfCommand() {
      return selfCommand();
    },
    interrupt,
  };
}

/** As deno.json's task `gossamer` has it, unless this is one compiled file, or a tree with a launcher. */
function selfCommand(): readonly string[] {
  if (Deno.build.standalone) return [Deno.execPath()];
  const main = fileURLToPath(Deno.mainModule);
  const folder = main.slice(0, -"main.ts".length);
  const launcher = launcherOf(folder);
  if (launcher !== undefined) return [launcher];
  return [
    Deno.execPath(),
    "run",
    "--v8-flags=--max-semi-space-size=2,--heap-growing-percent=30,--no-memory-pool",
    ...["--quiet", "--frozen", "--no-prompt", `--config=${folder}deno.json`, "-P", main],
  ];
}

/** The launcher of a portable tree (packaging/portable.sh), without which Deno would look for packages elsewhere. */
function launcherOf(folder: string): string | undefined {
  const [, root] = /^(.*)\/lib\/gossamer\/app\/$/.exec(folder) ?? [];
  if (root === undefined) return undefined;
  try {
    const launcher = `${root}/bin/gossamer`;
    return Deno.statSync(launcher).isFile ? launcher : undefined;
  } catch {
    return undefined;
  }
}

/** Whether stderr is the stream that systemd made for the journal: programs inherit the name of it, too. */
function isJournal(stream: string | undefined): boolean {
  if (stream === undefined) return false;
  const { dev, ino } = fstatSync(2);
  return stream === `${dev}:${ino}`;
}

async function removeFile(path: string): Promise<boolean> {
  try {
    await Deno.remove(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function sink(stream: typeof Deno.stdout): Sink {
  const isTerminal = stream.isTerminal();
  return {
    write: async (text) => {
      let rest = new TextEncoder().encode(text);
      while (rest.length > 0) rest = rest.subarray(await stream.write(rest));
    },
    isTerminal,
    get columns(): number {
      return isTerminal ? size().columns || 80 : 80;
    },
    get rows(): number {
      return isTerminal ? size().rows : 0;
    },
  };
}

/** A terminal that nobody told its size says 0. */
function size(): { columns: number; rows: number } {
  try {
    return Deno.consoleSize();
  } catch {
    // Stdin, stdout and stderr may be different terminals, or one that has no size.
    return { columns: 0, rows: 0 };
  }
}

async function readUpTo(source: Reader, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (size < maxBytes) {
    const buffer = new Uint8Array(Math.min(CHUNK_BYTES, maxBytes - size));
    const n = await source.read(buffer);
    if (n === null) break;
    chunks.push(buffer.subarray(0, n));
    size += n;
  }
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
    // It may have been a passphrase.
    chunk.fill(0);
  }
  return whole;
}

interface Reader {
  read(buffer: Uint8Array): Promise<number | null>;
}

async function writeNewFile(path: string, bytes: Uint8Array): Promise<boolean> {
  let file: Deno.FsFile;
  try {
    // Exclusive creation follows no link and opens nothing that is there.
    file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
  try {
    using _closed = file;
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await file.write(rest));
    return true;
  } catch (error) {
    await Deno.remove(path);
    throw error;
  }
}

async function runProgram(
  { program, args, stdin }: ProgramRequest,
): Promise<ProgramResult | undefined> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args: [...args],
      stdin: stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) {
      return undefined;
    }
    throw error;
  }
  if (stdin !== undefined) {
    const writer = child.stdin.getWriter();
    // It may have ended without reading all; its exit code says the rest.
    await writer.write(stdin).catch(() => {});
    await writer.close().catch(() => {});
  }
  const { code, stdout, stderr } = await child.output();
  return { code, stdout, stderr: new TextDecoder().decode(stderr) };
}

function launch(program: string, args: readonly string[]): Promise<boolean> {
  try {
    const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
    new Deno.Command(program, { args: [...args], ...quiet }).spawn().unref();
    return Promise.resolve(true);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) {
      return Promise.resolve(false);
    }
    throw error;
  }
}

async function realPath(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return path;
    throw error;
  }
}

function interrupt(): Interrupt {
  const controller = new AbortController();
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM"];
  let asked: number | undefined;
  const stop = (): void => {
    const now = performance.now();
    asked ??= now;
    controller.abort();
    // npx passes on the Ctrl-C that the terminal sent already: that is one wish, not two.
    if (now - asked > REPEAT_MS) Deno.exit(INTERRUPTED);
  };
  const dispose = (): void => {
    for (const signal of signals) Deno.removeSignalListener(signal, stop);
  };
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  return { signal: controller.signal, dispose };
}
