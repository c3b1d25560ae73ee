// `npm run models`: what is in the zoo, taking models into it, building graphs, and checking that files and graphs are
// what they claim.
import { rmSync } from 'node:fs';
import { EXIT, BenchError } from '../core/errors.ts';
import { variantKey } from '../core/keys.ts';
import { PROVIDERS, type ProviderName } from '../core/names.ts';
import { checkFile, ensureGraph, graphFolder } from '../zoo/graphCache.ts';
import { ARCHITECTURES } from '../import/architectures.ts';
import { allVariants, loadZoo, type ModelEntry } from '../zoo/zoo.ts';
import { TASKS } from '../text/dataset.ts';
import { verifyVariant } from '../verify/goldens.ts';
import { oneOf, type Parsed } from './args.ts';
import { commandOf } from './command.ts';
import { calibrateGeometries, checkGeometry } from './models/geometry.ts';
import { importDirectory } from './models/import.ts';
import { list } from './models/list.ts';
import { OFFICIAL_FLAGS } from './models/officialFlags.ts';
import { remove } from './models/remove.ts';

const usage = {
  name: 'models',
  summary: 'List, import, build and verify models.',
  operands: 'list | import DIR | remove NAME | build | verify | calibrate-geometry',
  flags: {
    model: { type: 'string', value: 'NAME', help: 'list, build, verify: only this model' },
    json: { type: 'boolean', help: 'list: as JSON' },
    name: { type: 'string', value: 'NAME', help: 'import: what to call it; default: as the folder' },
    task: { type: 'string', value: 'TASK', help: `import: the task it answers: ${TASKS.join(', ')}` },
    licence: { type: 'string', value: 'TEXT', help: 'import: its licence; default: as its model card says' },
    head: {
      type: 'string',
      value: 'HEAD',
      help: 'import: "none" takes the encoder of another kind of model',
    },
    ...OFFICIAL_FLAGS,
    force: { type: 'boolean', help: 'import: replace a model of that name' },
    point: { type: 'string', value: 'METHOD:NAME', help: 'remove: only this local point of the model' },
    provider: { type: 'string', value: 'NAME', help: `build: for ${PROVIDERS.join(', ')}; default cpu` },
    fresh: { type: 'boolean', help: 'build: remove the graph cache first' },
  },
  notes: [
    'list    models, points and their accuracy as trained',
    'import  a Hugging Face folder (config.json, model.safetensors, tokenizer) as a model of this machine:',
    `        ${ARCHITECTURES.map(({ name }) => name).join(', ')}; sequence classification and regression`,
    'remove  a model that was imported, with its points',
    'build   writes every graph to .cache/graphs (done on first use anyway)',
    'verify  checks sha256 of every file and runs every graph on the recorded sentences',
    '        (build and verify: not of geometries, unless --model names one)',
    'calibrate-geometry  makes random weights and points anew and records them in models/geometry.json',
  ],
} as const;

const VERBS = ['list', 'import', 'remove', 'build', 'verify', 'calibrate-geometry'] as const;

async function run({ values, operands }: Parsed<typeof usage.flags>): Promise<number> {
  const [verb = 'list', ...rest] = operands;
  const known = VERBS.find((one) => one === verb);
  if (known === undefined)
    throw new BenchError(`models: unknown verb "${verb}"`, `legal: ${VERBS.join(', ')}`);
  const takes = known === 'import' || known === 'remove' ? 1 : 0;
  if (rest.length > takes) {
    throw new BenchError(
      `models: nothing may stand behind ${operands.slice(0, takes + 1).join(' ')}: ${rest.slice(takes).join(' ')}`,
    );
  }
  if (known === 'import') return importDirectory(rest[0], values);
  if (known === 'remove') return remove(rest[0], values.point);
  const zoo = loadZoo();
  if (known === 'calibrate-geometry') return calibrateGeometries(values.model);
  const models = values.model === undefined ? listed(zoo.models, known) : [zoo.model(values.model)];
  if (known === 'list') return list(models, values.json === true);
  if (known === 'verify') return verify(models);
  return build(models, oneOf('provider', values.provider ?? 'cpu', PROVIDERS), values.fresh === true);
}

/** Geometries are large and made on first use: only what names them makes them. */
function listed(models: readonly ModelEntry[], verb: string): readonly ModelEntry[] {
  return verb === 'list' ? models : models.filter(({ origin }) => origin !== 'geometry');
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
    if (entry.origin === 'geometry') {
      await checkGeometry(entry);
      continue;
    }
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
