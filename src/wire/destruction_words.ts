/** What destroying does and what it can't, in the words that command line and page share. */

/** What is said before one identity is destroyed. */
export const IDENTITY_GOES: string =
  "Its secret key, its local name and whatever else ties it to you here are destroyed. What it wrote " +
  "in public stays public.";

/** What follows from that. */
export const WITHOUT_ARCHIVE: string =
  "Without an archive (identity export) nobody can ever write in its name again.";

/** What flash memory keeps. */
export const FLASH_KEEPS: string =
  "A flash drive (SSD, card, stick) may keep old bytes in places that no program " +
  "reaches; only an encrypted disk helps there.";

/** What is out of reach wherever the folder lies. */
export const OUT_OF_REACH: readonly string[] = [
  "Backups (of gossamer backup, too) and snapshots made before keep what they hold, and no program " +
  "finds them all; so does whoever was given an archive, a recovery sheet or a copy of the folder.",
  "Swap may hold what other programs and the system itself kept in memory, and a terminal keeps " +
  "what was shown in it.",
  "What was sent in public stays public: other nodes keep it as long as they like.",
];
