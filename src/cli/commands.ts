/** The table of commands, in the order in which the help lists them. */
import type { Register } from "./context.ts";
import { registerBackup } from "./backup.ts";
import { registerBlock } from "./block.ts";
import { registerCapsule } from "./capsule.ts";
import { registerPassphrase } from "./change_passphrase.ts";
import { registerCompletions } from "./completions.ts";
import { registerObliterate } from "./destroy.ts";
import { registerDoctor } from "./doctor.ts";
import { registerFollow } from "./follow.ts";
import { registerIdentity } from "./identity.ts";
import { registerInbox } from "./inbox.ts";
import { registerInstallHandler } from "./install_handler.ts";
import { registerJoin } from "./join.ts";
import { registerLocator } from "./locator.ts";
import { registerMan } from "./man.ts";
import { registerMetrics } from "./metrics.ts";
import { registerNetwork } from "./network.ts";
import { registerNode } from "./node_command.ts";
import { registerOpen } from "./open.ts";
import { registerPost } from "./post.ts";
import { registerPrivacy } from "./privacy.ts";
import { registerProfile } from "./profile.ts";
import { registerRetract } from "./retract.ts";
import { registerSearch } from "./search.ts";
import { registerSend } from "./send.ts";
import { registerShow } from "./show.ts";
import { registerSimulate } from "./simulate.ts";
import { registerStatus } from "./status.ts";
import { registerTimeline } from "./timeline.ts";
import { registerTrust } from "./trust.ts";
import { registerUnlock } from "./unlock.ts";
import { registerVerify } from "./verify.ts";

/** One entry a command, or a small family of them. */
export const COMMANDS: readonly Register[] = [
  registerNode,
  registerIdentity,
  registerUnlock,
  registerPassphrase,
  registerProfile,
  registerPost,
  registerRetract,
  registerTimeline,
  registerShow,
  registerSearch,
  registerSend,
  registerInbox,
  registerFollow,
  registerVerify,
  registerBlock,
  registerTrust,
  registerLocator,
  registerJoin,
  registerInstallHandler,
  registerNetwork,
  registerCapsule,
  registerBackup,
  registerOpen,
  registerStatus,
  registerDoctor,
  registerMetrics,
  registerPrivacy,
  registerObliterate,
  registerSimulate,
  registerCompletions,
  registerMan,
];
