// Where a run's models and texts come from: the zoo, its tokenizers and the data sets, each read once.
import type { Machine } from '../core/schema.ts';
import { ensureGraph } from '../models/graphCache.ts';
import type { Zoo } from '../models/zoo.ts';
import type { Catalogue } from '../plan/catalogue.ts';
import { loadTask, type TaskData } from '../text/dataset.ts';
import { loadTokenizer, type Tokenizer } from '../text/tokenizer.ts';
import { codeHash } from './codeHash.ts';
import type { Sources } from './workbench.ts';

export interface SourceOptions {
  readonly zoo: Zoo;
  /** Folder of the zoo if it is not the repository's own. */
  readonly modelsDir: string | null;
  readonly dataDir: string | null;
  readonly versions: Machine['versions'];
}

export function makeSources({ zoo, modelsDir, dataDir, versions }: SourceOptions): Sources {
  const tokenizers = new Map<string, Tokenizer>();
  const tasks = new Map<string, TaskData>();
  return {
    modelsDir,
    versions: { onnxruntime: versions.onnxruntime },
    code: codeHash(),
    tokenizer: (model) =>
      once(tokenizers, model, () => {
        const { tokenizerDir, config } = zoo.model(model);
        return loadTokenizer(tokenizerDir, config.tokenTypes);
      }),
    taskData: (task) => once(tasks, task, () => loadTask(task, dataDir)),
    graph: (group, variant) => ensureGraph(zoo.model(group.model), variant, { provider: group.provider }),
  };
}

export function catalogueOf(zoo: Zoo): Catalogue {
  return zoo.models.map(({ name, origin, answers, maxPositions, points }) => {
    const silence = origin === 'geometry' ? 'random weights' : 'no trained head';
    return { name, origin, maxPositions, points, noAccuracy: answers ? null : silence };
  });
}

function once<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}
