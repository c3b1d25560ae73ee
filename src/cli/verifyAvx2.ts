// `npm run verify:avx2`: whether the zoo computes the same on a processor with AVX2 and no AVX-512, a Haswell, as here.
// It says nothing about speed. docs/haswell.md has what it proves and how to read it.
import { availableParallelism } from 'node:os';
import { BenchError, EXIT } from '../core/errors.ts';
import { METHODS } from '../core/names.ts';
import { notice } from '../core/notices.ts';
import { ISA_LABELS } from '../machine/isa.ts';
import { TEXTS } from '../verify/avx2/texts.ts';
import type { LocatedFlip, VariantVerdict } from '../verify/avx2/verdict.ts';
import { loadZoo } from '../zoo/zoo.ts';
import { check, type Check } from '../verify/avx2/check.ts';
import { EMULATOR, type SeenProcessor } from '../verify/avx2/emulator.ts';
import { JSON_FLAG, oneOf, wholeNumber, type Parsed } from './args.ts';
import { commandOf, jsonText } from './command.ts';
import { interruptedCode, onInterrupt } from './interrupt.ts';

const usage = {
  name: 'verify:avx2',
  summary:
    'Checks that a processor with AVX2 only (Haswell) computes what this machine computes; needs qemu-user.',
  flags: {
    model: { type: 'string', value: 'NAME', help: 'the model (default: the first that ships)' },
    methods: { type: 'string', value: 'LIST', help: `${METHODS.join(', ')} (default: all)` },
    texts: {
      type: 'string',
      value: 'N',
      help: `how many texts to run (default ${TEXTS}, which takes minutes)`,
    },
    ...JSON_FLAG,
    jobs: { type: 'string', value: 'N', help: 'emulated processes at a time (default 2)' },
    qemu: { type: 'string', value: 'PATH', help: `the emulator (default ${EMULATOR})` },
    cpu: { type: 'string', value: 'MODEL', help: "qemu's name for the processor (default Haswell)" },
  },
  notes: [
    'Says nothing about speed. docs/haswell.md explains what is proved and how to read the result.',
    'Exit code: 0 the same results; 1 logits differ by more than the tolerance, or one processor kept a token that the other removed although its score was not on the line; 2 wrong usage, no emulator (apt-get install qemu-user), or one without AVX2; 130 interrupted with Ctrl-C.',
  ],
} as const;

async function run({ values }: Parsed<typeof usage.flags>): Promise<number> {
  const zoo = loadZoo();
  const entry = values.model === undefined ? zoo.models[0] : zoo.model(values.model);
  if (entry === undefined) throw new BenchError('the zoo has no model', 'npm run models -- import DIR');
  const signal = onInterrupt('interrupted: nothing is kept');
  const done = await check({
    entry,
    methods: values.methods?.split(',').map((name) => oneOf('methods', name.trim(), METHODS)) ?? null,
    texts: wholeNumber('texts', values.texts ?? String(TEXTS), 1),
    qemu: values.qemu ?? EMULATOR,
    cpu: values.cpu ?? 'Haswell',
    jobs: wholeNumber('jobs', values.jobs ?? String(Math.min(2, availableParallelism())), 1),
    signal,
    onProgress: (line) => notice(line),
  });
  if (signal.aborted) return interruptedCode(signal);
  process.stdout.write(values.json === true ? jsonText(done) : describe(done));
  return done.ok ? EXIT.ok : EXIT.failedCells;
}

function describe(done: Check): string {
  const { native, emulated, emulator, tolerances } = done;
  const lines = [
    `${done.model}, ONNX Runtime ${done.onnxruntime}, ${done.batches.flat().length} texts in ${done.batches.length} batches (tokens: ${done.batches.map((batch) => batch.join('+')).join(' ')})`,
    `native    ${native.brand}: ${ISA_LABELS[native.isa]} kernels; seen ${seen(native)}`,
    `emulated  ${emulator.version}, -cpu ${emulator.cpu}: ${ISA_LABELS[emulated.isa]} kernels; seen ${seen(emulated)}`,
    ...(done.sameKernels
      ? [
          'This machine takes the same kernels: like is compared with like, and little is shown but that they work.',
        ]
      : []),
    `tolerance  logits ${power(tolerances.logit)}, scores ${power(tolerances.score)}, a flip ${power(tolerances.flip)} from its line`,
    '',
    ...done.variants.flatMap((verdict) => [verdictLine(verdict), ...verdict.flips.map(flipLine)]),
    '',
    `${done.ok ? 'The AVX2 path is right' : 'NOT the same'}: ${done.variants.filter(({ ok }) => ok).length} of ${done.variants.length} variants, ${Math.round(done.seconds)} s`,
  ];
  return `${lines.join('\n')}\n`;
}

function seen({ flags, family, model, complete }: SeenProcessor): string {
  const name = family === null || model === null ? '' : `, family ${family} model ${model}`;
  return `${flags.join(' ') || 'none of avx, fma, avx2'}${name}${complete ? '' : ', AVX-512 not asked for'}`;
}

function verdictLine(verdict: VariantVerdict): string {
  const head = `${verdict.ok ? 'ok  ' : 'FAIL'} ${verdict.id.padEnd(16)}`;
  if (verdict.texts === 0) return `${head} ${verdict.reason ?? ''}`;
  const { decisions, nearTheLine, flips, unexplainedFlips } = verdict;
  const logits =
    verdict.logitDifference === null
      ? 'no text without a flip'
      : `logits within ${power(verdict.logitDifference)}`;
  const parts = [
    `${verdict.texts} texts`,
    `${logits} (${verdict.logitsOfSameBits} of ${verdict.logits} to the bit)`,
    ...(decisions === 0
      ? []
      : [
          `scores within ${power(verdict.scoreDifference)}`,
          `${decisions} decisions, ${nearTheLine} on the line, ${flips.length} flipped (${unexplainedFlips} unexplained)`,
        ]),
    ...(verdict.otherAnswers === 0 ? [] : [`${verdict.otherAnswers} other answers`]),
    ...(verdict.reason === null ? [] : [verdict.reason]),
  ];
  return `${head} ${parts.join('; ')}`;
}

function flipLine({ batch, text, layer, token, keptNatively, distances, explained }: LocatedFlip): string {
  const [native, emulated] = distances.map(power);
  const fate = keptNatively ? 'kept here, removed there' : 'removed here, kept there';
  return `       batch ${batch} text ${text} layer ${layer} token ${token}: ${fate}; from the line ${native ?? ''} and ${emulated ?? ''}: ${explained ? 'rounding' : 'NOT rounding'}`;
}

function power(value: number): string {
  return value === 0 ? '0' : value.toExponential(1);
}

export const command = commandOf(usage, run);
