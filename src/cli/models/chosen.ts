// Which models a sub-command is about: the one that --model names, or those that are not made on first use.
import type { ModelEntry } from '../../zoo/entry.ts';
import { loadZoo } from '../../zoo/zoo.ts';
import type { Flags } from '../args.ts';

export const MODEL_FLAG = {
  model: { type: 'string', value: 'NAME', help: 'only this model' },
} as const satisfies Flags;

/** Geometries are large and made on first use: only what names them makes them. */
export function chosenModels(name: string | undefined): readonly ModelEntry[] {
  const zoo = loadZoo();
  return name === undefined ? zoo.models.filter(({ origin }) => origin !== 'geometry') : [zoo.model(name)];
}
