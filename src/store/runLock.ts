// One process at a time in a run folder: lock.json says which. A killed process leaves its lock behind, so a lock
// counts only while its process lives. Process ids are used again, so the time at which the process started is
// compared, too, in ticks since the start of the machine, which no change of the clock can move.
import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { BenchError, messageOf } from '../core/errors.ts';
import { remedyOf } from '../core/atomicFile.ts';

const holderSchema = z.object({
  pid: z.number().int(),
  host: z.string(),
  /** Boot id of the kernel that the process runs under; null off Linux. */
  bootId: z.string().nullable(),
  /** Process ids mean something inside one namespace only: a container has its own. */
  pidNamespace: z.string().nullable(),
  startTicks: z.number().nullable(),
});
export type Holder = z.infer<typeof holderSchema>;

const NAME = 'lock.json';

/** What a process that was killed while it took the lock has left. */
export function isLockDraft(name: string): boolean {
  return /^lock\.json\.[0-9a-f]{12}$/.test(name);
}

export interface RunLock {
  release(): void;
}

/** @throws BenchError if another living process has the folder, or if the folder cannot be written. */
export function lockRun(dir: string, me: Holder = self()): RunLock {
  const path = join(dir, NAME);
  for (;;) {
    if (claim(path, me)) return { release: () => release(path, me) };
    const text = readOrNull(path);
    if (text === null) continue; // released just now
    const holder = parseHolder(text);
    if (holder !== null && isHeld(holder, me)) throw refusal(path, holder, me);
    takeAway(path, text);
  }
}

/** The living holder of a folder's lock; null if there is none. */
export function holderOf(dir: string, me: Holder = self()): Holder | null {
  const text = readOrNull(join(dir, NAME));
  const holder = text === null ? null : parseHolder(text);
  return holder !== null && isHeld(holder, me) ? holder : null;
}

/** This process. */
export function self(): Holder {
  return {
    pid: process.pid,
    host: hostname(),
    bootId: readOrNull('/proc/sys/kernel/random/boot_id')?.trim() ?? null,
    pidNamespace: linkOrNull('/proc/self/ns/pid'),
    startTicks: startTicksOf(process.pid),
  };
}

/** Whole or not at all: a link to a finished file appears at once, and fails where there is one already. */
function claim(path: string, me: Holder): boolean {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(draft, `${JSON.stringify(me)}\n`, { flag: 'wx' });
    try {
      linkSync(draft, path);
      return true;
    } catch (thrown) {
      if (codeOf(thrown) === 'EEXIST') return false;
      return claimWithoutLinks(path, me); // a file system that has no links
    } finally {
      rmSync(draft, { force: true });
    }
  } catch (thrown) {
    throw new BenchError(`cannot write ${path}: ${messageOf(thrown)}`, remedyOf(thrown), { cause: thrown });
  }
}

function claimWithoutLinks(path: string, me: Holder): boolean {
  try {
    writeFileSync(path, `${JSON.stringify(me)}\n`, { flag: 'wx' });
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST') return false;
    throw thrown;
  }
}

/**
 * Under another host name it cannot be looked at, and counts as held. Under the same name but another kernel the
 * machine has been restarted; in another process namespace the container has, which is what a restarted pod looks like.
 */
function isHeld(holder: Holder, me: Holder): boolean {
  if (holder.host !== me.host) return true;
  if (holder.bootId !== me.bootId || holder.pidNamespace !== me.pidNamespace) return false;
  if (me.startTicks === null) return isAlive(holder.pid);
  return startTicksOf(holder.pid) === holder.startTicks;
}

/** Field 22 of /proc/PID/stat; null for a process that is gone, has ended (a zombie), or where there is no /proc. */
export function startTicksOf(pid: number): number | null {
  const stat = readOrNull(`/proc/${pid}/stat`);
  if (stat === null) return null;
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name before may hold anything
  return state === 'Z' || state === 'X' ? null : Number(fields[18]);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    return codeOf(thrown) === 'EPERM';
  }
}

function refusal(path: string, { pid, host }: Holder, me: Holder): BenchError {
  const who = host === me.host ? `process ${pid}` : `process ${pid} on host ${host}`;
  const remedy = host === me.host ? 'wait for it or stop it' : `if it is gone, delete ${path}`;
  return new BenchError(`this run is in use by ${who}: ${path}`, remedy);
}

/** By a rename, which only one of several claimants can win. */
function takeAway(path: string, stale: string): void {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    renameSync(path, aside);
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return; // another was faster
    throw new BenchError(`cannot write ${path}: ${messageOf(thrown)}`, remedyOf(thrown), { cause: thrown });
  }
  if (readOrNull(aside) === stale) rmSync(aside, { force: true });
  else renameSync(aside, path); // a newer lock, of one that was faster
}

/** Only our own: after a take-over the file is somebody else's. */
function release(path: string, me: Holder): void {
  const text = readOrNull(path);
  const holder = text === null ? null : parseHolder(text);
  if (holder?.pid === me.pid && holder.startTicks === me.startTicks && holder.host === me.host) {
    rmSync(path, { force: true });
  }
}

/** Null for a lock that was torn, which nobody holds: whoever writes one writes it whole. */
function parseHolder(text: string): Holder | null {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function linkOrNull(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
}
