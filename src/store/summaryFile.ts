// The summary of a run, read from where a user says that it is.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '../core/atomicFile.ts';
import { BenchError } from '../core/errors.ts';
import { summarySchema, type Summary } from '../core/schema/summary.ts';

/**
 * @param path a run's folder or its summary.json.
 * @throws BenchError if nothing is there, or if what is there is no summary.
 */
export function readSummary(path: string): Summary {
  if (!existsSync(path))
    throw new BenchError(`no such run or file: ${path}`, 'give a run folder or a summary.json');
  const file = statSync(path).isDirectory() ? join(path, 'summary.json') : path;
  if (!existsSync(file)) {
    throw new BenchError(`${path} has no summary.json`, 'finish that run first: npm run bench -- --resume');
  }
  return readJson(file, summarySchema, 'results file');
}
