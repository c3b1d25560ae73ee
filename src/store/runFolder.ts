// A run on disk: run.json, one file per finished block, and the derived summary.json. Every file appears whole by
// rename, so a block is finished exactly if its file is there, whatever killed the run.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, readJson, writeFileAtomic, writeJsonAtomic } from '../core/atomicFile.ts';
import { BenchError, messageOf } from '../core/errors.ts';
import { groupKey } from '../core/keys.ts';
import { blockSchema, runSchema, type Block, type Group, type Run, type Summary } from '../core/schema.ts';
import { blockFile, blockStem, type BlockName } from './blockNames.ts';

export interface StoredBlocks {
  readonly blocks: readonly Block[];
  /** One line per file that could not be read and was renamed aside. */
  readonly complaints: readonly string[];
}

export class RunFolder {
  readonly dir: string;

  private constructor(dir: string) {
    this.dir = dir;
  }

  /** Makes a folder that did not exist before; `id` is its name. */
  static create(outDir: string, now: Date = new Date()): { folder: RunFolder; id: string } {
    try {
      makeFolder(outDir);
      for (;;) {
        const id = newRunId(now);
        if (existsSync(join(outDir, id))) continue;
        mkdirSync(join(outDir, id)); // throws if another process was faster
        return { folder: new RunFolder(join(outDir, id)), id };
      }
    } catch (thrown) {
      throw new BenchError(
        `cannot write results to ${outDir}: ${messageOf(thrown)}`,
        'choose another --out',
        {
          cause: thrown,
        },
      );
    }
  }

  /** @param run the id of a run under `outDir`, or the path of its folder. */
  static open(outDir: string, run: string): RunFolder {
    const found = [join(outDir, run), run].find((dir) => existsSync(join(dir, 'run.json')));
    if (found === undefined) {
      throw new BenchError(`no run "${run}" under ${outDir}`, 'give the run id or the path of its folder');
    }
    return new RunFolder(found);
  }

  get summaryPath(): string {
    return join(this.dir, 'summary.json');
  }

  writeRun(run: Run): void {
    writeJsonAtomic(join(this.dir, 'run.json'), run);
  }

  readRun(): Run {
    return readJson(join(this.dir, 'run.json'), runSchema, 'run');
  }

  writeSummary(summary: Summary): void {
    writeJsonAtomic(this.summaryPath, summary);
  }

  /** Compact JSON: the samples of a block are thousands of numbers. */
  writeBlock(block: Block): void {
    writeFileAtomic(join(this.blocksOf(block.group), blockFile(block)), `${JSON.stringify(block)}\n`);
  }

  /** All blocks. A file that does not parse is kept under another name, so that its block is measured anew. */
  readBlocks(): StoredBlocks {
    const root = join(this.dir, 'blocks');
    const blocks: Block[] = [];
    const complaints: string[] = [];
    for (const path of existsSync(root) ? jsonFilesUnder(root) : []) {
      try {
        blocks.push(readJson(path, blockSchema, 'block'));
      } catch (thrown) {
        if (!(thrown instanceof BenchError)) throw thrown;
        complaints.push(
          `${thrown.message}; set aside as ${setAside(path, 'corrupt')}, will be measured anew`,
        );
      }
    }
    return { blocks, complaints };
  }

  /** Puts a block that no longer fits the plan out of sight. */
  retire(block: Block): void {
    setAside(join(this.blocksOf(block.group), blockFile(block)), 'stale');
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
}

/** e.g. `20261122-035412-a1b2c3`: sorts by time, and two runs of one second differ. */
export function newRunId(now: Date): string {
  const [date = '', time = ''] = now.toISOString().slice(0, 19).split('T');
  return `${date.replaceAll('-', '')}-${time.replaceAll(':', '')}-${randomBytes(3).toString('hex')}`;
}

function jsonFilesUnder(root: string): string[] {
  return readdirSync(root)
    .sort()
    .flatMap((group) =>
      readdirSync(join(root, group))
        .filter((file) => file.endsWith('.json') && !file.startsWith('.'))
        .sort()
        .map((file) => join(root, group, file)),
    );
}

function setAside(path: string, why: 'corrupt' | 'stale'): string {
  let count = 1;
  while (existsSync(`${path}.${why}-${count}`)) count++;
  const aside = `${path}.${why}-${count}`;
  renameSync(path, aside);
  return aside;
}
