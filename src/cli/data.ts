// `npm run data`: which tasks there are, fetching the one that cannot ship with the repository, and looking at the
// very documents that a cell of some sequence length is measured on.
import { join } from 'node:path';
import { BenchError, EXIT } from '../core/errors.ts';
import { TEXT_MODES } from '../core/names.ts';
import { repoRoot } from '../core/root.ts';
import { composeDocuments } from '../text/compose.ts';
import type { Document } from '../text/compose.ts';
import { TASKS, cacheFolder, defaultTask, loadTask } from '../text/dataset.ts';
import { SST2_ARCHIVE, fetchSst2, isFetched } from '../text/fetchSst2.ts';
import { meanFill, summarizeLengths, summarizeTask } from '../text/summary.ts';
import { loadTokenizer } from '../text/tokenizer.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import { oneOf, wholeNumber, type Parsed } from './args.ts';
import { commandOf } from './command.ts';

const usage = {
  name: 'data',
  summary: 'List, fetch and show the tasks.',
  operands: 'list | fetch sst2 | show',
  flags: {
    data: {
      type: 'string',
      value: 'DIR',
      help: 'data directory with sst2/dev.tsv (or env TOKEN_PRUNING_DATA)',
    },
    task: { type: 'string', value: 'TASK', help: `show: ${TASKS.join(' or ')}; default as for bench` },
    'seq-len': { type: 'string', value: 'N', help: 'show: most tokens of a document; default 128' },
    text: { type: 'string', value: 'MODE', help: `show: ${TEXT_MODES.join(', ')}; default full` },
    count: { type: 'string', value: 'N', help: 'show: documents to print; default 4' },
    seed: { type: 'string', value: 'SEED', help: 'show: seed of the composition; default 0' },
    model: { type: 'string', value: 'NAME', help: 'whose tokenizer counts the tokens; default minilm-l6' },
    from: {
      type: 'string',
      value: 'FILE',
      help: 'fetch: a SST-2.zip that is already here, instead of a download',
    },
    force: { type: 'boolean', help: 'fetch: even if it is there' },
  },
  notes: [
    'list        tasks, where they are read from, and how many sentences they have',
    'fetch sst2  downloads the GLUE copy (7 MB, hash checked) to .cache/data/sst2',
    'show        prints composed documents, e.g. show --task reviews --seq-len 64',
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
  const tokenizer = tokenizerOf(values);
  for (const name of TASKS) {
    try {
      const task = loadTask(name, values.data ?? null);
      const { sentences, neutral, perLabel, tokens } = summarizeTask(task, tokenizer);
      const labels = task.labelNames.map((label, index) => `${perLabel[index] ?? 0} ${label}`).join(', ');
      print(`${name.padEnd(8)} ${sentences} sentences (${labels}), ${neutral} neutral`);
      print(
        `${' '.repeat(8)} tokens ${tokens.shortest} / ${tokens.median} / ${tokens.longest} (least, median, most)`,
      );
      print(`${' '.repeat(8)} ${task.source}`);
    } catch (thrown) {
      if (!(thrown instanceof BenchError)) throw thrown;
      print(`${name.padEnd(8)} not available: ${thrown.line}`);
    }
  }
  return EXIT.ok;
}

async function fetchTask(operands: readonly string[], values: Values): Promise<number> {
  const [task, ...more] = operands;
  if (task !== 'sst2' || more.length > 0) throw unknown(`fetch what? "${operands.join(' ')}" is not sst2`);
  const folder = join(cacheFolder(), 'sst2');
  if (isFetched(folder) && values.force !== true) {
    process.stderr.write(`already there (--force fetches it anew)\n`);
  } else {
    process.stderr.write(`fetching ${values.from ?? SST2_ARCHIVE.url}\n`);
    await fetchSst2(folder, SST2_ARCHIVE, values.from ?? null);
  }
  print(folder);
  return EXIT.ok;
}

function show(values: Values): number {
  const task = loadTask(values.task ?? defaultTask(values.data ?? null), values.data ?? null);
  const seqLen = wholeNumber('seq-len', values['seq-len'] ?? '128', 8);
  const mode = oneOf('text', values.text ?? 'full', TEXT_MODES);
  const count = wholeNumber('count', values.count ?? '4', 1);
  const documents = composeDocuments(task, tokenizerOf(values), {
    mode,
    seqLen,
    count,
    seed: values.seed ?? 0,
  });
  for (const document of documents) print(describe(document, task.labelNames));
  const { shortest, median, longest } = summarizeLengths(documents.map(({ ids }) => ids.length));
  const fill = (100 * meanFill(documents, seqLen)).toFixed(1);
  print(
    `${task.task}, ${mode}, length ${seqLen}: tokens ${shortest} / ${median} / ${longest}, ${fill} % filled`,
  );
  print(`source ${task.source}`);
  return EXIT.ok;
}

function describe({ text, label, ids, sentences }: Document, labelNames: readonly string[]): string {
  return `[${labelNames[label] ?? label}, ${ids.length} tokens, ${sentences} sentences]\n${text}\n`;
}

function tokenizerOf(values: Values): Tokenizer {
  return loadTokenizer(join(repoRoot(), 'models', values.model ?? 'minilm-l6'));
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

export const command = commandOf(usage, run);
