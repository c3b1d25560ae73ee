// `npm run models -- import DIR`: runs the import and says what was understood and what to do next.
import { EXIT, BenchError } from '../../core/errors.ts';
import { spelled } from '../../core/spelling.ts';
import { importModel, type ImportedModel } from '../../import/importModel.ts';
import { TASKS } from '../../text/dataset.ts';
import { oneOf } from '../args.ts';
import { officialOptions, type OfficialFlags } from './officialFlags.ts';

export interface ImportFlags extends OfficialFlags {
  readonly name?: string;
  readonly task?: string;
  readonly licence?: string;
  readonly head?: string;
  readonly force?: boolean;
}

export async function importDirectory(directory: string | undefined, flags: ImportFlags): Promise<number> {
  if (directory === undefined) throw new BenchError('models import: no directory given', 'models import DIR');
  const head = oneOf('head', flags.head ?? 'auto', ['auto', 'none']);
  const task = flags.task === undefined ? null : oneOf('task', flags.task, TASKS);
  const imported = await importModel({
    directory,
    name: flags.name ?? null,
    task,
    licence: flags.licence ?? null,
    force: flags.force === true,
    withoutHead: head === 'none',
    official: officialOptions(flags),
  });
  process.stdout.write(`${understood(imported).join('\n')}\n\n${next(imported, task).join('\n')}\n`);
  return EXIT.ok;
}

/** Names are short, so that a line stays one. */
const MOST_NAMES = 6;

function understood({ name, architecture, reading, entry, ...more }: ImportedModel): string[] {
  const { config, ignored, points, notes, answers } = reading;
  const width = config.embeddingSize === config.hiddenSize ? '' : `, embeddings of ${config.embeddingSize}`;
  const rows: [string, string][] = [
    [
      'architecture',
      `${architecture}, ${config.layers} layers, ${config.hiddenSize} hidden${width}, ${config.heads} heads`,
    ],
    [
      'reads',
      `up to ${config.maxPositions} tokens, ${more.tokenizer.vocabularySize} in the vocabulary (${more.tokenizerFiles.join(', ')})`,
    ],
    [
      'answers',
      answers ? `${config.problem}: ${config.labels.join(', ')}` : 'nothing: it has no trained head',
    ],
    ['task', entry.task === 'unknown' ? 'unknown (name it with --task here, or at every bench)' : entry.task],
    ['licence', entry.licence],
    [
      'weights',
      `${((entry.files['weights.safetensors']?.bytes ?? 0) / 1e6).toFixed(1)} MB, ${dtypes(reading)}`,
    ],
    ...points.map((point): [string, string] => ['point', `${point.method}:${point.name}`]),
    [
      'proof',
      `packed and padded graphs agree within ${more.difference.toExponential(1)} on the built-in sentences`,
    ],
  ];
  const left = ignored.length === 0 ? [] : [`  left out     ${shortened(ignored)}`];
  const dropped = more.dropped === 0 ? [] : [`  dropped      ${more.dropped} points of the weights before`];
  return [
    `${name}: imported`,
    ...rows.map(([what, text]) => `  ${what.padEnd(12)} ${text}`),
    ...left,
    ...dropped,
    ...notes.map((note) => `  ${note}`),
  ];
}

function dtypes({ tensors }: ImportedModel['reading']): string {
  return [...new Set(tensors.map(({ dtype }) => dtype))].join(' and ');
}

function shortened(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return names.length <= MOST_NAMES ? shown : `${shown} and ${names.length - MOST_NAMES} more`;
}

function next({ name }: ImportedModel, task: string | null): string[] {
  const flag = task === null ? '' : ` --task ${task}`;
  return [
    'next:',
    spelled(`  npm run calibrate -- --model ${name} --method topk --flops 2${flag}`),
    spelled(`  npm run bench -- --models ${name}${flag}`),
  ];
}
