// `npm run models`: what is in the zoo, building its graphs, and checking that files and graphs are what they claim.
import { rmSync } from 'node:fs';
import { EXIT, BenchError } from '../core/errors.ts';
import { variantKey } from '../core/keys.ts';
import { PROVIDERS, type ProviderName } from '../core/names.ts';
import { checkFile, ensureGraph, graphFolder } from '../models/graphCache.ts';
import type { Metrics } from '../models/manifest.ts';
import { allVariants, loadZoo, type ModelEntry } from '../models/zoo.ts';
import { verifyVariant } from '../measure/verify.ts';
import { oneOf, type Parsed } from './args.ts';
import { commandOf } from './command.ts';

const usage = {
  name: 'models',
  summary: 'List, build and verify the zoo.',
  operands: 'list | build | verify',
  flags: {
    model: { type: 'string', value: 'NAME', help: 'only this model' },
    provider: { type: 'string', value: 'NAME', help: `build: for ${PROVIDERS.join(', ')}; default cpu` },
    fresh: { type: 'boolean', help: 'build: remove the graph cache first' },
    json: { type: 'boolean', help: 'list: as JSON' },
  },
  notes: [
    'list    models, points and their accuracy as trained',
    'build   writes every graph to .cache/graphs (done on first use anyway)',
    'verify  checks sha256 of every file and runs every graph on the recorded sentences',
  ],
} as const;

async function run({ values, operands }: Parsed<typeof usage.flags>): Promise<number> {
  const [verb = 'list', ...rest] = operands;
  if (rest.length > 0) throw new BenchError(`models: nothing may stand behind ${verb}: ${rest.join(' ')}`);
  const zoo = loadZoo();
  const models = values.model === undefined ? zoo.models : [zoo.model(values.model)];
  if (verb === 'list') return list(models, values.json === true);
  if (verb === 'build') {
    const provider = oneOf('provider', values.provider ?? 'cpu', PROVIDERS);
    return build(models, provider, values.fresh === true);
  }
  if (verb === 'verify') return verify(models);
  throw new BenchError(`models: unknown verb "${verb}"`, 'legal: list, build, verify');
}

function list(models: readonly ModelEntry[], json: boolean): number {
  if (json) {
    process.stdout.write(`${JSON.stringify(models, null, 2)}\n`);
    return EXIT.ok;
  }
  for (const entry of models) {
    const { layers, hiddenSize, heads } = entry.config;
    process.stdout.write(
      `${entry.name}: ${layers} layers, ${hiddenSize} hidden, ${heads} heads, up to ${entry.maxPositions} tokens; task ${entry.task}; ${entry.licence}\n` +
        `  from ${entry.base}\n`,
    );
    process.stdout.write(`  ${'dense'.padEnd(22)}${metricsText(entry.metrics)}\n`);
    for (const point of entry.points) {
      process.stdout.write(`  ${`${point.method}:${point.name}`.padEnd(22)}${metricsText(point.metrics)}\n`);
    }
  }
  return EXIT.ok;
}

function metricsText(metrics: Metrics): string {
  const dev = metrics['sst2-dev'];
  const parts = dev === undefined ? [] : [`SST-2 dev ${percent(dev.accuracy)} (n=${dev.n})`];
  if (dev?.flopsRatio !== undefined) parts.push(`${dev.flopsRatio.toFixed(2)}x fewer FLOPs`);
  const lengths = Object.entries(metrics.documents ?? {});
  if (lengths.length > 0) {
    parts.push(`documents ${lengths.map(([length, m]) => `${length}: ${percent(m.accuracy)}`).join(', ')}`);
  }
  return parts.join('; ');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

async function build(models: readonly ModelEntry[], provider: ProviderName, fresh: boolean): Promise<number> {
  if (fresh) rmSync(graphFolder(), { recursive: true, force: true });
  for (const entry of models) {
    for (const variant of allVariants(entry)) {
      const start = performance.now();
      const graph = await ensureGraph(entry, variant, { provider });
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      process.stdout.write(`${entry.name} ${variantKey(variant).padEnd(22)} ${seconds} s  ${graph.path}\n`);
    }
  }
  return EXIT.ok;
}

async function verify(models: readonly ModelEntry[]): Promise<number> {
  for (const entry of models) {
    for (const file of [...entry.files, ...entry.points.map((point) => point.file)]) checkFile(file);
    process.stdout.write(`${entry.name}: all files match the manifest\n`);
    for (const variant of allVariants(entry)) {
      const result = await verifyVariant(entry, variant);
      const text =
        result === null
          ? 'no record to compare with'
          : `${result.texts} texts equal PyTorch (kept tokens equal, logits within ${result.largestDifference.toExponential(1)})`;
      process.stdout.write(`${entry.name} ${variantKey(variant).padEnd(22)} ${text}\n`);
    }
  }
  return EXIT.ok;
}

export const command = commandOf(usage, run);
