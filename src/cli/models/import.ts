// `npm run models -- import DIR`: runs the import and says what was understood and what to do next.
import { fromCaller } from '../../core/callerPath.ts';
import { BenchError, EXIT } from '../../core/errors.ts';
import { spelled } from '../../core/spelling.ts';
import { ARCHITECTURES } from '../../import/architectures.ts';
import { importModel, type ImportedModel } from '../../import/importModel.ts';
import { TASKS } from '../../text/dataset.ts';
import { oneOf, type Usage } from '../args.ts';
import { commandOf } from '../command.ts';
import { taskName } from '../taskFlags.ts';
import { sampleTokens } from './sampleTokens.ts';
import { OFFICIAL_FLAGS, officialOptions } from './officialFlags.ts';

const usage = {
  name: 'models import',
  summary:
    'Takes a Hugging Face folder (config.json, model.safetensors, tokenizer) as a model of this machine, and proves that its graphs are right.',
  operands: 'DIR',
  flags: {
    name: { type: 'string', value: 'NAME', help: 'what to call the model (default: as the folder)' },
    task: { type: 'string', value: 'TASK', help: `the task that it answers: ${TASKS.join(', ')}` },
    licence: { type: 'string', value: 'TEXT', help: 'its licence (default: what its model card says)' },
    force: { type: 'boolean', help: 'replace a model of that name' },
    head: {
      type: 'string',
      value: 'HEAD',
      help: 'auto (default), or none: take only the encoder, whatever the model was for',
    },
    ...OFFICIAL_FLAGS,
  },
  notes: [
    `Architectures: ${ARCHITECTURES.map(({ name }) => name).join(', ')}, for sequence classification and regression.`,
  ],
  examples: ['models -- import ./my-model --task sst2'],
} as const satisfies Usage;

export const importFolder = commandOf(usage, async ({ values: flags, operands: [folder, ...more] }) => {
  if (folder === undefined || more.length > 0) {
    throw new BenchError(
      `models import takes one folder, not ${folder === undefined ? 0 : more.length + 1}`,
      'npm run models -- import DIR',
    );
  }
  const head = oneOf('head', flags.head ?? 'auto', ['auto', 'none']);
  const task = flags.task === undefined ? null : taskName(flags.task);
  const imported = await importModel({
    directory: fromCaller(folder),
    name: flags.name ?? null,
    task,
    licence: flags.licence ?? null,
    force: flags.force === true,
    withoutHead: head === 'none',
    official: officialOptions(flags),
  });
  process.stdout.write(
    `${understood(imported).join('\n')}\n\n${sampleTokens(imported.tokenizer).join('\n')}\n\n${next(imported, task).join('\n')}\n`,
  );
  return EXIT.ok;
});

/** Names are short, so that a line stays one. */
const MOST_NAMES = 6;

function understood({ name, architecture, reading, entry, ...more }: ImportedModel): string[] {
  const { config, ignored, extra, points, notes, answers } = reading;
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
    ...(config.labelNote === undefined ? [] : [['', config.labelNote] as [string, string]]),
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
  const wrapped =
    more.prefixes.length === 0
      ? []
      : [`  prefixes     ${more.prefixes.join(', ')} taken off the names of tensors`];
  const passed =
    extra.length === 0
      ? []
      : [`  passed over  ${shortened(extra)}: not part of the model, as far as is known`];
  const dropped = more.dropped === 0 ? [] : [`  dropped      ${more.dropped} points of the weights before`];
  return [
    `${name}: imported`,
    ...rows.map(([what, text]) => `  ${what.padEnd(12)} ${text}`),
    ...left,
    ...wrapped,
    ...passed,
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
