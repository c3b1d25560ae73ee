// `npm run models -- list`: every model with its points, where they come from and what they scored when they were made.
import { EXIT } from '../../core/errors.ts';
import { localModelsFolder } from '../../core/places.ts';
import type { Metrics } from '../../zoo/manifest.ts';
import type { ModelEntry, PointEntry } from '../../zoo/entry.ts';
import { loadZoo } from '../../zoo/zoo.ts';
import { percent } from '../../report/findings/format.ts';
import { JSON_FLAG, type Usage } from '../args.ts';
import { commandOf, jsonText } from '../command.ts';
import { MODEL_FLAG } from './chosen.ts';

const usage = {
  name: 'models list',
  summary:
    'Lists every model with its points, where they come from and what they scored when they were made.',
  flags: { ...MODEL_FLAG, ...JSON_FLAG },
} as const satisfies Usage;

export const list = commandOf(usage, ({ values }) => {
  const zoo = loadZoo();
  const models = values.model === undefined ? zoo.models : [zoo.model(values.model)];
  process.stdout.write(values.json === true ? jsonText(models) : models.map(modelText).join(''));
  return EXIT.ok;
});

function modelText(entry: ModelEntry): string {
  const { layers, hiddenSize, heads } = entry.config;
  const shape = `${layers} layers, ${hiddenSize} hidden, ${heads} heads, up to ${entry.maxPositions} tokens`;
  const origin = entry.origin === 'shipped' ? '' : `${entry.origin}; `;
  const answers = entry.answers ? `task ${entry.task}` : 'no accuracy';
  const lines = [
    `${entry.name}: ${origin}${shape}; ${answers}; ${entry.licence}`,
    `  from ${entry.base}`,
    `  ${'dense'.padEnd(22)}${metricsText(entry.metrics)}`,
    ...entry.points.map(pointText),
  ];
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function pointText({ method, name, metrics, file }: PointEntry): string {
  const local = file.path.startsWith(localModelsFolder()) ? 'local' : '';
  const text = [local, metricsText(metrics)].filter((part) => part !== '').join('; ');
  return `  ${`${method}:${name}`.padEnd(22)}${text}`;
}

function metricsText(metrics: Metrics): string {
  const dev = metrics['sst2-dev'];
  const parts = dev === undefined ? [] : [`SST-2 dev ${percent(dev.accuracy)} (n=${dev.n})`];
  if (dev?.flopsRatio !== undefined) parts.push(`${dev.flopsRatio.toFixed(2)}x fewer FLOPs`);
  if (metrics.heldOut !== undefined) {
    const { task, metric, value, n, flopsRatio } = metrics.heldOut;
    parts.push(
      `${metric} ${percent(value)} on held-out ${task} (n=${n}); ${flopsRatio.toFixed(2)}x fewer FLOPs`,
    );
  }
  const lengths = Object.entries(metrics.documents ?? {});
  if (lengths.length > 0) {
    parts.push(`documents ${lengths.map(([length, m]) => `${length}: ${percent(m.accuracy)}`).join(', ')}`);
  }
  return parts.join('; ');
}
