// Graph files of zoo models, in the cache folder (core/places.ts): made on first use.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError, messageOf } from '../core/errors.ts';
import { sha256FileSync } from '../core/hash.ts';
import type { ProviderName } from '../core/names.ts';
import { notice } from '../core/notices.ts';
import { cacheFolder, localModelsFolder } from '../core/places.ts';
import { isInstalled } from '../core/root.ts';
import type { Variant } from '../core/schema/group.ts';
import { readSafetensors, type TensorFile } from '../weights/safetensors.ts';
import type { AttentionKernels } from '../graphs/attention/kernels.ts';
import {
  CPU_KERNELS,
  CUDA_KERNELS,
  PLAIN_KERNELS,
  writeGraph,
  type GraphFile,
  type GraphSource,
  type PointSource,
} from '../graphs/graphFiles.ts';
import { nearest } from './geometry/entries.ts';
import { makeGeometryPoint, makeGeometryWeights } from './geometry/making.ts';
import type { ModelEntry, PointEntry, ZooFile } from './entry.ts';
import { findPoint, methodOf, refuseOtherBase } from './variants.ts';

export interface GraphOptions {
  /** Which provider will run the graph; decides the kernels. */
  readonly provider?: ProviderName;
  readonly lastHiddenState?: boolean;
  readonly strengthInput?: boolean;
  /** Adds score and decision of every token and layer as outputs (decisions.ts). */
  readonly decisions?: boolean;
  /** A point that no zoo holds, in the place of the variant's. */
  readonly point?: PointSource;
  /** Length of the texts in tokens; points of geometries have strengths by length. */
  readonly seqLen?: number;
  readonly directory?: string;
}

export const KERNELS: Readonly<Record<ProviderName, AttentionKernels>> = {
  cpu: CPU_KERNELS,
  cuda: CUDA_KERNELS,
  webgpu: PLAIN_KERNELS,
};

export function graphFolder(): string {
  return join(cacheFolder(), 'graphs');
}

/** @throws BenchError for an unknown point, damaged weights or an unwritable folder. */
export async function ensureGraph(
  entry: ModelEntry,
  variant: Variant,
  options: GraphOptions = {},
): Promise<GraphFile> {
  const method = methodOf(entry, variant);
  const { trained, brought } = findPoint(entry, variant);
  const file = trained === null ? null : fileFor(trained, options.seqLen);
  await makeMissing(entry, trained, file);
  const source = await denseSource(entry);
  const point =
    trained === null || file === null
      ? brought
      : { name: trained.name, file: openPoint(entry, file), sha256: file.sha256 };
  return writeGraph(options.directory ?? graphFolder(), source, method, options.point ?? point, {
    kernels: KERNELS[options.provider ?? 'cpu'],
    lastHiddenState: options.lastHiddenState ?? false,
    strengthInput: options.strengthInput ?? false,
    decisions: options.decisions ?? false,
  });
}

/** The dense model, from which any method's graph can be written. */
export async function denseSource(entry: ModelEntry): Promise<GraphSource> {
  await makeMissing(entry, null, null);
  const base = openChecked(entry.weights);
  return { name: entry.name, config: entry.config, base, baseSha256: entry.weights.sha256 };
}

/** Makes the files of a geometry that are not there, or were damaged since. */
async function makeMissing(entry: ModelEntry, point: PointEntry | null, file: ZooFile | null): Promise<void> {
  if (entry.geometry === undefined) return;
  if (!isSound(entry.weights)) await makeGeometryWeights(entry);
  if (point === null || file === null) return;
  for (const one of new Set([point.file, file])) {
    if (!isSound(one)) await makeGeometryPoint(entry, point, one);
  }
}

/** @param seqLen of the texts, for points that have strengths by length. */
function fileFor({ file, byLength }: PointEntry, seqLen: number | undefined): ZooFile {
  return byLength === undefined || seqLen === undefined ? file : nearest(byLength, seqLen);
}

/** Says why not, unless the file is just not there. */
function isSound(file: ZooFile): boolean {
  if (!existsSync(file.path)) return false;
  try {
    openChecked(file);
    return true;
  } catch (thrown) {
    const problem = thrown instanceof BenchError ? thrown.message : messageOf(thrown);
    notice(`${problem}: made anew`);
    return false;
  }
}

/** Files already checked in this process, by path and modification time. */
const opened = new Map<string, TensorFile>();

function openChecked(file: ZooFile): TensorFile {
  const key = `${file.path} ${file.sha256} ${modified(file.path)}`;
  const known = opened.get(key);
  if (known !== undefined) return known;
  checkFile(file);
  const tensors = readSafetensors(file.path);
  opened.set(key, tensors);
  return tensors;
}

export function openPoint(entry: ModelEntry, file: ZooFile): TensorFile {
  const tensors = openChecked(file);
  refuseOtherBase(entry, tensors, REMEDY);
  return tensors;
}

const REMEDY = isInstalled()
  ? 'install the package again, then `npm run models -- verify`'
  : 'restore the file with `git checkout -- models`, then `npm run models -- verify`';
const LOCAL_REMEDY = 'import the model or calibrate the point anew';

/** @throws BenchError if the file is missing, truncated or altered. */
export function checkFile(file: ZooFile): void {
  const remedy = file.path.startsWith(localModelsFolder()) ? LOCAL_REMEDY : REMEDY;
  const bytes = bytesOf(file.path, remedy);
  if (bytes !== file.bytes) {
    throw new BenchError(`${file.path} has ${bytes} bytes, the manifest says ${file.bytes}`, remedy);
  }
  if (sha256FileSync(file.path) !== file.sha256) {
    throw new BenchError(`${file.path} differs from the manifest's sha256`, remedy);
  }
}

function bytesOf(path: string, remedy: string): number {
  try {
    return statSync(path).size;
  } catch (thrown) {
    throw new BenchError(`cannot read ${path}: ${messageOf(thrown)}`, remedy, { cause: thrown });
  }
}

function modified(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return 0; // checkFile says what is wrong
  }
}
