// What the plain families share: one is its model_type and its rules of naming.
import { BenchError } from '../core/errors.ts';
import { parseEncoderConfig, type EncoderConfig } from '../graphs/config.ts';
import type { Architecture, Checkpoint, Reading, ReadOptions } from './architecture.ts';
import { hasHead, HEADLESS } from './purpose.ts';
import { randomHead } from './randomHead.ts';
import { renamed, type NameRule } from './renaming.ts';

export interface FamilyRules {
  /** For messages. */
  readonly name: string;
  readonly modelType: string;
  readonly encoder: readonly NameRule[];
  /** Names of the classification head's tensors. */
  readonly head: readonly NameRule[];
  /** For an encoder whose head is not used: a pooler to keep, other heads to leave out. */
  readonly withoutHead: readonly NameRule[];
}

export function familyArchitecture(rules: FamilyRules): Architecture {
  return {
    name: rules.name,
    matches: ({ config }) => (config['model_type'] ?? 'bert') === rules.modelType,
    read: (checkpoint, options) => readFamily(rules, checkpoint, options),
  };
}

function readFamily(rules: FamilyRules, checkpoint: Checkpoint, options: ReadOptions): Reading {
  const isHead = (name: string): boolean =>
    rules.head.some((rule) => rule.name !== null && rule.pattern.test(name));
  const answers = hasHead(checkpoint, options, isHead);
  const rawConfig = answers ? checkpoint.config : encoderAlone(checkpoint.config);
  const config = parseEncoderConfig(rawConfig, checkpoint.configPath, { headless: HEADLESS });
  checkSize(checkpoint, config);
  const heads = answers ? rules.head : rules.withoutHead;
  const { tensors, ignored } = renamed(checkpoint, [...rules.encoder, ...heads]);
  if (answers) return { config, rawConfig, tensors, ignored, points: [], answers, notes: [] };
  const added = randomHead(config, new Set(tensors.map(({ name }) => name)));
  const notes = [
    `an encoder without a classifier: a fixed random head (${added.names.join(', ')}) makes the graph whole, so`,
    'speed, FLOPs and agreement with dense can be measured, and accuracy cannot (python train/head.py fits a head)',
  ];
  return { config, rawConfig, tensors: [...tensors, ...added.tensors], ignored, points: [], answers, notes };
}

/** What a head was trained for says nothing of the encoder; names that contradict each other are left out, too. */
function encoderAlone(config: Checkpoint['config']): Checkpoint['config'] {
  const { num_labels, id2label, label2id, ...others } = config;
  const rest = Object.fromEntries(Object.entries(others).filter(([key]) => key !== 'problem_type'));
  const names = typeof id2label === 'object' && id2label !== null ? Object.keys(id2label).length : 0;
  const agree = num_labels === undefined || names === 0 || names === num_labels;
  return agree ? { ...rest, ...defined({ num_labels, id2label, label2id }) } : rest;
}

function defined(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

/** Before anything counts up to a number of config.json: a layer has tensors of its own. */
function checkSize({ configPath, tensors }: Checkpoint, { layers, labels }: EncoderConfig): void {
  if (layers > tensors.size) {
    throw new BenchError(
      `${configPath}: ${layers} layers, but the checkpoint has only ${tensors.size} tensors`,
      'config.json and weights must be of the same model: fetch both anew',
    );
  }
  const outputs = [...tensors.values()].reduce((most, { shape }) => Math.max(most, shape[0] ?? 1), 2);
  if (labels.length > outputs) {
    throw new BenchError(
      `${configPath}: ${labels.length} labels, but no tensor has so many rows`,
      'config.json and weights must be of the same model: fetch both anew',
    );
  }
}
