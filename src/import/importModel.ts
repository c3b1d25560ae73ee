// The import itself: read, check, write beside the models that are there, prove, and only then put in place and into
// the manifest. Whatever fails leaves nothing behind.
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, writeFileAtomic } from '../core/atomicFile.ts';
import { BenchError } from '../core/errors.ts';
import { sha256FileSync } from '../core/hash.ts';
import { localModelsFolder } from '../core/places.ts';
import { graphFolder } from '../zoo/graphCache.ts';
import { DEFAULT_OPTIONS, writeGraph } from '../graphs/graphFiles.ts';
import { METHOD } from '../graphs/methods/index.ts';
import { readLocalManifest, registerModel, type LocalModel } from '../zoo/localZoo.ts';
import { loadZoo } from '../zoo/zoo.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import { readSafetensors } from '../weights/safetensors.ts';
import { writeSafetensors } from '../weights/writeSafetensors.ts';
import type { CheckedReading, ImportedPoint, Reading } from './architecture.ts';
import { architectureOf } from './architectures.ts';
import { readCheckpoint } from './checkpoint.ts';
import { checkTensors } from './checkTensors.ts';
import { finite } from './finite.ts';
import type { OfficialOptions } from './official/options.ts';
import { licenceOf, nameOf, originOf } from './provenance.ts';
import { prove } from './proof.ts';
import { copyTokenizer } from './tokenizerFiles.ts';

export interface ImportOptions {
  readonly directory: string;
  /** Null to take it from the directory. */
  readonly name: string | null;
  /** The task it answers, null if not said. */
  readonly task: string | null;
  readonly licence: string | null;
  /** Replace an imported model of that name. */
  readonly force: boolean;
  readonly withoutHead: boolean;
  /** For published pruning checkpoints; their published settings if left out. */
  readonly official?: OfficialOptions;
  /** Where local models live. */
  readonly local?: string;
}

/** What was understood. */
export interface ImportedModel {
  readonly name: string;
  readonly architecture: string;
  readonly reading: CheckedReading;
  /** What a wrapper had put before the names of the tensors. */
  readonly prefixes: readonly string[];
  readonly tokenizer: Tokenizer;
  readonly tokenizerFiles: readonly string[];
  readonly entry: LocalModel;
  /** Largest difference of a logit between the packed and the padded graph. */
  readonly difference: number;
  /** Points of the model of the same name before, which its new weights do not fit. */
  readonly dropped: number;
}

const WEIGHTS = 'weights.safetensors';

/** @throws BenchError, one line naming the file, the tensor or the field, and the remedy. */
export async function importModel(options: ImportOptions): Promise<ImportedModel> {
  const local = options.local ?? localModelsFolder();
  const checkpoint = readCheckpoint(options.directory);
  const name = nameOf(options.name, checkpoint.folder);
  checkName(name, options.force, local);
  const architecture = architectureOf(checkpoint);
  const reading = checkTensors(checkpoint, architecture.read(checkpoint, options));
  const staging = join(local, `.importing-${name}`);
  rmSync(staging, { recursive: true, force: true });
  makeFolder(staging);
  try {
    // Before the tokenizer: what its files leave out hangs on the kind of model.
    writeFileAtomic(join(staging, 'config.json'), JSON.stringify(reading.rawConfig, null, 2));
    const copied = copyTokenizer(checkpoint.files, staging, reading.config);
    const weights = await writeWeights(staging, checkpoint.folder, reading);
    const points = await writePoints(staging, name, checkpoint.folder, reading.points, weights.sha256);
    const difference = await proveGraphs(staging, name, weights.sha256, reading, copied.tokenizer);
    const entry: LocalModel = {
      name,
      ...{ origin: 'imported', answers: reading.answers, task: taskOf(options, reading), dir: name },
      licence: options.licence ?? licenceOf(checkpoint.files),
      base: originOf(checkpoint, architecture.name),
      files: describeAll(staging, ['config.json', ...copied.files, WEIGHTS]),
      training: { command: 'npm run models -- import DIR', seed: 0 },
      metrics: {},
      points,
    };
    const dropped = putInPlace(staging, local, entry);
    const { tokenizer, files: tokenizerFiles } = copied;
    return {
      name,
      architecture: architecture.name,
      reading,
      prefixes: checkpoint.prefixes,
      tokenizer,
      tokenizerFiles,
      entry,
      difference,
      dropped,
    };
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function taskOf({ task }: ImportOptions, { answers }: Reading): string {
  if (!answers) return 'none';
  return task ?? 'unknown';
}

/** @throws BenchError if a model has the name that may not be replaced. */
function checkName(name: string, force: boolean, local: string): void {
  // Entries of the local manifest are not opened: a damaged model can be replaced.
  const present = [...loadZoo(undefined, null).models, ...readLocalManifest(local).models].find(
    (model) => model.name === name,
  );
  if (present !== undefined && present.origin !== 'imported') {
    throw new BenchError(`a model "${name}" (${present.origin}) is there already`, 'give another --name');
  }
  if (force || (present === undefined && !existsSync(join(local, name)))) return;
  throw new BenchError(`a model "${name}" is there already`, 'give --force to replace it, or another --name');
}

async function writeWeights(staging: string, from: string, reading: Reading): Promise<{ sha256: string }> {
  const tensors = reading.tensors.map((tensor) => finite(tensor, from));
  return writeSafetensors(join(staging, WEIGHTS), tensors, { format: 'pt' });
}

async function writePoints(
  staging: string,
  model: string,
  from: string,
  points: readonly ImportedPoint[],
  baseSha256: string,
): Promise<LocalModel['points']> {
  const entries = [];
  for (const { name, method, tensors, metadata } of points) {
    const file = `points/${method}-${name}.safetensors`;
    const about = { format: 'token-pruning-point', version: '1', method, point: name, model };
    const written = await writeSafetensors(
      join(staging, file),
      tensors.map((tensor) => finite(tensor, from)),
      { ...about, base_sha256: baseSha256, ...metadata },
    );
    const training = { command: 'published checkpoint, imported', seed: 0 };
    entries.push({ name, method, file, ...written, training, metrics: {} });
  }
  return entries;
}

async function proveGraphs(
  staging: string,
  name: string,
  baseSha256: string,
  { config, points }: Reading,
  tokenizer: Tokenizer,
): Promise<number> {
  const source = { name, config, base: readSafetensors(join(staging, WEIGHTS)), baseSha256 };
  const packed = await writeGraph(graphFolder(), source, METHOD.dense, null, DEFAULT_OPTIONS);
  const padded = await writeGraph(graphFolder(), source, METHOD['dense-padded'], null, DEFAULT_OPTIONS);
  for (const { method, name: point } of points) {
    const path = join(staging, `points/${method}-${point}.safetensors`);
    const file = { name: point, file: readSafetensors(path), sha256: sha256FileSync(path) };
    await writeGraph(graphFolder(), source, METHOD[method], file, DEFAULT_OPTIONS); // refuses a point that does not fit
  }
  return prove({ packed, padded }, tokenizer, config.maxPositions);
}

function describeAll(folder: string, names: readonly string[]): LocalModel['files'] {
  return Object.fromEntries(
    names.map((name) => {
      const path = join(folder, name);
      return [name, { sha256: sha256FileSync(path), bytes: statSync(path).size }];
    }),
  );
}

/** @returns how many points of an earlier model were dropped with it. */
function putInPlace(staging: string, local: string, entry: LocalModel): number {
  const place = join(local, entry.dir);
  const old = join(local, `.replaced-${entry.name}`);
  rmSync(old, { recursive: true, force: true });
  if (existsSync(place)) renameSync(place, old);
  renameSync(staging, place);
  const dropped = registerModel(entry, local);
  rmSync(old, { recursive: true, force: true });
  return dropped;
}
