// Published checkpoints give the published answers: random checkpoints in the official formats, imported as a person
// would import them, against the masked PyTorch references of train/official.py on 500 random batches each.
import { join } from 'node:path';
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { repoRoot } from '../../src/core/root.ts';
import type { MethodName } from '../../src/core/names.ts';
import { importModel } from '../../src/import/importModel.ts';
import { OFFICIAL_DEFAULTS, type OfficialOptions } from '../../src/import/official/options.ts';
import type { AttentionKernels } from '../../src/graphs/attention/kernels.ts';
import { METHOD } from '../../src/graphs/methods/index.ts';
import { openPoint } from '../../src/zoo/graphCache.ts';
import { CPU_KERNELS, CUDA_KERNELS, PLAIN_KERNELS, writeGraph } from '../../src/graphs/graphFiles.ts';
import { loadZoo } from '../../src/zoo/zoo.ts';
import { createSession } from '../../src/runtime/session.ts';
import { readSafetensors } from '../../src/weights/safetensors.ts';
import { freshFolder } from '../import/golden.ts';

const FOLDER = join(repoRoot(), 'test/golden/official');
const temporary = freshFolder();
const TOLERANCE = 1e-4;

interface Case {
  folder: string;
  method: MethodName;
  options: OfficialOptions;
  batches: number;
  /** Sequences that must lose [CLS] while other tokens stay, and lose everything, for the case to be worth its name. */
  headless: number;
  empty: number;
}

const CASES: Case[] = [
  {
    folder: 'ltp',
    method: 'ltp',
    options: OFFICIAL_DEFAULTS,
    batches: 500,
    headless: 800,
    empty: 200,
  },
  {
    ...{ folder: 'ltp-manual', method: 'threshold', batches: 100, headless: 100, empty: 25 },
    options: { ...OFFICIAL_DEFAULTS, checkpointLength: 48 },
  },
  {
    folder: 'ltp-topk',
    method: 'topk',
    options: OFFICIAL_DEFAULTS,
    batches: 500,
    headless: 800,
    empty: 200,
  },
  {
    folder: 'transkimmer-bert',
    method: 'transkimmer',
    options: OFFICIAL_DEFAULTS,
    batches: 500,
    headless: 0,
    empty: 0,
  },
  {
    folder: 'transkimmer-roberta',
    method: 'transkimmer',
    options: OFFICIAL_DEFAULTS,
    batches: 500,
    headless: 0,
    empty: 0,
  },
];

const OTHER_KERNELS: Record<string, AttentionKernels> = {
  'always looping over ragged batches': { ...CPU_KERNELS, loopAbove: 1, headsAbove: 2, flashAbove: 4 },
  'standard operators only': PLAIN_KERNELS,
  'one path with fused attention': CUDA_KERNELS,
};

for (const official of CASES) {
  describe(official.folder, () => {
    const answers = readCases(official);

    test(`the packed graph answers as the published masked code on ${official.batches} batches`, async () => {
      assert.equal(answers.batches.length, official.batches);
      const { source, point } = await imported(official);
      const run = await runner(source, official, point, CPU_KERNELS);
      for (const batch of answers.batches) compare(await run(batch), batch);
      await run.release();
    });

    test('and so with every way of attention', async () => {
      const { source, point } = await imported(official);
      for (const kernels of Object.values(OTHER_KERNELS)) {
        const run = await runner(source, official, point, kernels);
        for (const batch of answers.batches.filter((_, i) => i % 10 === 0)) compare(await run(batch), batch);
        await run.release();
      }
    });

    test('the cases hold what could go wrong', () => {
      const sequences = answers.batches.flatMap(({ sequences: own }) => own);
      const last = (values: number[]) => values.at(-1)!;
      const count = (wanted: (one: Sequence) => boolean) => sequences.filter(wanted).length;
      assert.ok(
        answers.batches.filter(({ sequences: { length } }) => length === 2).length >= official.batches / 10,
      );
      assert.ok(answers.batches.filter(ragged).length >= official.batches / 3);
      assert.ok(count(({ ids }) => ids.length === 1) >= official.batches / 10);
      assert.ok(
        count(({ ids, kept }) => last(kept) < ids.length) >= sequences.length / 2,
        'something is pruned',
      );
      assert.ok(count(({ clsAlive, kept }) => last(clsAlive) === 0 && last(kept) > 0) >= official.headless);
      assert.ok(count(({ kept }) => last(kept) === 0) >= official.empty);
      if (official.headless === 0) return;
      const lostAt = new Set(sequences.map(({ clsAlive }) => clsAlive.indexOf(0)));
      assert.ok(lostAt.size >= 3, 'CLS is lost in different layers, and sometimes not at all');
    });
  });
}

test('Transkimmer’s published softmaxes are equal where they can be, and only there', async () => {
  for (const official of CASES.filter(({ method }) => method === 'transkimmer')) {
    const { source, point } = await imported(official);
    const run = await runner(source, official, point, CPU_KERNELS);
    const gaps = { whole: [] as number[], skimmed: [] as number[], epsilon: [] as number[] };
    for (const batch of readCases(official).batches) {
      const { logits } = await run(batch);
      for (const [i, one] of batch.sequences.entries()) {
        const gap = (others: number[]) =>
          Math.max(...others.map((value, c) => Math.abs(value - logits[i]![c]!)));
        const whole = one.kept.every((kept) => kept === one.ids.length);
        (whole ? gaps.whole : gaps.skimmed).push(gap(one.published!));
        // Its epsilon goes to padding as well, so it is near only where nothing is padded either.
        if (whole && batch.sequences.length === 1) gaps.epsilon.push(gap(one.epsilon!));
      }
    }
    await run.release();
    assert.ok(gaps.whole.length >= 100 && gaps.skimmed.length >= 500);
    assert.ok(Math.max(...gaps.whole) < TOLERANCE);
    assert.ok(gaps.epsilon.length >= 10 && Math.max(...gaps.epsilon) < TOLERANCE);
    const far = gaps.skimmed.filter((gap) => gap > 100 * TOLERANCE).length;
    assert.ok(far > 0.9 * gaps.skimmed.length, `${far} of ${gaps.skimmed.length}`);
  }
});

interface Sequence {
  ids: number[];
  types: number[];
  /** After each layer. */
  kept: number[];
  clsAlive: number[];
  logits: number[];
  published?: number[];
  epsilon?: number[];
}
interface Batch {
  sequences: Sequence[];
}

function readCases({ folder }: Case): { batches: Batch[] } {
  const file = readSafetensors(join(FOLDER, folder, 'cases.safetensors'));
  const integers = (name: string) => [...file.int32(name).data];
  const lengths = integers('lengths');
  const layers = file.shape('kept')[1]!;
  const [ids, types, kept, alive] = ['ids', 'types', 'kept', 'cls_alive'].map(integers) as [
    number[],
    number[],
    number[],
    number[],
  ];
  const floats = (name: string) => (file.has(name) ? [...file.tensor(name).data] : undefined);
  const [logits, published, epsilon] = ['logits', 'published', 'epsilon'].map(floats);
  let at = 0;
  const sequences = lengths.map((length, i): Sequence => {
    const tokens = (values: number[]) => values.slice(at, at + length);
    const row = (values: number[], width: number) => values.slice(i * width, (i + 1) * width);
    const one = {
      ...{ ids: tokens(ids), types: tokens(types), kept: row(kept, layers), clsAlive: row(alive, layers) },
      logits: row(logits!, 2),
      ...(published === undefined ? {} : { published: row(published, 2), epsilon: row(epsilon!, 2) }),
    };
    at += length;
    return one;
  });
  assert.equal(at, ids.length);
  let first = 0;
  const batches = integers('sizes').map((size) => ({ sequences: sequences.slice(first, (first += size)) }));
  assert.equal(first, sequences.length);
  return { batches };
}

const known = new Map<string, ReturnType<typeof importNow>>();

/** Imported once a case, by the importer that people use. */
function imported(official: Case): ReturnType<typeof importNow> {
  const found = known.get(official.folder) ?? importNow(official);
  known.set(official.folder, found);
  return found;
}

async function importNow({ folder, method, options }: Case) {
  const name = folder;
  const local = join(temporary, 'models');
  const directory = join(FOLDER, folder);
  await importModel({
    ...{ directory, name, task: null, licence: null, force: false, withoutHead: false },
    ...{ official: options, local },
  });
  const entry = loadZoo(undefined, local).model(name);
  const [point] = entry.points;
  assert.deepEqual([entry.points.length, point?.name, point?.method], [1, 'official', method]);
  const base = readSafetensors(entry.weights.path);
  const source = { name, config: entry.config, base, baseSha256: entry.weights.sha256 };
  const { file } = point!;
  return { source, point: { name: 'official', file: openPoint(entry, file), sha256: file.sha256 } };
}

type Imported = Awaited<ReturnType<typeof importNow>>;

async function runner(
  source: Imported['source'],
  { method }: Case,
  point: Imported['point'],
  kernels: AttentionKernels,
) {
  const options = { kernels, lastHiddenState: false, strengthInput: false };
  const graph = await writeGraph(join(temporary, 'graphs'), source, METHOD[method], point, options);
  const session = await createSession(graph, { provider: 'cpu', threads: 1 });
  const run = async ({ sequences }: Batch) => {
    const length = Math.max(...sequences.map(({ ids }) => ids.length));
    const rectangle = (value: (one: Sequence, place: number) => number) =>
      BigInt64Array.from(
        sequences.flatMap((one) => Array.from({ length }, (_, place) => BigInt(value(one, place)))),
      );
    const output = await session.run(
      session.prepare({
        inputIds: rectangle(({ ids }, place) => ids[place] ?? 0),
        attentionMask: rectangle(({ ids }, place) => (place < ids.length ? 1 : 0)),
        tokenTypeIds: rectangle(({ types }, place) => types[place] ?? 0),
        batch: sequences.length,
        length,
      }),
    );
    const { batch, layers, classes } = output;
    const bySequence = (values: BigInt64Array | undefined, i: number) =>
      Array.from({ length: layers }, (_, layer) => Number(values?.[layer * batch + i] ?? 0));
    return {
      logits: sequences.map((_, i) => [...output.logits.slice(i * classes, (i + 1) * classes)]),
      kept: sequences.map((_, i) => bySequence(output.keptTokens, i)),
      orphans: sequences.map((_, i) => bySequence(output.orphans, i)),
    };
  };
  return Object.assign(run, { release: () => session.release() });
}

function compare(
  answer: { logits: number[][]; kept: number[][]; orphans: number[][] },
  { sequences }: Batch,
): void {
  for (const [i, one] of sequences.entries()) {
    assert.deepEqual(answer.kept[i], one.kept);
    assert.deepEqual(
      answer.orphans[i],
      one.clsAlive.map((alive) => 1 - alive),
    );
    for (const [c, logit] of one.logits.entries()) {
      const difference = Math.abs(answer.logits[i]![c]! - logit);
      assert.ok(difference <= TOLERANCE, `logit ${answer.logits[i]![c]!} is not ${logit}`);
    }
  }
}

function ragged({ sequences }: Batch): boolean {
  return new Set(sequences.map(({ ids }) => ids.length)).size > 1;
}
