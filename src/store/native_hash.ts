/** SHA-256 by native code: every message that comes or goes is hashed (docs/PROTOCOL.md section 3). */
import { hash } from "node:crypto";
import type { HashHex } from "../wire/hash.ts";

/** For messages from peers and from disk. */
export const NATIVE_HASH: HashHex = (bytes): string => hash("sha256", bytes, "hex");
