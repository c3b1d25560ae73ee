// `npm run data -- show`: the very documents that a cell of some sequence length is measured on.
import { EXIT } from '../../core/errors.ts';
import { TEXT_MODES } from '../../core/names.ts';
import { composeDocuments, countTruncated } from '../../text/compose.ts';
import type { Document } from '../../text/document.ts';
import { defaultTask, loadTask } from '../../text/dataset.ts';
import type { TaskData } from '../../text/taskData.ts';
import { meanFill, summarizeLengths } from '../../text/summary.ts';
import { oneOf, wholeNumber, type Usage } from '../args.ts';
import { commandOf } from '../command.ts';
import { parseTaskFlags, TASK_FLAGS, TEXT_MODE_FLAG } from '../taskFlags.ts';
import { MODEL_FLAG, tokenizerNamed } from './tokenizer.ts';

const usage = {
  name: 'data show',
  summary: 'Shows documents of a task, as a cell with that sequence length is measured on them.',
  flags: {
    ...TASK_FLAGS,
    'text-mode': { ...TEXT_MODE_FLAG, help: `${TEXT_MODE_FLAG.help} (default full)` },
    'seq-len': { type: 'string', value: 'N', help: 'the most tokens of a document (default 128)' },
    count: { type: 'string', value: 'N', help: 'how many documents to show (default 4)' },
    seed: { type: 'string', value: 'SEED', help: 'chooses the sentences of the documents (default 0)' },
    ...MODEL_FLAG,
  },
  examples: [
    'data -- show --task reviews --seq-len 64',
    'data -- show --task my.jsonl --text-column review --text-mode natural',
  ],
} as const satisfies Usage;

export const show = commandOf(usage, ({ values }) => {
  const { name, file } = parseTaskFlags(values);
  const task = loadTask(file ?? name ?? defaultTask(values.data ?? null), values.data ?? null);
  const seqLen = wholeNumber('seq-len', values['seq-len'] ?? '128', 8);
  const mode = oneOf('text-mode', values['text-mode'] ?? 'full', TEXT_MODES);
  const count = wholeNumber('count', values.count ?? '4', 1);
  const tokenizer = tokenizerNamed(values.model);
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
  print(`source ${task.source}`);
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
