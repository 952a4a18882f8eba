/**
 * Which names people would take for the same: Unicode's confusable characters (UTS 39), compatibility
 * forms and case don't tell names apart.
 */
import unhomoglyph from "unhomoglyph";

/** Names whose looks are remembered; finding them out takes some microseconds each. */
const REMEMBERED = 4_096;

const UNSEEN = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const known = new Map<string, readonly string[]>();

/**
 * What a name looks like: two names that share one of these look alike. None for a name of which
 * nothing is to be seen. One look is that of its small letters, the other that of the letters as
 * they are: a capital I looks like an l, a small i doesn't.
 */
export function looksOf(name: string): readonly string[] {
  const before = known.get(name);
  if (before !== undefined) return before;
  const plain = name.normalize("NFKC").replace(UNSEEN, "").replace(/\s+/gu, " ").trim();
  const looks = plain === ""
    ? []
    : [...new Set([skeleton(plain.toLowerCase()), skeleton(skeleton(plain).toLowerCase())])];
  known.set(name, looks);
  if (known.size > REMEMBERED) {
    for (const oldest of known.keys()) {
      known.delete(oldest);
      break;
    }
  }
  return looks;
}

/** UTS 39's skeleton, without case. */
function skeleton(text: string): string {
  return unhomoglyph(text.normalize("NFD")).normalize("NFD").toLowerCase();
}

/**
 * Whether a name shows what looks like the beginning of an identity, as views print it after each name:
 * "Ada g1qyqszqgpqy…" by somebody else would be taken for Ada and hers.
 */
export function showsIdentity(name: string): boolean {
  const plain = name.normalize("NFKC").replace(UNSEEN, "");
  return /g1[0-9a-z]{4}/iu.test(plain) || /g[li][a-z0-9]{4,}\.\./u.test(skeleton(plain));
}
