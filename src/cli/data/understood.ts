// What was understood of a task: where and how it was read, its labels and which output of a model each is, how long
// its texts are. For `data show`: what a person looks at before trusting an accuracy.
import { BenchError } from '../../core/errors.ts';
import { sampleTask } from '../../text/sample.ts';
import { summarizeTask } from '../../text/summary.ts';
import type { TaskData } from '../../text/taskData.ts';
import { alignLabels, type Alignment, type ModelHead } from '../../text/tasks/align.ts';
import type { Tokenizer } from '../../text/tokenizer.ts';

/** Texts whose tokens are counted; more take long and say the same. */
const MOST_COUNTED = 20_000;
/** Labels and columns listed. */
const MOST_LISTED = 30;

/** @param head of the model that was named; null: none was. */
export function understood(task: TaskData, tokenizer: Tokenizer, head: ModelHead | null): string[] {
  const { source, sentences, file, kind } = task;
  const counted = sampleTask(task, MOST_COUNTED, 0);
  const { tokens } = summarizeTask(counted, tokenizer);
  const part = counted.sentences.length < sentences.length ? ` of ${MOST_COUNTED} drawn texts` : '';
  const left =
    file === undefined || file.unlabelled === 0 ? '' : `, left out without a label: ${file.unlabelled}`;
  const rows: Rows = [
    ['file', source],
    ...(file === undefined ? [] : formRows(file)),
    ['texts', `${sentences.length}${sentences[0]?.pair === undefined ? '' : ' pairs'}${left}`],
    ...(kind === 'regression' ? [['values', valuesOf(task)] as const] : labelRows(task, head)),
    ['tokens', `${tokens.median} (p50), ${tokens.p95} (p95), ${tokens.longest} (most)${part}`],
  ];
  return rows.map(([what, text]) => `${what.padEnd(8)} ${text}`.trimEnd());
}

type Rows = readonly (readonly [string, string])[];

function formRows({ form, columns, emptyLines, doubt }: NonNullable<TaskData['file']>): Rows {
  const passed = emptyLines === 0 ? '' : `; ${emptyLines} empty lines passed over`;
  const listed = columns.slice(0, MOST_LISTED).map((name) => (name === '' ? '""' : name));
  const more = columns.length > MOST_LISTED ? ` and ${columns.length - MOST_LISTED} more` : '';
  return [
    ['form', `${form}${passed}`],
    ...(doubt === null ? [] : [['', doubt] as const]),
    ['columns', `${listed.join(', ')}${more}`],
  ];
}

function valuesOf({ sentences }: TaskData): string {
  const values = sentences.map(({ label }) => label);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const [least, most] = values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
  return `${least} to ${most}, ${Number(mean.toPrecision(4))} on average`;
}

function labelRows(task: TaskData, head: ModelHead | null): Rows {
  const counts = new Map<number, number>();
  for (const { label } of task.sentences) counts.set(label, (counts.get(label) ?? 0) + 1);
  const { alignment, problem } = aligned(task, head);
  const rows = task.labelNames.slice(0, MOST_LISTED).map((name, label): readonly [string, string] => {
    const output = alignment?.outputLabels.indexOf(label) ?? -1;
    const means = output === -1 ? '' : `, output ${output} (${head?.labels[output] ?? ''})`;
    return [label === 0 ? 'labels' : '', `${name}: ${counts.get(label) ?? 0} texts${means}`];
  });
  const more = task.labelNames.length - rows.length;
  return [...rows, ...(more > 0 ? [['', `and ${more} more`] as const] : []), ['outputs', problem]];
}

function aligned(task: TaskData, head: ModelHead | null): { alignment: Alignment | null; problem: string } {
  if (head === null) return { alignment: null, problem: '--model NAME shows which output each label is' };
  try {
    const alignment = alignLabels(head, task);
    const agree = `the labels are those of ${head.name}, in its order`;
    return { alignment, problem: alignment.note ?? agree };
  } catch (thrown) {
    if (!(thrown instanceof BenchError)) throw thrown;
    return { alignment: null, problem: thrown.line };
  }
}
