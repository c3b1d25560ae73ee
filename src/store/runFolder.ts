// A run on disk: run.json, one file per finished block, and the derived summary.json. Every file appears whole by
// rename, so a block is finished exactly if its file is there, whatever killed the run.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  isTemporary,
  makeFolder,
  readJson,
  remedyOf,
  writeFileAtomic,
  writeJsonAtomic,
} from '../core/atomicFile.ts';
import { fromCaller } from '../core/callerPath.ts';
import { BenchError, messageOf } from '../core/errors.ts';
import { groupKey } from '../core/keys.ts';
import type { Block } from '../core/schema/block.ts';
import type { Group } from '../core/schema/group.ts';
import { runSchema, type Run } from '../core/schema/run.ts';
import type { Summary } from '../core/schema/summary.ts';
import { blockFile, blockStem, type BlockName } from './blockNames.ts';
import { complaintOf, scanBlocks, setAside, type StoredBlock } from './blockScan.ts';
import { isLockDraft, lockRun, type RunLock } from './runLock.ts';

export interface StoredBlocks {
  readonly blocks: readonly Block[];
  /** One line per file that could not be read and was renamed aside. */
  readonly complaints: readonly string[];
}

export interface RestoredRun {
  readonly run: Run;
  /** What was wrong with run.json; null if nothing was. */
  readonly complaint: string | null;
}

const RUN = 'run.json';
/** The run as it began, never written again: run.json changes, so it can be lost where this cannot. */
const START = 'run.start.json';

export class RunFolder {
  readonly dir: string;
  private held: RunLock | null = null;

  private constructor(dir: string) {
    this.dir = dir;
  }

  /** Makes a folder that did not exist before; `id` is its name. */
  static create(outDir: string, now: Date = new Date()): { folder: RunFolder; id: string } {
    for (;;) {
      const id = newRunId(now);
      const dir = join(outDir, id);
      if (makeOutFolder(outDir, dir)) return { folder: new RunFolder(dir), id };
    }
  }

  /** The folder of that name, made if there is none. */
  static named(outDir: string, id: string): RunFolder {
    const dir = join(outDir, id);
    makeOutFolder(outDir, dir);
    return new RunFolder(dir);
  }

  /** @param run the id of a run under `outDir`, or the path of its folder. */
  static open(outDir: string, run: string): RunFolder {
    const found = [join(outDir, run), fromCaller(run)].find((dir) => new RunFolder(dir).hasRun);
    if (found === undefined) {
      throw new BenchError(`no run "${run}" under ${outDir}`, 'give the run id or the path of its folder');
    }
    return new RunFolder(found);
  }

  get summaryPath(): string {
    return join(this.dir, 'summary.json');
  }

  /** Whether a run has begun here. */
  get hasRun(): boolean {
    return existsSync(join(this.dir, RUN)) || existsSync(join(this.dir, START));
  }

  /**
   * Takes the folder for this process and clears what a killed one has left half written.
   * @throws BenchError if another process has it, or if it cannot be written.
   */
  lock(): void {
    if (this.held !== null) return;
    this.held = lockRun(this.dir);
    this.clearTemporaries();
  }

  unlock(): void {
    this.held?.release();
    this.held = null;
  }

  /** The first record of a run. */
  beginRun(run: Run): void {
    this.write(() => writeJsonAtomic(join(this.dir, START), run));
    this.writeRun(run);
  }

  writeRun(run: Run): void {
    this.write(() => writeJsonAtomic(join(this.dir, RUN), run));
  }

  readRun(): Run {
    return readJson(join(this.dir, RUN), runSchema, 'run');
  }

  /** As `readRun`, but a run.json that is damaged or gone is made good from the run's beginning. */
  restoreRun(): RestoredRun {
    const path = join(this.dir, RUN);
    try {
      return { run: this.readRun(), complaint: null };
    } catch (thrown) {
      if (!(thrown instanceof BenchError)) throw thrown;
      const run = this.readStart(thrown);
      const aside = existsSync(path) ? `; set aside as ${setAside(path, 'corrupt')}` : '';
      return { run, complaint: `${thrown.message}${aside}; taken from ${START}` };
    }
  }

  writeSummary(summary: Summary): void {
    this.write(() => writeJsonAtomic(this.summaryPath, summary));
  }

  /** Compact JSON: the samples of a block are thousands of numbers. */
  writeBlock(block: Block): void {
    this.write(() => writeFileAtomic(this.pathOf(block), `${JSON.stringify(block)}\n`));
  }

  /** All blocks. A file that is none of ours is kept under another name, so that its block is measured anew. */
  readBlocks(): StoredBlocks {
    const { stored, damaged } = this.scan();
    const complaints = damaged.map((file) => {
      const aside = setAside(file.path, 'corrupt');
      return `${complaintOf(file)}; set aside as ${aside}, will be measured anew`;
    });
    return { blocks: stored.map(({ block }) => block), complaints };
  }

  /** All blocks with their bytes, nothing changed. */
  scan(): ReturnType<typeof scanBlocks> {
    return scanBlocks(join(this.dir, 'blocks'));
  }

  /** Makes the stored blocks exactly these. */
  replaceBlocks(blocks: readonly StoredBlock[]): void {
    const wanted = new Map(blocks.map((one) => [this.pathOf(one.block), one.text]));
    for (const [path, text] of wanted) this.write(() => writeFileAtomic(path, text));
    for (const { path } of [...this.scan().stored, ...this.scan().damaged]) {
      if (!wanted.has(path)) rmSync(path);
    }
  }

  /** Puts a block that no longer fits the plan out of sight. */
  retire(block: Block): void {
    setAside(this.pathOf(block), 'stale');
  }

  /** Forgets the failures of a block that is about to be measured again. */
  clearFailures(group: Group, name: BlockName): void {
    const folder = this.blocksOf(group);
    if (!existsSync(folder)) return;
    const prefix = `${blockStem(name)}.failed`;
    for (const file of readdirSync(folder)) {
      if (file.startsWith(prefix)) rmSync(join(folder, file));
    }
  }

  private blocksOf(group: Group): string {
    return join(this.dir, 'blocks', groupKey(group));
  }

  private pathOf(block: Block): string {
    return join(this.blocksOf(block.group), blockFile(block));
  }

  private readStart(cause: BenchError): Run {
    try {
      return readJson(join(this.dir, START), runSchema, 'run');
    } catch (thrown) {
      if (!(thrown instanceof BenchError)) throw thrown;
      throw new BenchError(
        `${cause.message}, and ${START} cannot help; the blocks beside it are whole`,
        `delete both records, then --run-id with the name of this folder and the flags of the run takes the blocks over`,
        { cause },
      );
    }
  }

  private clearTemporaries(): void {
    const blocks = join(this.dir, 'blocks');
    for (const folder of [this.dir, ...(existsSync(blocks) ? foldersIn(blocks) : [])]) {
      const left = readdirSync(folder).filter((name) => isTemporary(name) || isLockDraft(name));
      for (const name of left) rmSync(join(folder, name), { force: true });
    }
  }

  /** A disk that is full ends the run; what is finished stays, and the line says how to go on. */
  private write(action: () => void): void {
    try {
      action();
    } catch (thrown) {
      if (!(thrown instanceof BenchError)) throw thrown;
      const { message, cause } = thrown;
      const goOn = `finished blocks are kept; when it can be written again: npm run bench -- --resume ${this.dir}`;
      throw new BenchError(message, goOn, { cause });
    }
  }
}

/** e.g. `20261122-035412-a1b2c3`: sorts by time, and two runs of one second differ. */
export function newRunId(now: Date): string {
  const [date = '', time = ''] = now.toISOString().slice(0, 19).split('T');
  return `${date.replaceAll('-', '')}-${time.replaceAll(':', '')}-${randomBytes(3).toString('hex')}`;
}

/** False if the folder was there already, perhaps since a moment ago. */
function makeOutFolder(outDir: string, dir: string): boolean {
  try {
    makeFolder(outDir);
    mkdirSync(dir);
    return true;
  } catch (thrown) {
    if (existsSync(dir)) return false;
    const remedy = remedyOf(thrown).startsWith('make room') ? remedyOf(thrown) : 'choose another --out';
    throw new BenchError(`cannot write results to ${outDir}: ${messageOf(thrown)}`, remedy, {
      cause: thrown,
    });
  }
}

function foldersIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));
}
