// `npm run data -- show`: what was understood of a task, and the very documents that a cell of some sequence length is
// measured on.
import { EXIT } from '../../core/errors.ts';
import { TEXT_MODES } from '../../core/names.ts';
import { composeDocuments, countTruncated } from '../../text/compose.ts';
import type { Document } from '../../text/document.ts';
import { defaultTask, loadTask } from '../../text/dataset.ts';
import type { TaskData } from '../../text/taskData.ts';
import { meanFill, summarizeLengths } from '../../text/summary.ts';
import { oneOf, wholeNumber, type Usage } from '../args.ts';
import { commandOf } from '../command.ts';
import { loadZoo } from '../../zoo/zoo.ts';
import { parseTaskFlags, TASK_FLAGS, TEXT_MODE_FLAG } from '../taskFlags.ts';
import { MODEL_FLAG, tokenizerNamed } from './tokenizer.ts';
import { understood } from './understood.ts';

const usage = {
  name: 'data show',
  summary:
    'Shows what was understood of a task (its form, labels and lengths), then documents, as a cell with that sequence length is measured on them.',
  flags: {
    ...TASK_FLAGS,
    'text-mode': { ...TEXT_MODE_FLAG, help: `${TEXT_MODE_FLAG.help} (default full; of a file natural)` },
    'seq-len': { type: 'string', value: 'N', help: 'the most tokens of a document (default 128)' },
    count: { type: 'string', value: 'N', help: 'how many documents to show (default 4; of a file 3)' },
    seed: { type: 'string', value: 'SEED', help: 'chooses the sentences of the documents (default 0)' },
    model: {
      ...MODEL_FLAG.model,
      help: 'whose tokenizer counts the tokens (default minilm-l6), and whose outputs the labels are',
    },
  },
  examples: [
    'data -- show --task reviews --seq-len 64',
    'data -- show --task my.csv --text-column review --model my-model',
  ],
} as const satisfies Usage;

export const show = commandOf(usage, ({ values }) => {
  const { name, file } = parseTaskFlags(values);
  const entry = values.model === undefined ? null : loadZoo().model(values.model);
  const chosen = file ?? name ?? defaultTask(values.data ?? null);
  const task = loadTask(chosen, values.data ?? null, entry?.config.labels);
  const seqLen = wholeNumber('seq-len', values['seq-len'] ?? '128', 8);
  const mode = oneOf('text-mode', values['text-mode'] ?? (file === null ? 'full' : 'natural'), TEXT_MODES);
  const asked = wholeNumber('count', values.count ?? (file === null ? '4' : '3'), 1);
  const count = mode === 'natural' ? Math.min(asked, task.sentences.length) : asked;
  const tokenizer = tokenizerNamed(values.model);
  const head = entry === null || !entry.answers ? null : { name: entry.name, ...entry.config };
  print(`${understood(task, tokenizer, head).join('\n')}\n`);
  const documents = composeDocuments(task, tokenizer, { mode, seqLen, count, seed: values.seed ?? 0 });
  for (const document of documents) print(describe(document, task, mode !== 'natural' && !task.composable));
  const { shortest, median, longest } = summarizeLengths(documents.map(({ ids }) => ids.length));
  const fill = (100 * meanFill(documents, seqLen)).toFixed(1);
  print(
    `${task.task}, ${mode}, length ${seqLen}: tokens ${shortest} / ${median} / ${longest}, ${fill} % filled`,
  );
  if (mode === 'natural') {
    const cut = countTruncated(task, tokenizer, seqLen);
    print(`${cut} of ${task.sentences.length} examples are longer than ${seqLen} tokens and are cut`);
  }
  return EXIT.ok;
});

/** @param stretched the document serves timing only, so it has no label. */
function describe(
  { text, pair, label, ids, typeOneFrom, sentences, cut }: Document,
  { labelNames, kind }: TaskData,
  stretched: boolean,
): string {
  const answer = kind === 'regression' ? String(label) : (labelNames[label] ?? String(label));
  const facts = [
    stretched ? 'for timing only' : answer,
    `${ids.length} tokens`,
    `${sentences} sentences`,
    ...(pair === undefined ? [] : [`second text from token ${typeOneFrom}`]),
    ...(cut === true ? ['cut'] : []),
  ];
  return `[${facts.join(', ')}]\n${text}\n${pair === undefined ? '' : `| ${pair}\n`}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
