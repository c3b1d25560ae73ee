// `npm run models -- check`: holds a method file to what every method promises, on a tiny encoder with random weights or
// on a model of the zoo.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BenchError, EXIT } from '../../core/errors.ts';
import { writeGraph, type GraphSource, type PointSource } from '../../graphs/graphFiles.ts';
import { faultOfGraph } from '../../runtime/graphTrial.ts';
import { contractOf, LONGEST } from '../../verify/contract/checks.ts';
import { tinyEncoder } from '../../verify/contract/tinyEncoder.ts';
import { LOGIT_TOLERANCE } from '../../verify/goldens.ts';
import { neutralPoint } from '../../zoo/declaredPoints.ts';
import { denseSource } from '../../zoo/graphCache.ts';
import { loadMethodFiles, type MethodFile } from '../../zoo/methodFile.ts';
import { loadZoo } from '../../zoo/zoo.ts';
import type { Usage } from '../args.ts';
import { commandOf } from '../command.ts';
import { METHOD_FLAGS, parseMethodFlags, type MethodChoice } from '../methodFlags.ts';

/** Of a small encoder; float32 of a larger one sums more. */
const TINY_TOLERANCE = 1e-5;

const usage = {
  name: 'models check',
  summary: 'Holds a pruning method of your own to what every method promises.',
  flags: {
    ...METHOD_FLAGS,
    model: { type: 'string', value: 'NAME', help: 'on this model (default: a tiny one with random weights)' },
  },
  notes: [
    'It prints each promise with "pass" or "FAIL" and the numbers behind it. docs/your-method.md explains them.',
    'Exit code: 0 all promises are kept, 1 some are broken, 2 the method cannot be tried.',
  ],
  examples: ['models -- check --method-file my-method.mjs'],
} as const satisfies Usage;

export const check = commandOf(usage, async ({ values }) => {
  return checkMethods(parseMethodFlags(values), values.model ?? null);
});

/** @param model null: the tiny encoder. */
async function checkMethods(choice: MethodChoice, model: string | null): Promise<number> {
  if (choice.files.length === 0) {
    throw new BenchError(
      'models check needs a method',
      'npm run models -- check --method-file my-method.mjs',
    );
  }
  const files = await loadMethodFiles(choice.files, choice.points);
  const source = model === null ? tinyEncoder() : await denseSource(loadZoo().model(model));
  if (source.config.maxPositions < LONGEST) {
    throw new BenchError(
      `the contract needs sequences of ${LONGEST} tokens, and "${source.name}" takes ${source.config.maxPositions}`,
      'take another --model, or none',
    );
  }
  const tolerance = model === null ? TINY_TOLERANCE : LOGIT_TOLERANCE;
  const folder = mkdtempSync(join(tmpdir(), 'token-pruning-check-'));
  let broken = 0;
  try {
    for (const file of files) {
      for (const point of file.points.length === 0 ? [null] : file.points) {
        await tryOut(file, source, point, folder);
        const { method } = file;
        const subject = { source, method, point, neutral: neutralPoint(method), tolerance, folder };
        process.stdout.write(`${titleOf(file, point)} on ${source.name}\n`);
        for (const { promise, check: look } of contractOf(subject)) {
          const { held, detail } = await look();
          process.stdout.write(`  ${held ? 'pass' : 'FAIL'}  ${promise}\n        ${detail}\n`);
          if (!held) broken++;
        }
        if (subject.neutral === null) process.stdout.write(NO_NEUTRAL);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return broken === 0 ? EXIT.ok : EXIT.failedCells;
}

/** In a process of its own: a graph that ONNX Runtime cannot bear would end this one. */
async function tryOut(
  { path, method }: MethodFile,
  source: GraphSource,
  point: PointSource | null,
  folder: string,
): Promise<void> {
  const graph = await writeGraph(folder, source, method, point);
  const fault = await faultOfGraph(graph.path, source.config);
  if (fault === null) return;
  throw new BenchError(`${path}: its graph does not run: ${fault}`, 'mend what its hooks return');
}

const NO_NEUTRAL = '  ----  its neutral point equals dense\n        it declares none\n';

function titleOf({ method: { name } }: MethodFile, point: PointSource | null): string {
  return point === null ? name : `${name}:${point.name}`;
}
