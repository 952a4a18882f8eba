/** What is said of the length of a text while it is written. Runs in the browser, too. */
import { authorText, countPoints } from "../wire/text.ts";

/** From how many characters on it is said how many are left. */
const SAID_FROM = 20;

/** Characters that are left of `most`, as the node counts them; negative for too many. */
export function pointsLeft(text: string, most: number): number {
  return most - countPoints(authorText(text.replace(/\r\n?/g, "\n")));
}

/** What stands beside a text. */
export function leftWords(left: number): string {
  if (left < 0) return `${-left} too many`;
  return left === 1 ? "1 left" : `${left} left`;
}

/** What a screen reader says in a pause; "" as long as there is room. */
export function leftSaid(left: number): string {
  if (left > SAID_FROM) return "";
  const letters = Math.abs(left) === 1 ? "character" : "characters";
  return left < 0 ? `${-left} ${letters} too many` : `${left} ${letters} left`;
}
