// A Hugging Face directory as a checkpoint: its configuration and its tensors, from one file or from shards. Nothing
// of BERT is known here.
import { join } from 'node:path';
import { BenchError } from '../core/errors.ts';
import { readSafetensors } from '../weights/safetensors.ts';
import type { Checkpoint, SourceTensor } from './architecture.ts';
import { openFolder, parseJson, type Folder } from './folder.ts';
import { readShards } from './shards.ts';
import { tensorsOf } from './sourceTensors.ts';
import { unwrapped } from './wrappers.ts';

const WEIGHTS = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';
/** Files of formats that run code when they are read, and of other frameworks. */
const FOREIGN = [
  'pytorch_model.bin',
  'pytorch_model.bin.index.json',
  'tf_model.h5',
  'flax_model.msgpack',
  'model.onnx',
];
/** Far more than any config.json. */
const MOST_CONFIG_BYTES = 4_000_000;

export interface OpenedCheckpoint extends Checkpoint {
  readonly files: Folder;
  /** What a wrapper had put before the names of the tensors. */
  readonly prefixes: readonly string[];
}

/** @throws BenchError naming the file and the remedy. */
export function readCheckpoint(directory: string): OpenedCheckpoint {
  const files = openFolder(directory);
  const configPath = join(files.path, 'config.json');
  const config = readConfig(files, configPath);
  const { tensors, prefixes } = unwrapped(files.path, readTensors(files).values());
  return { folder: files.path, files, configPath, config, tensors, prefixes };
}

function readConfig(files: Folder, path: string): Readonly<Record<string, unknown>> {
  const text = files.text('config.json', MOST_CONFIG_BYTES);
  const remedy = 'give the folder that transformers’ save_pretrained wrote';
  if (text === null) throw new BenchError(`no config.json in ${files.path}`, remedy);
  const value = parseJson(text, path);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new BenchError(`${path} is not a JSON object`, remedy);
}

function readTensors(files: Folder): ReadonlyMap<string, SourceTensor> {
  const whole = files.file(WEIGHTS);
  if (whole !== null)
    return new Map(tensorsOf(readSafetensors(whole)).map((tensor) => [tensor.name, tensor]));
  const index = files.file(INDEX);
  if (index !== null) return readShards(files, INDEX);
  throw withoutWeights(files);
}

function withoutWeights(files: Folder): BenchError {
  const found = FOREIGN.find((name) => files.file(name) !== null);
  if (found === undefined) {
    return new BenchError(
      `neither ${WEIGHTS} nor ${INDEX} in ${files.path}`,
      'give the folder of a checkpoint',
    );
  }
  if (!found.startsWith('pytorch_model.bin')) {
    return new BenchError(
      `${files.path} holds ${found} only`,
      `load it with transformers and save_pretrained(DIR), which writes ${WEIGHTS}`,
    );
  }
  return new BenchError(
    `${files.path} holds ${found} only, which can run code when it is read`,
    `convert it with \`python train/convert.py ${files.path}\`, then import again`,
  );
}
