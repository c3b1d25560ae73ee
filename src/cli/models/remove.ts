// `npm run models -- remove NAME`: forgets a model of this machine with its points and graphs, or one local point.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, BenchError } from '../../core/errors.ts';
import { METHODS } from '../../core/names.ts';
import { localModelsFolder } from '../../core/places.ts';
import { graphFolder } from '../../zoo/graphCache.ts';
import { removeModel, removePoint } from '../../zoo/localZoo.ts';
import { oneOf, type Usage } from '../args.ts';
import { commandOf } from '../command.ts';

const usage = {
  name: 'models remove',
  summary: 'Removes a model that was imported, with its points and its graphs; or one point of this machine.',
  operands: 'NAME',
  flags: {
    point: { type: 'string', value: 'METHOD:NAME', help: 'remove only this point of the model' },
  },
  examples: ['models -- remove my-model', 'models -- remove minilm-l6 --point topk:free-x2'],
} as const satisfies Usage;

/** The zoo is not opened: a model whose files are damaged can be removed, too. */
export const remove = commandOf(usage, ({ values: { point }, operands: [name, ...more] }) => {
  if (name === undefined || more.length > 0) {
    throw new BenchError(
      `models remove takes one model, not ${name === undefined ? 0 : more.length + 1}`,
      'npm run models -- remove NAME',
    );
  }
  if (point !== undefined) return forgetPoint(name, point);
  const points = removeModel(name);
  if (points === null) {
    throw new BenchError(
      `${localModelsFolder()} has no model "${name}"`,
      'only imported models can be removed; `npm run models -- list` shows them',
    );
  }
  const graphs = removeGraphs(name);
  process.stdout.write(`${name}: removed, with ${points} points and ${graphs} files of the graph cache\n`);
  return EXIT.ok;
});

function forgetPoint(model: string, text: string): number {
  const [, named, name] = /^([^:]+):(.+)$/.exec(text) ?? [];
  if (named === undefined || name === undefined)
    throw new BenchError(`--point: "${text}" is not METHOD:NAME`, '--point topk:free-x2');
  const method = oneOf('point', named, METHODS);
  if (!removePoint({ model, method, name })) {
    throw new BenchError(`no local point ${text} of "${model}"`, '`npm run models -- list` shows them');
  }
  process.stdout.write(`${model} ${text}: removed\n`);
  return EXIT.ok;
}

/** `<model>.<method>…<hash>.onnx` and `<model>.<hash>.weights`, with or without a point's name. */
function removeGraphs(model: string): number {
  const folder = graphFolder();
  if (!existsSync(folder)) return 0;
  const method = METHODS.join('|');
  const own = new RegExp(`^(?:(?:${method})\\..*[0-9a-f]{12}\\.onnx|(?:.*\\.)?[0-9a-f]{12}\\.weights)$`);
  const files = readdirSync(folder).filter(
    (file) => file.startsWith(`${model}.`) && own.test(file.slice(model.length + 1)),
  );
  for (const file of files) rmSync(join(folder, file), { force: true });
  return files.length;
}
