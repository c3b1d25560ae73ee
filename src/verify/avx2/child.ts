// The child process of the check: answers a job's texts with ONNX Runtime's CPU provider on whatever processor it
// finds itself on, and leaves. It is plain Node, so that it runs the same with and without an emulator around it:
//   node dist/src/verify/avx2/child.js < job.json
//   qemu-x86_64 -cpu Haswell /usr/bin/node dist/src/verify/avx2/child.js < job.json
import { text } from 'node:stream/consumers';
import { messageOf } from '../../core/errors.ts';
import { PROGRESS, jobSchema, type Answer, type BatchAnswer, type Job } from './exchange.ts';
import { createSession, type EncoderOutput, type EncoderSession } from '../../runtime/session.ts';
import { toBatch } from '../../text/batch.ts';
import { wearLeash } from '../../worker/leash.ts';

async function work(job: Job): Promise<Answer> {
  const inputs = job.batches.map((texts) =>
    toBatch(
      texts.map((ids) => ({ ids })),
      job.padId,
    ),
  );
  const batches: BatchAnswer[] = [];
  const answer = async (path: string, each: (session: EncoderSession) => Promise<void>): Promise<void> => {
    const session = await createSession({ path }, { provider: 'cpu', threads: 1 });
    await each(session);
    await session.release();
  };
  await answer(job.telling, async (session) => {
    for (const [index, input] of inputs.entries()) {
      batches.push(answerOf(await session.run(session.prepare(input))));
      process.stderr.write(`${PROGRESS}${index + 1}\n`);
    }
  });
  const timedDifferences: Answer['timedDifferences'] = [];
  const { timed } = job;
  if (timed !== null) {
    await answer(timed, async (session) => {
      for (const batch of job.timedBatches) {
        const input = inputs[batch];
        if (input === undefined) throw new Error(`there is no batch ${batch}`);
        const output = answerOf(await session.run(session.prepare(input)));
        timedDifferences.push({ batch, difference: apart(output, batches[batch]) });
      }
    });
  }
  const { user, system } = process.cpuUsage();
  return { id: job.id, batches, timedDifferences, cpuSeconds: (user + system) / 1e6 };
}

function answerOf({ logits, keptTokens, told = new Map() }: EncoderOutput): BatchAnswer {
  const decisions = [...told.keys()].flatMap((name) => {
    const layer = /^score\.(\d+)$/.exec(name)?.[1];
    if (layer === undefined) return [];
    const scores = told.get(name) ?? [];
    const keeps = told.get(`keep.${layer}`) ?? [];
    return [{ layer: Number(layer), score: Array.from(scores, Number), keep: Array.from(keeps, Number) }];
  });
  return {
    logits: [...logits],
    keptTokens: Array.from(keptTokens, Number),
    decisions: decisions.toSorted((a, b) => a.layer - b.layer),
  };
}

/** Of the logits, in absolute size; 0 for the same bits. As large as can be if the kept tokens are not the same (JSON knows no Infinity). */
function apart(one: BatchAnswer, other: BatchAnswer | undefined): number {
  if (one.keptTokens.join() !== other?.keptTokens.join()) return Number.MAX_VALUE;
  return Math.max(...one.logits.map((logit, index) => Math.abs(logit - (other.logits[index] ?? NaN))));
}

wearLeash();
try {
  const answer = await work(jobSchema.parse(JSON.parse(await text(process.stdin))));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
} catch (thrown) {
  process.stderr.write(`${messageOf(thrown)}\n`);
  process.exitCode = 1;
}
