// What the plain families share: one is its model_type and its rules of naming.
import { parseEncoderConfig } from '../graphs/config.ts';
import type { Architecture, Checkpoint, Reading, ReadOptions } from './architecture.ts';
import { hasHead } from './purpose.ts';
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
  const config = parseEncoderConfig(checkpoint.config, checkpoint.configPath);
  const isHead = (name: string): boolean =>
    rules.head.some((rule) => rule.name !== null && rule.pattern.test(name));
  const answers = hasHead(checkpoint, options, isHead);
  const heads = answers ? rules.head : rules.withoutHead;
  const { tensors, ignored } = renamed(checkpoint, [...rules.encoder, ...heads]);
  if (answers) return { config, tensors, ignored, points: [], answers, notes: [] };
  const added = randomHead(config, new Set(tensors.map(({ name }) => name)));
  const notes = [
    `an encoder without a classifier: a fixed random head (${added.names.join(', ')}) makes the graph whole, so`,
    'speed, FLOPs and agreement with dense can be measured, and accuracy cannot (python train/head.py fits a head)',
  ];
  return { config, tensors: [...tensors, ...added.tensors], ignored, points: [], answers, notes };
}
