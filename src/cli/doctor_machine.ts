/** `doctor` on this machine: the node, the folder, the disk, memory, the key store. Pure. */
import {
  type Check,
  count,
  type Findings,
  type Judgement,
  off,
  ok,
  problem,
  unknown,
  warning,
} from "./doctor_findings.ts";
import { renderBytes } from "../text/byte_size.ts";

/** Free bytes under which a system stands still soon, and those under which it is worth a word. */
const NO_ROOM = 100_000_000;
const LITTLE_ROOM = 1_000_000_000;

/** Days of messages that should fit: docs/PROTOCOL.md section 3. */
const LIFETIME_DAYS = 30;

/** Seconds after its start in which a node is given time. */
const JUST_STARTED = 10;

/** File systems on which the node can't work well, and why. */
const UNFIT: Readonly<Record<string, string>> = {
  tmpfs: "lies in memory: everything in it is gone when the machine is switched off",
  ramfs: "lies in memory: everything in it is gone when the machine is switched off",
  nfs: "lies on another machine, which can read it and may mix up what is written",
  smb: "lies on another machine, which can read it and may mix up what is written",
  "9p": "lies on another machine, which can read it and may mix up what is written",
  vfat: "is on a disk whose files everybody on this machine may be able to read",
  exfat: "is on a disk whose files everybody on this machine may be able to read",
};

/** Everything that is this machine's. */
export function machineChecks(findings: Findings): readonly Check[] {
  return [
    { id: "node", ...node(findings) },
    { id: "version", ...version(findings) },
    { id: "folder", ...folder(findings) },
    { id: "disk", ...disk(findings) },
    { id: "storage", ...storage(findings) },
    { id: "port", ...port(findings) },
    { id: "memory", ...memory(findings) },
    { id: "swap", ...swap(findings) },
    { id: "permissions", ...permissions(findings) },
    { id: "key-store", ...keyStore(findings) },
  ];
}

function node({ status }: Findings): Judgement {
  if (status?.running === true) {
    return ok(`A node runs here, on port ${status.port}, in the network ${status.network}.`);
  }
  return problem(
    "No node is running, so nothing is sent or received.",
    "Start one and leave it running: gossamer node",
  );
}

function version({ diagnosis, version, status }: Findings): Judgement {
  if (status?.running !== true || diagnosis?.version === version) {
    return ok(`This is Gossamer ${version}.`);
  }
  return warning(
    diagnosis === null
      ? `The running node is older than this command, Gossamer ${version}, and can't tell all.`
      : `The running node is Gossamer ${diagnosis.version}, and this command ${version}.`,
    "Stop the node and start it again, so that both are the same.",
  );
}

function folder({ around, trouble, os }: Findings): Judgement {
  if (trouble !== null) {
    return problem(
      `The data folder can't be used: ${trouble}`,
      "See what the sentence says, then run gossamer doctor again.",
    );
  }
  switch (around.folder.kind) {
    case "missing":
      return ok("There is no data folder yet; the first start makes it.");
    case "no-folder":
      return problem(
        "What should be the data folder is something else.",
        "Give another place with --data-dir, or move away what is there.",
      );
    case "forbidden":
      return problem(
        "This account may not look into the data folder.",
        "Use the account that it belongs to, or another folder with --data-dir.",
      );
    case "there":
      return folderRights(around.folder, os);
    default:
      return around.folder satisfies never;
  }
}

function folderRights(
  { open, used }: Extract<Findings["around"]["folder"], { kind: "there" }>,
  os: string,
): Judgement {
  if (!used) return ok("The data folder wasn't used yet; the first start makes what it needs.");
  if (os === "windows") {
    return unknown(
      "Who else on this machine can read the data folder isn't known to this program.",
      "Keep it in your own user folder, where it is by default.",
    );
  }
  if (open.length === 0) return ok("Only you can read the data folder.");
  const names = open.map((name) => name === "." ? "the data folder" : name).join(", ");
  return problem(
    `Others on this machine can get at ${names}.`,
    "Take that right from them: chmod -R go-rwx, then the folder's path.",
  );
}

function disk({ around, diagnosis }: Findings): Judgement {
  if (diagnosis?.diskFull === true) {
    return problem(
      "The disk is full: new messages can't be stored. What is stored is unharmed.",
      "Make room on the disk with the data folder.",
    );
  }
  if (around.disk === null) return unknown("How much room the disk has can't be told.");
  const { free, size, fileSystem } = around.disk;
  const room = `${renderBytes(free)} of ${renderBytes(size)} are free`;
  if (free < NO_ROOM) {
    return problem(
      `The disk with the data folder is nearly full: ${room}.`,
      "Make room on it before messages are lost.",
    );
  }
  const unfit = fileSystem === null ? undefined : UNFIT[fileSystem];
  if (unfit !== undefined) {
    return warning(
      `The data folder ${unfit} (${fileSystem}).`,
      "Keep it on a disk of this machine: --data-dir says where.",
    );
  }
  if (free < LITTLE_ROOM) {
    return warning(
      `The disk with the data folder has little room: ${room}.`,
      "Make room, or have the node store less: --max-storage.",
    );
  }
  return ok(
    `On the disk with the data folder ${room}${fileSystem === null ? "" : ` (${fileSystem})`}.`,
  );
}

function storage({ status, diagnosis }: Findings): Judgement {
  if (diagnosis !== null && diagnosis.damaged > 0) {
    return problem(
      `${count(diagnosis.damaged, "stored message")} can't be read; everything else is unharmed.`,
      "Stop the node and move public.kv out of the data folder: other nodes send what they still have.",
    );
  }
  if (status === null) return unknown("Nothing is stored here yet, or it can't be looked at.");
  const { used, cap, days } = status.storage;
  if (cap === null) return ok(`${renderBytes(used)} are stored.`);
  const most = `${renderBytes(used)} of at most ${renderBytes(cap)} are stored`;
  if (days === null || days >= LIFETIME_DAYS) return ok(`${most}.`);
  return warning(
    `${most}, which holds ${
      count(Math.max(1, Math.floor(days)), "day")
    } of messages at present; older ones are dropped before their ${LIFETIME_DAYS} days are over.`,
    "Let the node store more: --max-storage 5GB, or as much as you like.",
  );
}

function port({ around, port, status }: Findings): Judgement {
  if (status?.running === true) return ok(`The node listens on port ${status.port}.`);
  switch (around.port) {
    case "free":
      return ok(`Port ${port}, which a node uses, is free.`);
    case "taken":
      return warning(
        `Another program has port ${port}, which a node uses.`,
        "End that program, or start the node on another one: gossamer node --port 0",
      );
    case "forbidden":
      return problem(
        `The system lets no program of yours listen on port ${port}.`,
        "Ask whoever looks after this machine, or try another port: gossamer node --port 0",
      );
    default:
      return unknown("Whether a port is free wasn't looked at.");
  }
}

function memory({ protection, status, node }: Findings): Judgement {
  const { native, locked, noDumps } = node?.protection ?? protection;
  const whose = status?.running === true ? "the node" : "this program";
  if (!native) {
    return warning(
      `Keys in the memory of ${whose} may get to the disk: this system can't be asked to keep them off.`,
      "Encrypt the disk and the swap of this machine.",
    );
  }
  if (!locked) {
    return warning(
      `Keys in the memory of ${whose} may get to the disk: the system allows too little locked memory.`,
      "Raise the limit (ulimit -l 64), or encrypt the swap.",
    );
  }
  if (!noDumps) {
    return warning(
      `If ${whose} crashes, the system may write its memory to the disk, keys included.`,
      "Switch core dumps off, and share none.",
    );
  }
  return ok(`Keys in the memory of ${whose} are kept off the disk.`);
}

function swap({ protection, os, node }: Findings): Judgement {
  const { openSwap } = node?.protection ?? protection;
  if (openSwap === null) {
    return unknown(
      os === "darwin"
        ? "Whether the swap is encrypted isn't known here; macOS encrypts it unless told otherwise."
        : "Whether the swap is encrypted isn't known here.",
      "See that the system's disk is encrypted.",
    );
  }
  if (openSwap.length === 0) return ok("There is no swap, or all of it is encrypted or in memory.");
  return warning(
    `Swap is on and not known to be encrypted (${
      openSwap.join(", ")
    }): what you read may stay there.`,
    "Encrypt the swap, use zram, or switch it off.",
  );
}

function permissions({ status }: Findings): Judgement {
  if (status === null || status.permissions === null) {
    return unknown("What a node may still do on this machine shows when one runs.");
  }
  const kept = Object.entries(status.permissions)
    .filter(([name, state]) => state === "granted" && name !== "net" && name !== "sys")
    .map(([name]) => name);
  if (kept.length === 0) {
    return ok("The node has given up the right to read files, write them and start programs.");
  }
  if (status.uptime < JUST_STARTED) {
    return unknown(
      "The node is starting, and gives up its rights when it has.",
      "Look again soon.",
    );
  }
  return warning(
    `The node may still do more on this machine than it needs: ${kept.join(", ")}.`,
    "Start it as README says, without further --allow options.",
  );
}

function keyStore({ keyStore, os }: Findings): Judgement {
  if (keyStore === null) return off("This program uses no key store of this system.");
  if (keyStore) {
    return ok(
      "The program by which the system keeps passphrases is here; if you want yours kept: " +
        "gossamer unlock --remember",
    );
  }
  return off(
    "The program by which the system could keep your passphrase isn't here: it is typed, or read from a file.",
    os === "linux" ? "If you want it kept: install secret-tool (libsecret-tools on Debian)." : null,
  );
}
