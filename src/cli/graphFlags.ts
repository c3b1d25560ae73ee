// The flags of `bench` for ready graphs, and what they say: files by name, what their inputs and outputs are called.
// Whether the files are there and fit is readyGraphs.ts.
import { fromCaller } from '../core/callerPath.ts';
import { BenchError } from '../core/errors.ts';
import type { Variant } from '../core/schema/group.ts';
import { graphReadingSchema, INPUT_ROLES, OUTPUT_ROLES, type GraphReading } from '../core/schema/reading.ts';
import { hintFor } from '../core/suggestion.ts';
import { AXIS_FLAGS } from '../plan/axes.ts';
import { expandList } from '../plan/ranges.ts';
import { wholeNumber, type Flags, type Parsed } from './args.ts';

export const GRAPH_FLAGS = {
  graph: {
    type: 'string',
    multiple: true,
    value: 'NAME=FILE',
    help: 'an .onnx graph to be measured as it is against --baseline; may be repeated (docs/ready-graphs.md)',
  },
  baseline: {
    type: 'string',
    value: 'FILE',
    path: true,
    help: 'the .onnx graph that those of --graph are compared with',
  },
  'baseline-padded': {
    type: 'string',
    value: 'FILE',
    path: true,
    help: 'a second baseline, shown as dense-padded',
  },
  tokenizer: {
    type: 'string',
    value: 'DIR',
    path: true,
    help: "folder of the graphs' tokenizer.json or vocabulary (default: that of minilm-l6, uncased BERT)",
  },
  'max-length': { type: 'string', value: 'N', help: 'the most tokens that the graphs can take' },
  'graph-labels': {
    type: 'string',
    value: 'LIST',
    help: "labels of the task in the order of the graphs' outputs (default: the task's order)",
  },
  'graph-inputs': {
    type: 'string',
    multiple: true,
    value: 'LIST',
    formerly: { name: 'inputs' },
    help: 'ids=NAME,mask=NAME,types=NAME,positions=NAME: inputs with unusual names; mask=none: the graph finds the padding by itself',
  },
  'graph-outputs': {
    type: 'string',
    multiple: true,
    value: 'LIST',
    formerly: { name: 'output' },
    help: 'logits=NAME,kept=NAME: outputs with unusual names',
  },
  name: { type: 'string', value: 'NAME', help: 'what to call the graphs together (default graphs)' },
} as const satisfies Flags;

export interface NamedFile extends Variant {
  /** Absolute. */
  readonly path: string;
}

export interface GraphRequest {
  /** The baselines first. */
  readonly files: readonly NamedFile[];
  readonly model: string;
  readonly tokenizerDir: string | null;
  readonly maxLength: number | null;
  readonly reading: GraphReading;
  readonly labels: readonly string[] | null;
}

type Values = Parsed<typeof GRAPH_FLAGS>['values'];

/** Axes that ready graphs do not have. */
const FOREIGN = [
  AXIS_FLAGS.models.flag,
  AXIS_FLAGS.methods.flag,
  AXIS_FLAGS.points.flag,
  AXIS_FLAGS.precisions.flag,
  'method-file',
];

/** Null without any of the flags. @param given all flags of the command. */
export function parseGraphs(values: Values, given: Readonly<Record<string, unknown>>): GraphRequest | null {
  const said = Object.keys(GRAPH_FLAGS).find((flag) => given[flag] !== undefined);
  if (said === undefined) return null;
  const { baseline } = values;
  if (baseline === undefined) {
    throw new BenchError(`--${said} needs a graph to compare with`, '--baseline FILE.onnx');
  }
  const foreign = FOREIGN.find((flag) => given[flag] !== undefined);
  if (foreign !== undefined) {
    throw new BenchError(
      `--${foreign} is for models of the zoo, not for ready graphs`,
      'leave one of them out',
    );
  }
  const padded = values['baseline-padded'];
  const labels = values['graph-labels'];
  return {
    files: [
      ...(padded === undefined ? [] : [{ method: 'dense-padded', point: null, path: padded } as const]),
      { method: 'dense', point: null, path: baseline },
      ...namedFiles(values.graph ?? []),
    ],
    model: nameOf('name', values.name ?? 'graphs'),
    tokenizerDir: values.tokenizer ?? null,
    maxLength: values['max-length'] === undefined ? null : wholeNumber('max-length', values['max-length'], 8),
    reading: readingOf(values),
    labels: labels === undefined ? null : expandList('graph-labels', labels),
  };
}

function namedFiles(texts: readonly string[]): NamedFile[] {
  // A path may hold commas, too: only one that a name and "=" follow ends it.
  const items = texts.flatMap((text) => text.split(/,(?=[A-Za-z0-9][\w.-]*=)/));
  const files = items.map((item): NamedFile => {
    const { name, value } = assignment('graph', item, 'NAME=FILE.onnx');
    return { method: 'graph', point: nameOf('graph', name), path: fromCaller(value) };
  });
  const names = files.map(({ point }) => point);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return files;
  throw new BenchError(`--graph: two graphs are called "${twice ?? ''}"`, 'give each a name of its own');
}

function nameOf(flag: string, name: string): string {
  if (/^[A-Za-z0-9][\w-]{0,39}$/.test(name)) return name;
  throw new BenchError(
    `--${flag}: "${name}" cannot be a name`,
    'letters, digits, "-" and "_", at most 40, the first a letter or digit',
  );
}

const NO_MASK = 'none';

function readingOf(values: Values): GraphReading {
  const said = mapping('graph-inputs', values['graph-inputs'] ?? [], INPUT_ROLES);
  const mask = said.mask?.filter((name) => name !== NO_MASK);
  return graphReadingSchema.parse({
    inputs: { ...said, ...(mask === undefined ? {} : { mask }) },
    outputs: mapping('graph-outputs', values['graph-outputs'] ?? [], OUTPUT_ROLES),
    maskInside: said.mask?.includes(NO_MASK) === true,
  });
}

function mapping<R extends string>(
  flag: string,
  texts: readonly string[],
  roles: readonly R[],
): Partial<Record<R, string[]>> {
  const found: Partial<Record<R, string[]>> = {};
  for (const item of texts.flatMap((text) => text.split(','))) {
    const { name, value } = assignment(flag, item, `${roles[0] ?? ''}=NAME`);
    const role = roles.find((one) => one === name);
    if (role === undefined) throw new BenchError(`--${flag}: unknown role "${name}"`, hintFor(name, roles));
    found[role] = [...(found[role] ?? []), value];
  }
  return found;
}

function assignment(flag: string, item: string, form: string): { name: string; value: string } {
  const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(item) ?? [];
  if (name.trim() !== '' && value.trim() !== '') return { name: name.trim(), value: value.trim() };
  throw new BenchError(`--${flag}: "${item}" is not ${form}`, `--${flag} ${form}`);
}
