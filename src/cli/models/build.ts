// `npm run models -- build`: writes the graphs of the zoo, which is else done when one is first used.
import { rmSync } from 'node:fs';
import { EXIT } from '../../core/errors.ts';
import { variantKey } from '../../core/keys.ts';
import { PROVIDERS } from '../../core/names.ts';
import { ensureGraph, graphFolder } from '../../zoo/graphCache.ts';
import { allVariants } from '../../zoo/variants.ts';
import { oneOf, type Usage } from '../args.ts';
import { commandOf } from '../command.ts';
import { chosenModels, MODEL_FLAG } from './chosen.ts';

const usage = {
  name: 'models build',
  summary: 'Writes every graph to .cache/graphs, which is otherwise done when a graph is first used.',
  flags: {
    ...MODEL_FLAG,
    provider: { type: 'string', value: 'NAME', help: `for ${PROVIDERS.join(', ')} (default cpu)` },
    fresh: { type: 'boolean', help: 'empty the graph cache first' },
  },
  notes: ['Geometries are large and made on first use: only --model builds one.'],
} as const satisfies Usage;

export const build = commandOf(usage, async ({ values }) => {
  const models = chosenModels(values.model);
  const provider = oneOf('provider', values.provider ?? 'cpu', PROVIDERS);
  if (values.fresh === true) rmSync(graphFolder(), { recursive: true, force: true });
  for (const entry of models) {
    for (const variant of allVariants(entry)) {
      const start = performance.now();
      const graph = await ensureGraph(entry, variant, { provider });
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      process.stdout.write(`${entry.name} ${variantKey(variant).padEnd(22)} ${seconds} s  ${graph.path}\n`);
    }
  }
  return EXIT.ok;
});
