/**
 * Destroys a whole data folder (docs/PROTOCOL.md section 11): keys first, then records, then the rest.
 *
 * ```
 * take the folder → a mark that it began → keys → private.kv → public.kv → locks, socket → the mark
 * ```
 * While the mark is there, no node starts, and the next run goes on without asking for a passphrase
 * that nothing is left to check against. Only files that this program makes are touched: a data
 * folder may be given by mistake, and other networks' folders lie in main's.
 */
import {
  destroyFile,
  destroyRemains,
  hasIdentities,
  type Keyring,
  KeystoreError,
  mediumCaveats,
  openKeys,
  passphraseFrom,
} from "../keystore/mod.ts";
import { OBLITERATING, RESTORING, RESTORING_FILES } from "../store/mod.ts";
import { labelsOf } from "../wire/labels.ts";
import { exists } from "./exists.ts";
import { withUserErrors } from "./failures.ts";
import type { Place } from "./identity.ts";
import { needNetwork } from "./network_name.ts";
import type { Destruction } from "./remove_identity.ts";
import { type Forbidden, scanFolder } from "./scan.ts";
import { takeFolder } from "./take_folder.ts";
import { UserError } from "./user_error.ts";

/** In the order in which they go. */
const KEYS = ["keys", "keys.new"];
const DATABASES = ["private.kv.new", "private.kv", "public.kv.new", "public.kv"];
const BESIDE = ["-wal", "-shm", "-journal", ""];
/** Without content. */
const REST = ["keys.lock", "lock"];
const SOCKET = "node.sock";

/** What {@linkcode obliterateEverything} takes. */
export interface Obliteration extends Place {
  /** Asks for the passphrase, if there are keys to check it against. The callee wipes it. */
  readonly passphrase: () => Promise<Uint8Array>;
  /** Asked once before anything is changed; `false` calls it off. */
  readonly confirm: () => Promise<boolean>;
  /** Called after each step with its name: for tests, which end the process there. */
  readonly step?: (name: string) => void;
}

/**
 * Destroys everything that this program made in a data folder; `undefined` when it was called off. A
 * run that was cut off is finished by the next one. Throws a `UserError`: a wrong passphrase or a
 * node that doesn't stop, with nothing destroyed, or what the disk says.
 */
export function obliterateEverything(request: Obliteration): Promise<Destruction | undefined> {
  return withUserErrors(async () => {
    const { dataDir: dir, step = (): void => {} } = request;
    needNetwork(request.network);
    await mustHold(dir);
    const begun = await exists(`${dir}/${OBLITERATING}`);
    const forbidden = begun ? [] : await checkedSecrets(request);
    if (!await request.confirm()) return undefined;
    const { lock, stopped } = await takeFolder(request);
    try {
      await mark(dir);
      step("marked");
      const destroyed: string[] = [];
      const gone = async (name: string): Promise<void> => {
        const { how } = await destroyFile(`${dir}/${name}`);
        if (how.length > 0) destroyed.push(name);
        step(name);
      };
      for (const name of KEYS) await gone(name);
      await destroyRemains(dir);
      for (const name of DATABASES) for (const end of BESIDE) await gone(`${name}${end}`);
      await restoringGoes(dir, gone);
      if (await exists(`${dir}/${SOCKET}`)) await Deno.remove(`${dir}/${SOCKET}`);
      for (const name of REST) await gone(name);
      const found = await scanFolder(dir, forbidden);
      for (const { bytes } of forbidden) bytes.fill(0);
      await destroyFile(`${dir}/${OBLITERATING}`);
      const left = [...Deno.readDirSync(dir)].map(({ name }) => name).sort();
      const caveats = left.length === 0 ? [] : [
        `Left alone, as this program did not make it: ${left.join(", ")}.`,
      ];
      return { destroyed, caveats: [...caveats, ...mediumCaveats(dir)], found, stopped };
    } finally {
      lock.release();
    }
  });
}

/** Opens the keys with a passphrase, if anybody's are there; answers what must not be found later. */
async function checkedSecrets(request: Obliteration): Promise<readonly Forbidden[]> {
  const dir = request.dataDir;
  const labels = labelsOf(needNetwork(request.network));
  try {
    if (!await hasIdentities({ dir, labels })) return [];
  } catch (error) {
    // Against a file that nothing opens no passphrase can be checked, and its owner wants it gone.
    if (error instanceof KeystoreError) return [];
    throw error;
  }
  using passphrase = passphraseFrom(await request.passphrase());
  using keyring = await openKeys({ dir, labels, passphrase });
  return secretsOf(keyring);
}

function secretsOf(keyring: Keyring): readonly Forbidden[] {
  const seeds = keyring.identities().map(({ key }) => {
    using entry = keyring.encodeEntry(key);
    return { what: "a secret key", bytes: entry.use((bytes) => bytes.slice(0, 32)) };
  });
  return [
    ...seeds,
    { what: "the store key", bytes: keyring.storeKey().use((key) => key.slice()) },
  ];
}

async function mustHold(dir: string): Promise<void> {
  for (const name of [OBLITERATING, RESTORING, ...KEYS, ...DATABASES]) {
    if (await exists(`${dir}/${name}`)) return;
  }
  throw new UserError(
    "failed",
    `There is nothing of Gossamer's in ${dir}. Nothing was changed; is it the right --data-dir?`,
  );
}

/** What a restore left that was cut off. */
async function restoringGoes(dir: string, gone: (name: string) => Promise<void>): Promise<void> {
  if (!await exists(`${dir}/${RESTORING}`)) return;
  // By a link, files of another folder would be destroyed.
  if (!(await Deno.lstat(`${dir}/${RESTORING}`)).isDirectory) {
    return await Deno.remove(`${dir}/${RESTORING}`);
  }
  for (const name of RESTORING_FILES) await gone(`${RESTORING}/${name}`);
  await destroyRemains(`${dir}/${RESTORING}`);
  await Deno.remove(`${dir}/${RESTORING}`);
}

async function mark(dir: string): Promise<void> {
  using file = await Deno.open(`${dir}/${OBLITERATING}`, {
    create: true,
    write: true,
    mode: 0o600,
  });
  await file.sync();
}
