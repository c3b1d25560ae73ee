// An operating point over its base: low-rank updates (LoRA, Hu et al. 2021) are multiplied out and added, so that the
// graph that is timed has plain dense matrices and a point costs nothing at run time but its own pruning.
// What a point may hold: `<linear>.lora_A` [r, in] with `<linear>.lora_B` [out, r] (scale folded in), whole tensors
// under a base name, weights of a predictor (`skim.*` of Transkimmer, `own.*` of a method outside the tree), and
// `pruning.*` (parameters, which are read from the point itself).
import { BenchError } from '../core/errors.ts';
import type { TensorFile } from './safetensors.ts';
import type { Tensor, WeightSource } from './tensor.ts';

const DOWN = '.lora_A';
const UP = '.lora_B';
const OWN_WEIGHTS = ['skim.', 'own.'];
const PARAMETERS = 'pruning.';

/** The base with the point's replacements and adapters applied, and the point's own weights beside them. */
export function mergePoint(base: WeightSource, point: TensorFile): WeightSource {
  const adapted = new Set<string>();
  const own: string[] = [];
  for (const name of point.names()) {
    if (name.startsWith(PARAMETERS)) continue;
    if (name.endsWith(DOWN) || name.endsWith(UP)) adapted.add(adaptedLinear(base, point, name));
    else if (OWN_WEIGHTS.some((prefix) => name.startsWith(prefix))) own.push(name);
    else if (!base.has(name)) throw wrongModel(point, `tensor ${name} is not in the base`);
  }
  const names = [...base.names(), ...own];
  const known = new Set(names);
  return {
    names: () => [...names],
    has: (name) => known.has(name),
    shape: (name) => (own.includes(name) ? point : base).shape(name),
    tensor: (name) => {
      if (own.includes(name)) return point.tensor(name);
      const whole = replaced(base, point, name);
      const linear = name.slice(0, -'.weight'.length);
      return name.endsWith('.weight') && adapted.has(linear) ? addAdapter(whole, point, linear) : whole;
    },
  };
}

function wrongModel(point: TensorFile, problem: string): BenchError {
  return new BenchError(`${point.path}: ${problem}`, 'use a point that was trained from this base model');
}

function adaptedLinear(base: WeightSource, point: TensorFile, name: string): string {
  const linear = name.slice(0, -DOWN.length); // both suffixes have the same length
  for (const needed of [linear + DOWN, linear + UP]) {
    if (!point.has(needed)) throw wrongModel(point, `tensor ${needed} is missing beside ${name}`);
  }
  if (!base.has(`${linear}.weight`))
    throw wrongModel(point, `tensor ${name} adapts a matrix that is not in the base`);
  return linear;
}

function replaced(base: WeightSource, point: TensorFile, name: string): Tensor {
  if (!base.has(name) || !point.has(name)) return base.tensor(name);
  const old = base.tensor(name).shape;
  const replacement = point.tensor(name);
  if (replacement.shape.join() !== old.join()) {
    throw wrongModel(point, `tensor ${name} is [${replacement.shape.join(', ')}], not [${old.join(', ')}]`);
  }
  return replacement;
}

/** W + B A, each row of the update summed in double and rounded once. */
function addAdapter(whole: Tensor, point: TensorFile, linear: string): Tensor {
  const [outputs = 0, inputs = 0] = whole.shape;
  const down = point.tensor(linear + DOWN); // (r, in)
  const up = point.tensor(linear + UP); // (out, r)
  const rank = down.shape[0] ?? 0;
  if (down.shape.join() !== [rank, inputs].join() || up.shape.join() !== [outputs, rank].join()) {
    const shapes = `[${up.shape.join(', ')}] x [${down.shape.join(', ')}]`;
    throw wrongModel(point, `adapter ${linear} ${shapes} does not fit [${whole.shape.join(', ')}]`);
  }
  const merged = Float32Array.from(whole.data);
  const update = new Float64Array(inputs);
  for (let row = 0; row < outputs; row++) {
    update.fill(0);
    for (let k = 0; k < rank; k++) {
      const factor = up.data[row * rank + k] ?? 0;
      for (let column = 0; column < inputs; column++) {
        update[column] = (update[column] ?? 0) + factor * (down.data[k * inputs + column] ?? 0);
      }
    }
    const start = row * inputs;
    for (let column = 0; column < inputs; column++) {
      merged[start + column] = (merged[start + column] ?? 0) + (update[column] ?? 0);
    }
  }
  return { shape: whole.shape, data: merged };
}
