// `npm run data -- list`: tasks, where they are read from, their metrics and how many examples they have.
import { BenchError, EXIT } from '../../core/errors.ts';
import type { TaskFile } from '../../core/schema/taskFile.ts';
import { TASKS, loadTask } from '../../text/dataset.ts';
import { summarizeTask } from '../../text/summary.ts';
import { TASK_TABLE } from '../../text/tasks/table.ts';
import type { Tokenizer } from '../../text/tokenizer.ts';
import type { Parsed } from '../args.ts';
import { commandOf } from '../command.ts';
import { parseTaskFlags, TASK_FLAGS } from '../taskFlags.ts';
import { MODEL_FLAG, tokenizerNamed } from './tokenizer.ts';

const usage = {
  name: 'data list',
  summary:
    'Lists the tasks: where each is read from, its metric, how many examples it has, how long they are.',
  flags: { ...TASK_FLAGS, ...MODEL_FLAG },
  notes: ['--task is for a file of yours here, which is listed with the others.'],
  examples: ['data', 'data -- list --data DIR', 'data -- list --task my.jsonl --text-column review'],
} as const;

type Values = Parsed<typeof usage.flags>['values'];

export const list = commandOf(usage, ({ values }) => {
  const tokenizer = tokenizerNamed(values.model);
  const { file } = parseTaskFlags(values);
  for (const task of [...TASKS, ...(file === null ? [] : [file])]) listTask(task, values, tokenizer);
  return EXIT.ok;
});

function listTask(named: string | TaskFile, values: Values, tokenizer: Tokenizer): void {
  const name = typeof named === 'string' ? named : named.name;
  const indented = (line: string): void => print(`${' '.repeat(8)} ${line}`);
  try {
    const task = loadTask(named, values.data ?? null);
    const { sentences, neutral, perLabel, tokens } = summarizeTask(task, tokenizer);
    const labels = task.labelNames.map((label, index) => `${perLabel[index] ?? 0} ${label}`).join(', ');
    const what = task.sentences[0]?.pair === undefined ? 'sentences' : 'pairs';
    const kinds = labels === '' ? 'values to be predicted' : labels;
    print(`${name.padEnd(8)} ${sentences} ${what} (${kinds}), ${neutral} neutral`);
    indented(`metric ${task.metrics.join(', also ')}`);
    indented(`tokens ${tokens.shortest} / ${tokens.median} / ${tokens.longest} (least, median, most)`);
    indented(task.source);
  } catch (thrown) {
    if (!(thrown instanceof BenchError)) throw thrown;
    const metrics = TASK_TABLE.find((entry) => entry.name === name)?.metrics.join(', also ') ?? '';
    print(`${name.padEnd(8)} not available: ${thrown.line}`);
    if (metrics !== '') indented(`metric ${metrics}`);
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
