// A worker process: measures one block in a fresh process and leaves. Reads a task on stdin, writes its result as
// one line on stdout. By hand:
//   npm run --silent bench -- --print-task GROUPKEY > task.json && node dist/src/worker/worker.js < task.json
import { text } from 'node:stream/consumers';
import { messageOf } from '../core/errors.ts';
import { wearLeash } from './leash.ts';
import { formatProgress, taskSchema, type Announce, type Task, type WorkerResult } from './job.ts';

const announce: Announce = (phase, id) => {
  process.stderr.write(formatProgress(id === undefined ? { phase } : { phase, id }));
};

async function work(task: Task): Promise<WorkerResult> {
  switch (task.kind) {
    case 'time':
      return (await import('./timeBlock.ts')).runTimeBlock(task, announce);
    case 'profile':
      return (await import('./profileBlock.ts')).runProfileBlock(task, announce);
    case 'accuracy':
      return (await import('./accuracyBlock.ts')).runAccuracyBlock(task, announce);
    case 'cost':
      return (await import('./costBlock.ts')).runCostBlock(task, announce);
    case 'load':
      return (await import('./loadBlock.ts')).runLoadBlock(task, announce);
  }
}

wearLeash();
try {
  announce('start');
  const result = await work(taskSchema.parse(JSON.parse(await text(process.stdin))));
  process.stdout.write(`${JSON.stringify(result)}\n`);
} catch (thrown) {
  process.stderr.write(`${messageOf(thrown)}\n`);
  process.exitCode = 1;
}
