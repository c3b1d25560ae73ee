// `npm run data -- fetch TASK`: downloads the archive of a task that cannot ship with the repository.
import { join } from 'node:path';
import { BenchError, EXIT } from '../../core/errors.ts';
import { notice } from '../../core/notices.ts';
import { hintFor } from '../../core/suggestion.ts';
import { fetchedFolder, remedyOf } from '../../text/dataset.ts';
import { fetchArchive, isFetched } from '../../text/fetchArchive.ts';
import { TASK_TABLE, type TaskEntry } from '../../text/tasks/table.ts';
import type { Usage } from '../args.ts';
import { commandOf } from '../command.ts';

const FETCHED = TASK_TABLE.filter(({ archive }) => archive !== undefined).map(({ name }) => name);

const usage = {
  name: 'data fetch',
  summary: `Downloads a task of GLUE, checks its hash and unpacks it into the cache: ${FETCHED.join(', ')}.`,
  operands: 'TASK',
  flags: {
    from: {
      type: 'string',
      value: 'FILE',
      path: true,
      help: 'an archive that is here already, instead of a download',
    },
    force: { type: 'boolean', help: 'fetch the task even if it is there' },
  },
  examples: ['data -- fetch sst2', 'data -- fetch sst2 --from SST-2.zip'],
} as const satisfies Usage;

export const fetch = commandOf(usage, async ({ values, operands }) => {
  const [task, ...more] = operands;
  if (task === undefined || more.length > 0) {
    throw new BenchError(
      `data fetch takes one task, not ${operands.length}`,
      `npm run data -- fetch ${FETCHED[0] ?? ''}`,
    );
  }
  const entry = TASK_TABLE.find(({ name }) => name === task);
  if (entry === undefined) throw new BenchError(`data fetch: unknown task "${task}"`, hintFor(task, FETCHED));
  const { archive } = entry;
  if (archive === undefined) throw new BenchError(`task ${task} cannot be fetched`, remedyOf(entry));
  const folder = join(fetchedFolder(), entry.folders[0] ?? task);
  if (isFetched(folder) && values.force !== true) {
    notice('already there (--force fetches it again)');
  } else {
    notice(`fetching ${values.from ?? archive.url}`);
    await fetchArchive(folder, archive, filesOf(entry), values.from ?? null);
  }
  process.stdout.write(`${folder}\n`);
  return EXIT.ok;
});

/** Of all tasks of that folder: MNLI has two evaluation files. */
function filesOf({ folders: [folder] }: TaskEntry): string[] {
  const own = TASK_TABLE.filter(({ folders }) => folders[0] === folder);
  return [...new Set(own.flatMap(({ evaluation, training }) => [evaluation, training]))];
}
