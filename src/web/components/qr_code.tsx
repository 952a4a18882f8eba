/** A locator as a QR code, drawn in the page. */
import { qrModules } from "../../node/qr_code.ts";
import { UserError } from "../../node/user_error.ts";
import type { Html } from "../layout.tsx";
import { Notice } from "./notice.tsx";

/** Black on white whatever the page's colours are, or a sentence if it is too long for a code. */
export async function QrCode(
  { locator }: { readonly locator: string },
): Promise<Awaited<Html>> {
  let modules: readonly (readonly boolean[])[];
  try {
    modules = await qrModules(locator);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return await <Notice kind="warning">{error.message}</Notice>;
  }
  const size = modules.length;
  const path = modules.flatMap((row, y) =>
    row.flatMap((dark, x) => dark ? [`M${x} ${y}h1v1h-1z`] : [])
  );
  return await (
    <svg
      class="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label="The locator as a QR code"
      shape-rendering="crispEdges"
    >
      <path fill="#fff" d={`M0 0h${size}v${size}H0z`} />
      <path fill="#000" d={path.join("")} />
    </svg>
  );
}
