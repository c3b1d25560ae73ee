// Checkpoints of Transkimmer's repository (ChandlerGuan/Transkimmer; mrsalehi/sharcs has a port): BERT or RoBERTa by
// their own names, and beside the layers a predictor each, `encoder.skim_predictors.N.predictor`, a Sequential of
// LayerNorm (0), Linear (1), LayerNorm (2), GELU (3) and Linear (4).
import { BenchError } from '../../core/errors.ts';
import { bert } from '../architectures/bert.ts';
import { roberta } from '../architectures/roberta.ts';
import type {
  Architecture,
  CanonicalTensor,
  Checkpoint,
  ImportedPoint,
  SourceTensor,
} from '../architecture.ts';
import { taken } from '../renaming.ts';
import { OFFICIAL_POINT, unsupported } from './options.ts';

const PREDICTOR = /^(?:(?:bert|roberta)\.)?encoder\.skim_predictors\.(\d+)\.predictor\.(\d+)\.(weight|bias)$/;
const MODULES: Readonly<Record<string, string>> = { 0: 'norm1', 1: 'dense', 2: 'norm2', 4: 'out' };
/** nn.LayerNorm's default, which the predictors have whatever layer_norm_eps says. */
const PREDICTOR_EPSILON = '0.00001';

export const transkimmer: Architecture = {
  name: 'Transkimmer',
  matches: ({ tensors }) => [...tensors.keys()].some((name) => PREDICTOR.test(name)),
  read: (checkpoint, options) => {
    const encoder = [bert, roberta].find((one) => one.matches(checkpoint));
    if (encoder === undefined) {
      const { configPath, config } = checkpoint;
      throw unsupported(
        configPath,
        'model_type',
        config['model_type'],
        'with skim_predictors: bert, roberta',
      );
    }
    const { rest, predictors } = divided(checkpoint);
    const reading = encoder.read({ ...checkpoint, tensors: rest }, options);
    const { layers, hiddenSize } = reading.config;
    const tensors = predictorTensors(checkpoint, predictors, layers, hiddenSize);
    return {
      ...reading,
      points: [pointOf(tensors)],
      notes: [...reading.notes, ...NOTES],
    };
  },
};

type Tensors = ReadonlyMap<string, SourceTensor>;

function divided({ tensors }: Checkpoint): { rest: Tensors; predictors: readonly SourceTensor[] } {
  const isPredictor = (name: string): boolean => PREDICTOR.test(name);
  return {
    rest: new Map([...tensors].filter(([name]) => !isPredictor(name))),
    predictors: [...tensors.values()].filter(({ name }) => isPredictor(name)),
  };
}

/** By the names of point files. @throws BenchError if a predictor is not the published one. */
function predictorTensors(
  { folder }: Checkpoint,
  predictors: readonly SourceTensor[],
  layers: number,
  d: number,
): CanonicalTensor[] {
  const found = new Map(predictors.map((tensor) => [pointName(folder, tensor), tensor]));
  const expected = predictorShapes(layers, d);
  for (const [name, tensor] of found) {
    if (!expected.has(name))
      throw otherPredictor(folder, `${tensor.name} is of a layer that config.json has not`);
  }
  return [...expected].map(([name, shape]) => {
    const tensor = found.get(name);
    if (tensor === undefined) throw otherPredictor(folder, `${name} is missing`);
    if (tensor.shape.join() === shape.join()) return taken(name, tensor);
    throw otherPredictor(folder, `${tensor.name} is [${tensor.shape.join(', ')}], not [${shape.join(', ')}]`);
  });
}

function pointName(folder: string, { name }: SourceTensor): string {
  const [, layer = '', module = '', kind = ''] = PREDICTOR.exec(name) ?? [];
  const part = MODULES[module];
  if (part === undefined)
    throw otherPredictor(folder, `${name} belongs to no module of the published predictor`);
  return `skim.${layer}.${part}.${kind}`;
}

function predictorShapes(layers: number, d: number): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  for (let layer = 0; layer < layers; layer++) {
    for (const [part, outputs] of [
      ['norm1', null],
      ['dense', d],
      ['norm2', null],
      ['out', 2],
    ] as const) {
      shapes.set(`skim.${layer}.${part}.weight`, outputs === null ? [d] : [outputs, d]);
      shapes.set(`skim.${layer}.${part}.bias`, [outputs ?? d]);
    }
  }
  return shapes;
}

function otherPredictor(folder: string, problem: string): BenchError {
  return new BenchError(
    `${folder}: ${problem}`,
    'supported: one predictor a layer of LayerNorm, Linear(d, d), LayerNorm, GELU, Linear(d, 2)',
  );
}

function pointOf(tensors: CanonicalTensor[]): ImportedPoint {
  const metadata = {
    ...{ published: 'Transkimmer', cls: 'protected' },
    ...{ predictor_epsilon: PREDICTOR_EPSILON, skim: 'argmax' },
  };
  return { name: OFFICIAL_POINT, method: 'transkimmer', tensors, metadata };
}

const NOTES = [
  'decisions by argmax; the published code draws Gumbel noise at inference too',
  'attention over kept tokens only: what removing tokens computes, and the author’s correction of the published equation',
  'the published masked code (mask after the softmax, nothing renormalised) gives the same answer where nothing is ' +
    'skimmed, and no removal can equal it elsewhere; its branch feat_skim_eval gives every position a weight of 1e-6 ' +
    'more, padding and skimmed tokens too, and is equal up to that',
];
