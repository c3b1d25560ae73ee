// From a model and a point to a graph file that ONNX Runtime loads. All graphs of a model share one file of base
// weights; a point's merged matrices and predictors lie in a file of its own. Names carry content hashes, so a
// file that exists is right and building again costs only the writing of a few kilobytes.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, writeFileAtomic } from '../core/atomicFile.ts';
import { BenchError, messageOf } from '../core/errors.ts';
import { sha256Hex } from '../core/hash.ts';
import { encodeModel } from '../onnx/proto.ts';
import { findLooseEnd } from '../onnx/wiring.ts';
import { mergePoint } from '../weights/adapters.ts';
import type { TensorFile } from '../weights/safetensors.ts';
import type { WeightSource } from '../weights/tensor.ts';
import type { AttentionKernels } from './attention/kernels.ts';
import type { EncoderConfig } from './config.ts';
import { encoderGraph, type EncoderOptions } from './encoder.ts';
import type { Method } from './methods/contract.ts';
import { WeightFile } from './weightFile.ts';

export interface GraphFile {
  /** The .onnx file; its external data lies beside it. */
  readonly path: string;
  /** Hash over the graph and all weights it refers to. */
  readonly sha256: string;
  readonly inputNames: readonly string[];
}

export interface GraphSource {
  /** File-name stem, e.g. the model's name. */
  readonly name: string;
  readonly config: EncoderConfig;
  readonly base: WeightSource;
  /** sha256 of the base weights' file. */
  readonly baseSha256: string;
}

export interface PointSource {
  readonly name: string;
  readonly file: TensorFile;
  readonly sha256: string;
}

const LENGTHS = { loopAbove: 96, headsAbove: 224, flashAbove: 224 };

/** If, Loop and ONNX Runtime's fused operators serve the CPU provider well. */
export const CPU_KERNELS: AttentionKernels = { fused: 'cpu', adaptive: true, ...LENGTHS };
/** One path, no control flow: for GPUs, where each decision costs a round trip to the host. */
export const CUDA_KERNELS: AttentionKernels = { fused: 'contrib', adaptive: false, ...LENGTHS };
/** Standard operators only. */
export const PLAIN_KERNELS: AttentionKernels = { fused: 'none', adaptive: false, ...LENGTHS };

export const DEFAULT_OPTIONS: EncoderOptions = {
  kernels: CPU_KERNELS,
  lastHiddenState: false,
  strengthInput: false,
};

const WIRING_HINT = 'its hooks may only use what they are given, on the builder that they are given';

/** Writes what is missing into `directory`. @throws BenchError when the directory cannot be written. */
export async function writeGraph(
  directory: string,
  source: GraphSource,
  method: Method,
  point: PointSource | null,
  options: EncoderOptions = DEFAULT_OPTIONS,
): Promise<GraphFile> {
  const rule = method.read(source.config, point?.file ?? null);
  const files = weightFiles(source, point);
  const model = encoderGraph(source.config, method, rule, lookup(files, source.name), options);
  const loose = findLooseEnd(model);
  if (loose !== null) throw new BenchError(`method "${method.name}" writes no graph: ${loose}`, WIRING_HINT);
  const bytes = encodeModel(model);
  const sha256 = sha256Hex(`${sha256Hex(bytes)} ${source.baseSha256} ${point?.sha256 ?? ''}`);
  const stem = [source.name, method.name, ...(point === null ? [] : [point.name])].join('.');
  const path = join(directory, `${stem}.${sha256.slice(0, 12)}.onnx`);
  try {
    makeFolder(directory);
    for (const file of files) {
      if (!existsSync(join(directory, file.location))) await file.write(directory);
    }
    if (!existsSync(path)) writeFileAtomic(path, bytes);
  } catch (thrown) {
    if (thrown instanceof BenchError) throw thrown;
    throw new BenchError(`cannot write graphs to ${directory}: ${messageOf(thrown)}`, 'make it writable', {
      cause: thrown,
    });
  }
  return { path, sha256, inputNames: model.graph.inputs.map((input) => input.name) };
}

function weightFiles(source: GraphSource, point: PointSource | null): WeightFile[] {
  const base = new WeightFile(
    `${source.name}.${source.baseSha256.slice(0, 12)}.weights`,
    source.base,
    source.base.names(),
  );
  if (point === null) return [base];
  const merged = mergePoint(source.base, point.file);
  const hash = sha256Hex(`${source.baseSha256} ${point.sha256}`).slice(0, 12);
  const own = new WeightFile(
    `${source.name}.${point.name}.${hash}.weights`,
    merged,
    changedNames(merged, point),
  );
  return [own, base]; // the point's own come first, so that they win
}

/** Names whose values differ from the base. */
function changedNames(merged: WeightSource, point: PointSource): string[] {
  const adapted = (name: string) => point.file.has(`${name.slice(0, -'.weight'.length)}.lora_A`);
  return merged.names().filter((name) => point.file.has(name) || (name.endsWith('.weight') && adapted(name)));
}

function lookup(files: readonly WeightFile[], model: string): Parameters<typeof encoderGraph>[3] {
  const used = new Set<string>();
  return (g, name) => {
    if (used.has(name)) return name;
    used.add(name);
    for (const file of files) {
      const tensor = file.initializer(name);
      if (tensor !== undefined) return g.external(tensor);
    }
    throw new BenchError(`model "${model}" has no tensor ${name}`, 'check that the weights fit config.json');
  };
}
