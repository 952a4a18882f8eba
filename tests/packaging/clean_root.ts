/**
 * A clean Debian, made by mmdebstrap once and kept as an archive for later runs; booted with a systemd of its
 * own in namespaces, with a loopback and no other network.
 */
import { join } from "node:path";
import { installed, ran, ranWell } from "./programs.ts";

/** What making and booting one takes. */
export const ROOT_NEEDS = ["mmdebstrap", "systemd-nspawn", "unshare", "tar", "dpkg-deb"] as const;

const SUITE = "bookworm";
/** What a package may expect on a Debian that boots, and what the steps of the test use. */
const INCLUDE = "adduser,dbus,iproute2,libpam-systemd,systemd,systemd-sysv,util-linux,xz-utils";
const CACHE = "/var/cache/gossamer-tests";

/** A root folder; disposing removes it. */
export interface CleanRoot extends AsyncDisposable {
  readonly path: string;
}

/** Unpacks a clean root, making its archive if there is none yet (a minute, by the machine's apt sources). */
export async function makeCleanRoot(): Promise<CleanRoot> {
  await Deno.mkdir(CACHE, { recursive: true, mode: 0o700 });
  const archive = join(CACHE, `${SUITE}-${INCLUDE.replaceAll(",", "+")}.tar`);
  if ((await ran(["test", "-f", archive])).code !== 0) {
    const unfinished = await Deno.makeTempFile({ dir: CACHE, suffix: ".tar" });
    await ranWell([
      "mmdebstrap",
      "--quiet",
      "--variant=apt",
      `--include=${INCLUDE}`,
      SUITE,
      unfinished,
    ]);
    await Deno.rename(unfinished, archive);
  }
  const path = await Deno.makeTempDir({ prefix: "gossamer-root-" });
  await ranWell(["tar", "-xpf", archive, "-C", path]);
  await Deno.chmod(path, 0o755);
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

const UNIT = `[Unit]
After=network.target
SuccessAction=poweroff-force
FailureAction=poweroff-force
[Service]
Type=oneshot
StandardOutput=file:/root/said
StandardError=inherit
ExecStart=/bin/sh /root/steps.sh booted
TimeoutStartSec=240
`;

/** Boots a root, has it run `/root/steps.sh booted` and power off. Answers what that said. */
export async function bootAndRun({ path }: CleanRoot): Promise<string> {
  const units = join(path, "etc/systemd/system");
  await Deno.writeTextFile(join(units, "steps.service"), UNIT);
  await Deno.mkdir(join(units, "multi-user.target.wants"), { recursive: true });
  await Deno.symlink("../steps.service", join(units, "multi-user.target.wants/steps.service"));
  const boot = [
    "systemd-nspawn",
    "--quiet",
    "--boot",
    "--private-network",
    "--register=no",
    "--keep-unit",
    // Which a container may not do unless told so; a machine may.
    "--system-call-filter=@memlock",
  ];
  const { stdout, stderr } = await ran(["timeout", "300", ...boot, "-D", path]);
  try {
    return await Deno.readTextFile(join(path, "root/said"));
  } catch {
    throw new Error(`the root did not boot:\n${stdout.slice(-4_000)}\n${stderr}`);
  }
}

/** Whether systemd can be booted here, tried with a root that has nothing else to do. */
export async function whyNoBoot(): Promise<string | undefined> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "booting a root needs root";
  if (!installed("systemd-nspawn")) return "systemd-nspawn not installed";
  const { code, stderr } = await ran([
    ...["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--private-network"],
    ...["--volatile=yes", "-D", "/", "--", "/bin/true"],
  ]);
  return code === 0
    ? undefined
    : `systemd-nspawn does not work here: ${stderr.trim().split("\n").at(-1)}`;
}

/** Runs `/root/steps.sh plain` in a root without booting it, with a loopback and no other network. */
export async function chrootAndRun({ path }: CleanRoot): Promise<string> {
  const inside =
    'mount -t proc proc "$1/proc" && mount --bind /dev "$1/dev" && ip link set lo up && ' +
    'exec chroot "$1" /bin/sh /root/steps.sh plain';
  const { stdout } = await ran([
    ...["timeout", "300", "unshare", "--net", "--mount", "--pid", "--fork", "--kill-child"],
    ...["sh", "-c", inside, "sh", path],
  ]);
  return stdout;
}
