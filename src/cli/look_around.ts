/** What `doctor` sees of this machine by itself: rights, disk, port, networks. It sends nothing. */
import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { addressOf } from "../wire/address.ts";
import { scopeOf } from "../wire/address_rules.ts";
import type { LookRequest, Surroundings } from "./surroundings.ts";

/** Rights of anybody but the owner. */
const OTHERS = 0o077;

/** Files of the folder that are looked at: more than it ever has. */
const MAX_FILES = 64;

/** Every folder that was used has it. */
const LOCK = "lock";

/** What Linux calls them by number (statfs(2)). */
const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  0xef53: "ext4",
  0x58465342: "xfs",
  0x9123683e: "btrfs",
  0xf2f52010: "f2fs",
  0x2fc12fc1: "zfs",
  0x01021994: "tmpfs",
  0x858458f6: "ramfs",
  0x794c7630: "overlay",
  0xf15f: "ecryptfs",
  0x65735546: "fuse",
  0x4d44: "vfat",
  0x2011bab0: "exfat",
  0x5346544e: "ntfs",
  0x7366746e: "ntfs",
  0x6969: "nfs",
  0xff534d42: "smb",
  0xfe534d42: "smb",
  0x517b: "smb",
  0x01021997: "9p",
};

/** Looks at what it is asked about. Never rejects. */
export async function lookAround({ dataDir, port }: LookRequest): Promise<Surroundings> {
  return {
    folder: await lookAtFolder(dataDir),
    disk: lookAtDisk(dataDir),
    port: port === undefined ? null : lookAtPort(port),
    networks: lookAtNetworks(),
  };
}

async function lookAtFolder(dir: string): Promise<Surroundings["folder"]> {
  try {
    const info = await Deno.stat(dir);
    if (!info.isDirectory) return { kind: "no-folder" };
    const open = isOpen(info) ? ["."] : [];
    let looked = 0;
    let used = false;
    for await (const { name } of Deno.readDir(dir)) {
      if (++looked > MAX_FILES) break;
      if (name === LOCK) used = true;
      // A folder of another network has its own doctor.
      const file = await Deno.lstat(`${dir}/${name}`).catch(() => undefined);
      if (file?.isFile === true && isOpen(file)) open.push(name);
    }
    // Where nobody else may enter the folder its files' own rights mean nothing.
    return { kind: "there", used, open: isOpen(info) ? open : [] };
  } catch (error) {
    return { kind: error instanceof Deno.errors.NotFound ? "missing" : "forbidden" };
  }
}

function isOpen({ mode }: Deno.FileInfo): boolean {
  return Deno.build.os !== "windows" && mode !== null && (mode & OTHERS) !== 0;
}

/** A folder that isn't there yet will lie where its nearest parent does. */
function lookAtDisk(dir: string): Surroundings["disk"] {
  for (let at = dir;; at = dirname(at)) {
    try {
      const { bsize, blocks, bavail, type } = statfsSync(at);
      const fileSystem = Deno.build.os === "linux" ? FILE_SYSTEMS[type] ?? null : null;
      return { size: bsize * blocks, free: bsize * bavail, fileSystem };
    } catch {
      if (dirname(at) === at) return null;
    }
  }
}

/** Listens for a moment, and hangs up on whoever comes in it. */
function lookAtPort(port: number): Surroundings["port"] {
  try {
    Deno.listen({ hostname: "0.0.0.0", port }).close();
    return "free";
  } catch (error) {
    return error instanceof Deno.errors.AddrInUse ? "taken" : "forbidden";
  }
}

function lookAtNetworks(): Surroundings["networks"] {
  const found = { ipv4: 0, ipv6: 0 };
  try {
    for (const { family, address } of Deno.networkInterfaces()) {
      const known = addressOf(address, 1);
      if (known === undefined) continue;
      const scope = scopeOf(known);
      if (family === "IPv4" && scope !== "loopback") found.ipv4++;
      if (family === "IPv6" && scope === "global") found.ipv6++;
    }
  } catch {
    // Not to be had on this system: as good as none.
  }
  return found;
}
