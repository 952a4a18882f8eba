/**
 * The few native calls that keep secrets out of swap and core dumps, in a library that is opened and
 * closed again at the start: afterwards no native function is left in the program's reach. Only for
 * `protectProcess`, which also gives the permission for it up.
 *
 * A scoped permission doesn't allow pointers, only buffers as parameters. Where a buffer lies is
 * learned from `memmove`, which answers its first argument.
 */

/** C libraries by where systems have them; deno.json allows just these. The first that opens is taken. */
export const LIBRARIES: Readonly<Partial<Record<typeof Deno.build.os, readonly string[]>>> = {
  linux: [
    `/lib/${Deno.build.arch}-linux-gnu/libc.so.6`,
    "/lib64/libc.so.6",
    "/usr/lib64/libc.so.6",
    "/usr/lib/libc.so.6",
    `/lib/ld-musl-${Deno.build.arch}.so.1`,
  ],
  darwin: ["/usr/lib/libSystem.B.dylib"],
};

const SYMBOLS = {
  getpagesize: { parameters: [], result: "i32" },
  memmove: { parameters: ["buffer", "buffer", "usize"], result: "usize" },
  mlock: { parameters: ["buffer", "usize"], result: "i32" },
  madvise: { parameters: ["buffer", "usize", "i32"], result: "i32" },
  setrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  open: { parameters: ["buffer", "i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  close: { parameters: ["i32"], result: "i32" },
  // Linux only.
  prctl: { parameters: ["i32", "usize", "usize", "usize", "usize"], result: "i32", optional: true },
} as const;

const RLIMIT_CORE = 4;
const PR_SET_DUMPABLE = 4;
const MADV_DONTDUMP = 16;
const O_RDONLY = 0;
/** Bytes of a system file that are looked at. */
const MAX_TEXT_BYTES = 65_536;

/** An open C library. */
export class NativeMemory implements Disposable {
  readonly #library: Deno.DynamicLibrary<typeof SYMBOLS>;

  private constructor(library: Deno.DynamicLibrary<typeof SYMBOLS>) {
    this.#library = library;
  }

  /** Opens this system's C library, or answers `undefined`: not permitted, not there, not known. */
  static open(): NativeMemory | undefined {
    for (const path of LIBRARIES[Deno.build.os] ?? []) {
      try {
        return new NativeMemory(Deno.dlopen(path, SYMBOLS));
      } catch {
        // The next one may do.
      }
    }
    return undefined;
  }

  /** Whole pages, at least `length` bytes of them, that nothing else lies in. They never move. */
  pages(length: number): Uint8Array {
    const { getpagesize, memmove } = this.#library.symbols;
    const page = getpagesize();
    const size = Math.ceil(length / page) * page;
    const whole = new Uint8Array(size + page);
    const start = Number(memmove(whole, whole, 0n) % BigInt(page));
    const offset = start === 0 ? 0 : page - start;
    return whole.subarray(offset, offset + size);
  }

  /** Keeps pages out of swap until the process ends. Answers whether the system agreed. */
  lock(pages: Uint8Array): boolean {
    return this.#library.symbols.mlock(pages, BigInt(pages.length)) === 0;
  }

  /** Keeps pages out of core dumps, where that can be asked for; elsewhere `noDumps` has to do. */
  exclude(pages: Uint8Array): boolean {
    if (Deno.build.os !== "linux") return true;
    return this.#library.symbols.madvise(pages, BigInt(pages.length), MADV_DONTDUMP) === 0;
  }

  /** Switches core dumps off, and on Linux looking in by other programs of the same account. */
  noDumps(): boolean {
    const { setrlimit, prctl } = this.#library.symbols;
    const none = new BigUint64Array(2);
    const limited = setrlimit(RLIMIT_CORE, none) === 0;
    const closed = prctl === null || prctl(PR_SET_DUMPABLE, 0n, 0n, 0n, 0n) === 0;
    return limited && closed;
  }

  /** Reads a file of `/proc` or `/sys`, which Deno keeps from programs with less than all permissions. */
  readSystemFile(path: string): string | undefined {
    const { open, read, close } = this.#library.symbols;
    const file = open(new TextEncoder().encode(`${path}\0`), O_RDONLY);
    if (file < 0) return undefined;
    const buffer = new Uint8Array(MAX_TEXT_BYTES);
    const size = Number(read(file, buffer, BigInt(buffer.length)));
    close(file);
    return size < 0 ? undefined : new TextDecoder().decode(buffer.subarray(0, size));
  }

  /** Closes the library; what it did stays. */
  [Symbol.dispose](): void {
    this.#library.close();
  }
}
