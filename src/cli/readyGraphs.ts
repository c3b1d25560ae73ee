// From the flags for ready graphs to what the plan holds of them: the files are read and hashed, and what can be told
// to be wrong without loading them is refused here, before anything is measured.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readJson } from '../core/atomicFile.ts';
import { BenchError } from '../core/errors.ts';
import { sha256File, sha256Hex, stableJson } from '../core/hash.ts';
import { notice } from '../core/notices.ts';
import { repoRoot } from '../core/root.ts';
import { hintFor } from '../core/suggestion.ts';
import type { GraphReading } from '../core/schema/reading.ts';
import { FAMILIES } from '../graphs/families.ts';
import { loadTokenizer } from '../text/tokenizer.ts';
import { readTokenizerFolder } from '../text/tokenizers/files.ts';
import { checkVersions } from '../runtime/readable.ts';
import { readGraphFile, type GraphFile } from '../zoo/readyGraph.ts';
import type { Zoo } from '../zoo/zoo.ts';
import type { ReadyGraphs } from '../plan/readyGraphs.ts';
import type { GraphRequest } from './graphFlags.ts';

/** The tokenizer that comes with the program. */
const BUNDLED = 'minilm-l6';
const TOKENIZER_FILES = [
  ...['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json'],
  ...['vocab.txt', 'vocab.json', 'merges.txt'],
  'config.json', // what the others leave out hangs on the kind of model
];

/**
 * @param classes outputs that the task asks for.
 * @throws BenchError for files that are not there or cannot be read here, and names that no graph has.
 */
export async function readyGraphsOf(
  request: GraphRequest,
  zoo: Zoo,
  classes: () => number,
): Promise<ReadyGraphs> {
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
  for (const { path, model } of read) if (model !== null) checkVersions(path, model);
  const silent = silenceOf(read, reading, classes);
  const dir = request.tokenizerDir ?? join(repoRoot(), 'models', BUNDLED);
  return {
    model,
    tokenizer: { dir, sha256: await tokenizerHash(dir) },
    maxLength,
    reading: { ...reading, firstPosition: firstPosition(dir, read, reading) },
    ...(silent === null ? {} : { noAccuracy: silent }),
    labels: labels === null ? null : [...labels],
    graphs: files.map(({ method, point, path }, index) => ({
      ...{ method, point, path },
      sha256: read[index]?.sha256 ?? '',
    })),
  };
}

/** Of graphs that are fed positions: as the model's family counts them, by the tokenizer's folder. */
function firstPosition(dir: string, files: readonly GraphFile[], { inputs }: GraphReading): number {
  const named = files.flatMap(({ model }) => model?.inputs ?? []);
  const takes = named.some((name) => inputs.positions?.includes(name) === true || /pos/i.test(name));
  if (!takes) return 0;
  const first = firstPositionOf(dir);
  if (first > 0) notice(`positions: from ${first}, as RoBERTa counts them`);
  return first;
}

function firstPositionOf(dir: string): number {
  const path = join(dir, 'config.json');
  const said = z.looseObject({ model_type: z.string().nullish(), pad_token_id: z.number().int().nullish() });
  const { model_type: type, pad_token_id: padId } = existsSync(path)
    ? readJson(path, said, 'the model configuration')
    : {};
  const family = type != null && Object.hasOwn(FAMILIES, type) ? FAMILIES[type] : undefined;
  if (family !== undefined) return family.firstPosition(padId ?? null);
  return readTokenizerFolder(dir).kind === 'BPE' ? loadTokenizer(dir).padId + 1 : 0;
}

/** Fewer numbers a text are classes, more are an embedding, unless the task has as many labels. */
const LEAST_WIDTH = 64;
/** How exporters call what an encoder ends in without a head. */
const STATES = /embed|pool|hidden|state|encod/i;

/** Why there is no accuracy to measure: the baseline ends in states and not in answers. Null if it answers. */
function silenceOf(
  files: readonly GraphFile[],
  { outputs }: GraphReading,
  classes: () => number,
): string | null {
  const isEncoder = ({ model }: GraphFile): boolean => {
    if (model === null) return false;
    const said = outputs.logits?.find((name) => model.outputs.includes(name));
    const mayAnswer = (name: string): boolean => {
      const dims = model.outputDims[name];
      if (dims === undefined || name === 'logits') return true; // what is not told is seen when it is measured
      const width = dims.length === 2 ? (dims[1] ?? 0) : 0;
      return dims.length <= 2 && (width < LEAST_WIDTH || width === classes());
    };
    const told = model.outputs.filter((name) => name !== 'kept_tokens');
    const ofRank = (rank: number): string | undefined =>
      told.find((name) => (model.outputDims[name]?.length ?? 2) === rank);
    // In the order in which the runtime looks for answers (runtime/readyAnswers.ts).
    const logits = told.find((name) => name === 'logits');
    const chosen = said ?? logits ?? ofRank(2) ?? ofRank(1) ?? ofRank(3);
    if (chosen === undefined) return false;
    if (!mayAnswer(chosen)) return true;
    if (chosen === said || chosen === 'logits') return false;
    // Of an untold width beside states that are told: an embedding of the text.
    const besideStates = told.some((name) => (model.outputDims[name]?.[2] ?? 0) >= LEAST_WIDTH);
    return STATES.test(chosen) || (besideStates && model.outputDims[chosen]?.[1] === null);
  };
  if (!files.some(isEncoder)) return null;
  notice(
    "accuracy: none, the graphs end in an encoder's states and not in answers (--graph-outputs logits=NAME names another output)",
  );
  return 'no classifier';
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
