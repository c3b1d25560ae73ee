// From the flags for ready graphs to what the plan holds of them: the files are read and hashed, and what can be told
// to be wrong without loading them is refused here, before anything is measured.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from '../core/errors.ts';
import { sha256File, sha256Hex, stableJson } from '../core/hash.ts';
import { notice } from '../core/notices.ts';
import { repoRoot } from '../core/root.ts';
import { hintFor } from '../core/suggestion.ts';
import type { GraphReading } from '../core/schema/reading.ts';
import { readGraphFile, type GraphFile } from '../zoo/readyGraph.ts';
import type { Zoo } from '../zoo/zoo.ts';
import type { ReadyGraphs } from '../plan/readyGraphs.ts';
import type { GraphRequest } from './graphFlags.ts';

/** The tokenizer that comes with the program. */
const BUNDLED = 'minilm-l6';
const TOKENIZER_FILES = [
  ...['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json'],
  ...['vocab.txt', 'vocab.json', 'merges.txt'],
];

/** @throws BenchError for files that are not there and names that no graph has. */
export async function readyGraphsOf(request: GraphRequest, zoo: Zoo): Promise<ReadyGraphs> {
  const { files, model, maxLength, reading, labels } = request;
  if (request.tokenizerDir === null) {
    notice(`tokenizer: that of ${BUNDLED} (uncased BERT); --tokenizer DIR takes another`);
  }
  if (zoo.models.some(({ name }) => name === model)) {
    throw new BenchError(`--name: "${model}" is a model of the zoo`, 'choose another name');
  }
  const read: GraphFile[] = [];
  for (const { path } of files) read.push(await readGraphFile(path));
  checkNames(read, reading);
  const dir = request.tokenizerDir ?? join(repoRoot(), 'models', BUNDLED);
  return {
    model,
    tokenizer: { dir, sha256: await tokenizerHash(dir) },
    maxLength,
    reading,
    labels: labels === null ? null : [...labels],
    graphs: files.map(({ method, point, path }, index) => ({
      ...{ method, point, path },
      sha256: read[index]?.sha256 ?? '',
    })),
  };
}

/** A name that no graph has is a typing error; of a file that cannot be read as a model nothing is known. */
function checkNames(files: readonly GraphFile[], { inputs, outputs }: GraphReading): void {
  const models = files.flatMap(({ model }) => model ?? []);
  if (models.length < files.length) return;
  const check = (flag: string, said: readonly string[], has: readonly string[]): void => {
    const absent = said.find((name) => !has.includes(name));
    if (absent === undefined) return;
    throw new BenchError(`--${flag}: no graph has "${absent}"`, hintFor(absent, [...new Set(has)]));
  };
  const all = (roles: Readonly<Record<string, readonly string[] | undefined>>): string[] =>
    Object.values(roles).flatMap((names) => names ?? []);
  check(
    'graph-inputs',
    all(inputs),
    models.flatMap((model) => model.inputs),
  );
  check(
    'graph-outputs',
    all(outputs),
    models.flatMap((model) => model.outputs),
  );
}

/** Of all files that make a tokenizer; loading it says what is wrong with them. */
async function tokenizerHash(dir: string): Promise<string> {
  const hashes = [];
  for (const name of TOKENIZER_FILES) {
    const path = join(dir, name);
    if (existsSync(path)) hashes.push([name, await sha256File(path)]);
  }
  return sha256Hex(stableJson(hashes));
}
