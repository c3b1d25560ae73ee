// A worker process: measures one block in a fresh process and leaves. Reads a job on stdin, writes its result as
// one line on stdout. By hand:
//   npm run --silent bench -- --print-job GROUPKEY > job.json && node dist/src/worker/worker.js < job.json
import { text } from 'node:stream/consumers';
import { messageOf } from '../core/errors.ts';
import { wearLeash } from './leash.ts';
import { formatProgress, jobSchema, type Announce, type Job, type WorkerResult } from './job.ts';

const announce: Announce = (phase, id) => {
  process.stderr.write(formatProgress(id === undefined ? { phase } : { phase, id }));
};

async function work(job: Job): Promise<WorkerResult> {
  switch (job.kind) {
    case 'time':
      return (await import('./timeBlock.ts')).runTimeBlock(job, announce);
    case 'profile':
      return (await import('./profileBlock.ts')).runProfileBlock(job, announce);
    case 'accuracy':
      return (await import('./accuracyBlock.ts')).runAccuracyBlock(job, announce);
    case 'cost':
      return (await import('./costBlock.ts')).runCostBlock(job, announce);
    case 'load':
      return (await import('./loadBlock.ts')).runLoadBlock(job, announce);
  }
}

wearLeash();
try {
  announce('start');
  const result = await work(jobSchema.parse(JSON.parse(await text(process.stdin))));
  process.stdout.write(`${JSON.stringify(result)}\n`);
} catch (thrown) {
  process.stderr.write(`${messageOf(thrown)}\n`);
  process.exitCode = 1;
}
