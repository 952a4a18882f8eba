/**
 * `doctor`: which of the ways to others and which protections work here. It asks the running node and
 * looks at this machine; nothing is sent that the node wouldn't send anyway.
 */
import type { DiagnosisView, PeerView, StatusView } from "../node/api.ts";
import { UserError } from "../node/user_error.ts";
import { VERSION } from "../node/version.ts";
import { DEFAULT_PORT } from "../wire/limits.ts";
import type { Context, Register } from "./context.ts";
import { checks } from "./doctor_checks.ts";
import type { Check } from "./doctor_findings.ts";
import { Ended } from "./errors.ts";
import { renderDoctor } from "./render_doctor.ts";
import { type Session, withSession } from "./session.ts";

/** Adds `doctor`. */
export const registerDoctor: Register = (program, context) => {
  program.command("doctor")
    .description("say which ways to others and which protections work here, and what to do")
    .addHelpText(
      "after",
      "\nIt works with a running node and without one, and sends nothing that the node wouldn't send " +
        "anyway.\nExit code: 0 without problems, 4 when the only one is that no node runs, else 1.\n\n" +
        "Example:\n  gossamer doctor",
    )
    .action(() => doctor(context()));
};

interface Asked {
  readonly status: StatusView | null;
  readonly diagnosis: DiagnosisView | null;
  readonly peers: readonly PeerView[];
  readonly trouble: string | null;
}

const NOBODY: Asked = { status: null, diagnosis: null, peers: [], trouble: null };

async function doctor(context: Context): Promise<void> {
  const { deps, out, dataDir } = context;
  const before = await deps.lookAround({ dataDir });
  // Whoever names a wrong folder is not to find a store in it afterwards.
  const isOurs = before.folder.kind === "there" && before.folder.used;
  const asked = isOurs ? await ask(context) : NOBODY;
  const running = asked.status?.running === true;
  const around = running ? before : await deps.lookAround({ dataDir, port: DEFAULT_PORT });
  const all = checks({
    ...asked,
    node: asked.diagnosis?.node ?? null,
    around,
    protection: deps.protection,
    keyStore: await hasKeyStore(context),
    os: deps.os,
    version: VERSION,
    port: DEFAULT_PORT,
  });
  const problems = all.filter(({ state }) => state === "problem");
  const warnings = all.filter(({ state }) => state === "warning").length;
  await out.result(
    { running, problems: problems.length, warnings, checks: all },
    (result, style) => renderDoctor(result.checks, style),
  );
  await out.hint("It names addresses of this machine: think of that before you show it to others.");
  if (problems.length > 0) throw new Ended(codeOf(problems));
}

/** Asks the node, or the folder without one. What can't be used is a finding; wrong usage isn't. */
async function ask(context: Context): Promise<Asked> {
  try {
    return await withSession(context, async (session) => ({
      status: await session.call("status", {}),
      diagnosis: await diagnosisOf(session),
      peers: await session.call("peers", {}),
      trouble: null,
    }));
  } catch (error) {
    if (!(error instanceof UserError) || error.code === "usage") throw error;
    return { ...NOBODY, trouble: error.message };
  }
}

/** A node that was started before an update doesn't know the question. */
async function diagnosisOf(session: Session): Promise<DiagnosisView | null> {
  try {
    return await session.call("diagnosis", {});
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== "usage") throw error;
    return null;
  }
}

/** Whether the program is here that the system's key store is asked by. */
async function hasKeyStore({ deps }: Context): Promise<boolean | null> {
  if (deps.os === "windows") return null;
  const [program, ...args] = deps.os === "darwin" ? ["security", "help"] : ["secret-tool"];
  return await deps.runProgram({ program: program!, args }) !== undefined;
}

function codeOf(problems: readonly Check[]): "failed" | "noNode" {
  return problems.every(({ id }) => id === "node") ? "noNode" : "failed";
}
