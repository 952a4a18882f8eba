/** What Linux says of a process; through `cat`, since Deno opens /proc only to programs with every permission. */
import { startProgram } from "../tests/e2e/harness/process.ts";

/** Memory of a process in MB: in use now, and at most so far. */
export async function memoryOf(pid: number): Promise<{ rssMB: number; peakMB: number }> {
  const status = await read(`/proc/${pid}/status`);
  const field = (name: string): number =>
    Math.round(Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) / 1_024);
  return { rssMB: field("VmRSS"), peakMB: field("VmHWM") };
}

/** Processor time of all threads of a process since it began, in milliseconds, to ten of them. */
export async function cpuMs(pid: number): Promise<number> {
  const stat = await read(`/proc/${pid}/stat`);
  // Behind the name in brackets, which may hold spaces: fields 14 and 15, in hundredths of a second.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

/** Bytes that a process sent towards the disk since it began. */
export async function writtenBy(pid: number): Promise<number> {
  return Number(/^write_bytes: (\d+)$/m.exec(await read(`/proc/${pid}/io`))?.[1]);
}

async function read(path: string): Promise<string> {
  return (await (await startProgram(["cat", path])).end()).stdout;
}
