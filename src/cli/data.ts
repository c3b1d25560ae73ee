// `npm run data`: which tasks there are, fetching those that cannot ship with the repository, and looking at the
// very documents that a cell of some sequence length is measured on.
import { join } from 'node:path';
import { BenchError, EXIT } from '../core/errors.ts';
import { TEXT_MODES } from '../core/names.ts';
import type { TaskFile } from '../core/schema/taskFile.ts';
import { tokenizerOf } from '../zoo/tokenizerOf.ts';
import { loadZoo } from '../zoo/zoo.ts';
import { composeDocuments, countTruncated } from '../text/compose.ts';
import type { Document } from '../text/compose.ts';
import { TASKS, fetchedFolder, defaultTask, loadTask, remedyOf, type TaskData } from '../text/dataset.ts';
import { fetchArchive, isFetched } from '../text/fetchArchive.ts';
import { meanFill, summarizeLengths, summarizeTask } from '../text/summary.ts';
import { TASK_TABLE, type TaskEntry } from '../text/tasks/table.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import { oneOf, wholeNumber, type Parsed } from './args.ts';
import { commandOf } from './command.ts';
import { parseTaskFlags, TASK_FLAGS } from './taskFlags.ts';

const usage = {
  name: 'data',
  summary: 'List, fetch and show the tasks.',
  operands: 'list | fetch TASK | show',
  flags: {
    data: {
      type: 'string',
      value: 'DIR',
      help: 'data directory with sst2/dev.tsv and the like (or env TOKEN_PRUNING_DATA)',
    },
    ...TASK_FLAGS,
    'seq-len': { type: 'string', value: 'N', help: 'show: most tokens of a document; default 128' },
    text: {
      type: 'string',
      value: 'MODE',
      help: `show: ${TEXT_MODES.join(', ')}, default full; of a task file the column of the text`,
    },
    count: { type: 'string', value: 'N', help: 'show: documents to print; default 4' },
    seed: { type: 'string', value: 'SEED', help: 'show: seed of the composition; default 0' },
    model: { type: 'string', value: 'NAME', help: 'whose tokenizer counts the tokens; default minilm-l6' },
    from: {
      type: 'string',
      value: 'FILE',
      help: "fetch: GLUE's archive that is already here, instead of a download",
    },
    force: { type: 'boolean', help: 'fetch: even if it is there' },
  },
  notes: [
    'list        tasks, where they are read from, their metrics and how many examples they have',
    "fetch TASK  downloads GLUE's archive (hash checked) to .cache/data",
    'show        prints documents, e.g. show --task reviews --seq-len 64',
  ],
} as const;

type Values = Parsed<typeof usage.flags>['values'];

async function run({ values, operands }: Parsed<typeof usage.flags>): Promise<number> {
  const [verb = 'list', ...rest] = operands;
  if (verb === 'fetch') return fetchTask(rest, values);
  if (rest.length > 0) throw unknown(`nothing may stand behind ${verb}: ${rest.join(' ')}`);
  if (verb === 'list') return list(values);
  if (verb === 'show') return show(values);
  throw unknown(`unknown verb "${verb}"`);
}

function unknown(problem: string): BenchError {
  return new BenchError(`data: ${problem}`, `verbs: ${usage.operands}`);
}

function list(values: Values): number {
  const tokenizer = tokenizerFor(values);
  const { file } = parseTaskFlags(values);
  for (const task of [...TASKS, ...(file === null ? [] : [file])]) listTask(task, values, tokenizer);
  return EXIT.ok;
}

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

async function fetchTask(operands: readonly string[], values: Values): Promise<number> {
  const [task = '', ...more] = operands;
  const entry = TASK_TABLE.find(({ name }) => name === task);
  const fetched = TASK_TABLE.filter(({ archive }) => archive !== undefined).map(({ name }) => name);
  if (entry === undefined || more.length > 0)
    throw unknown(`fetch what? "${operands.join(' ')}" is not one of ${fetched.join(', ')}`);
  const { archive } = entry;
  if (archive === undefined) throw new BenchError(`task ${task} cannot be fetched`, remedyOf(entry));
  const folder = join(fetchedFolder(), entry.folders[0] ?? task);
  if (isFetched(folder) && values.force !== true) {
    process.stderr.write(`already there (--force fetches it anew)\n`);
  } else {
    process.stderr.write(`fetching ${values.from ?? archive.url}\n`);
    await fetchArchive(folder, archive, filesOf(entry), values.from ?? null);
  }
  print(folder);
  return EXIT.ok;
}

/** Of all tasks of that folder: MNLI has two evaluation files. */
function filesOf({ folders: [folder] }: TaskEntry): string[] {
  const own = TASK_TABLE.filter(({ folders }) => folders[0] === folder);
  return [...new Set(own.flatMap(({ evaluation, training }) => [evaluation, training]))];
}

function show(values: Values): number {
  const { name, file, textMode } = parseTaskFlags(values);
  const task = loadTask(file ?? name ?? defaultTask(values.data ?? null), values.data ?? null);
  const seqLen = wholeNumber('seq-len', values['seq-len'] ?? '128', 8);
  const mode = oneOf('text', textMode ?? 'full', TEXT_MODES);
  const count = wholeNumber('count', values.count ?? '4', 1);
  const tokenizer = tokenizerFor(values);
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
}

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

function tokenizerFor({ model = 'minilm-l6' }: Values): Tokenizer {
  return tokenizerOf(loadZoo().model(model));
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

export const command = commandOf(usage, run);
