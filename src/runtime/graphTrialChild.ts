// The process that tries one of our graphs: `node graphTrialChild.js GRAPH.onnx VOCABULARY LONGEST`. It loads the graph
// and has it answer batches that reach every way of attention, and prints one JSON line.
import { messageOf } from '../core/errors.ts';
import { toBatch } from '../text/batch.ts';
import { createSession } from './session.ts';

/** A single sequence, equal ones, ragged ones, and ragged ones that are too long for one rectangle. */
const BATCHES = [[5], [4, 4], [2, 5], [100, 3]];

async function tryGraph(path: string, vocabSize: number, longest: number): Promise<unknown> {
  try {
    const session = await createSession({ path }, { provider: 'cpu', threads: 1 });
    for (const wanted of BATCHES) {
      const lengths = wanted.map((length) => Math.min(length, longest));
      const batch = toBatch(
        lengths.map((length, row) => ({ ids: idsOf(length, row, vocabSize) })),
        0,
      );
      const { logits } = await session.run(session.prepare(batch));
      if (!logits.every(Number.isFinite)) {
        return { ok: false, message: `it answers ${lengths.join(' and ')} tokens with what is no number` };
      }
    }
    await session.release();
    return { ok: true };
  } catch (thrown) {
    return { ok: false, message: messageOf(thrown) };
  }
}

function idsOf(length: number, row: number, vocabSize: number): number[] {
  return Array.from({ length }, (_, place) => (place * 7 + row) % vocabSize);
}

const [path = '', vocabSize, longest] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(await tryGraph(path, Number(vocabSize), Number(longest)))}\n`);
