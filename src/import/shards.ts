// Weights in several files: model.safetensors.index.json says which tensor lies in which. The index and the shards
// must say the same: each tensor once, in the very file that the index names.
import { join } from 'node:path';
import { z } from 'zod';
import { BenchError } from '../core/errors.ts';
import { jsonFacts } from '../core/jsonText.ts';
import { readSafetensors } from '../weights/safetensors.ts';
import type { SourceTensor } from './architecture.ts';
import { parseJson, type Folder } from './folder.ts';
import { tensorsOf } from './sourceTensors.ts';

const MOST_INDEX_BYTES = 20_000_000;
const REMEDY = 'fetch the checkpoint anew';
const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

/** @throws BenchError naming the shard or the tensor. */
export function readShards(files: Folder, indexName: string): ReadonlyMap<string, SourceTensor> {
  const path = join(files.path, indexName);
  const map = readIndex(files, indexName, path);
  const tensors = new Map<string, SourceTensor>();
  for (const shard of [...new Set(Object.values(map))].sort()) {
    const file = files.file(shard);
    if (file === null) throw new BenchError(`${path}: shard ${shard} is missing`, REMEDY);
    for (const tensor of tensorsOf(readSafetensors(file))) {
      if (map[tensor.name] !== shard) throw misplaced(path, tensor.name, shard, map[tensor.name]);
      tensors.set(tensor.name, tensor);
    }
  }
  const absent = Object.keys(map).find((name) => !tensors.has(name));
  if (absent === undefined) return tensors;
  throw new BenchError(`${path}: tensor ${absent} is not in ${map[absent] ?? ''}`, REMEDY);
}

function misplaced(path: string, name: string, shard: string, listed: string | undefined): BenchError {
  if (listed === undefined)
    return new BenchError(`${path}: tensor ${name} of ${shard} is not listed`, REMEDY);
  return new BenchError(`${path}: tensor ${name} is there twice, in ${shard} and in ${listed}`, REMEDY);
}

function readIndex(files: Folder, name: string, path: string): Readonly<Record<string, string>> {
  const text = files.text(name, MOST_INDEX_BYTES) ?? '';
  const parsed = indexSchema.safeParse(parseJson(text, path));
  if (!parsed.success) throw new BenchError(`${path}: weight_map is missing or malformed`, REMEDY);
  const { repeatedKey } = jsonFacts(text);
  if (repeatedKey !== null) throw new BenchError(`${path}: tensor ${repeatedKey} is listed twice`, REMEDY);
  return parsed.data.weight_map;
}
