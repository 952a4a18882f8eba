/** What `doctor` sees of a machine by itself. Types only. */
/** Where `doctor` is to look. */
export interface LookRequest {
  /** The data folder. */
  readonly dataDir: string;
  /** A TCP port that a node would need; absent where one has it. */
  readonly port?: number;
}

/** What can be seen of this machine without a node. */
export interface Surroundings {
  /**
   * The data folder: not there, something else, not to be looked at, or there; then whether it was ever
   * used as one, and the names of those of its files that others of this machine can get at, itself as
   * `.`, where rights mean that.
   */
  readonly folder:
    | { readonly kind: "missing" | "no-folder" | "forbidden" }
    | { readonly kind: "there"; readonly used: boolean; readonly open: readonly string[] };
  /** The disk with the folder, or its nearest parent; null where it can't be looked at. */
  readonly disk: {
    /** Bytes in all. */
    readonly size: number;
    /** Bytes that this account may still use. */
    readonly free: number;
    /** Name of the file system; null where the system doesn't say, or says an unknown number. */
    readonly fileSystem: string | null;
  } | null;
  /** Whether a node could listen on the port asked about; null where none was. */
  readonly port: "free" | "taken" | "forbidden" | null;
  /** Networks that this machine is on, loopback apart. */
  readonly networks: {
    /** IPv4 addresses. */
    readonly ipv4: number;
    /** IPv6 addresses that mean something beyond the cable. */
    readonly ipv6: number;
  };
}
