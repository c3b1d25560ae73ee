// Where a run's models and texts come from: the zoo or ready graphs, their tokenizers and the data sets, each read once.
import type { Machine } from '../core/schema/machine.ts';
import type { TaskFile } from '../core/schema/taskFile.ts';
import { ensureGraph } from '../zoo/graphCache.ts';
import { zooFlopsModel } from '../zoo/pointRule.ts';
import { tokenizerOf } from '../zoo/tokenizerOf.ts';
import { untrainedVariants } from '../zoo/variants.ts';
import { loadZoo, type Zoo } from '../zoo/zoo.ts';
import type { Catalogue } from '../plan/catalogue.ts';
import type { Plan } from '../plan/plan.ts';
import type { ReadyGraphs } from '../plan/readyGraphs.ts';
import { loadTask } from '../text/dataset.ts';
import type { TaskData } from '../text/taskData.ts';
import { alignLabels } from '../text/tasks/align.ts';
import { loadTokenizer, type Tokenizer } from '../text/tokenizer.ts';
import { codeHash } from './codeHash.ts';
import { zooOfPlan } from './methodFiles.ts';
import { outputLabelsOf, readyGraph } from './readySources.ts';
import type { Sources } from './workbench.ts';

export interface SourceOptions {
  readonly zoo: Zoo;
  readonly dataDir: string | null;
  /** Set for a plan whose task is a file. */
  readonly taskFile?: TaskFile | undefined;
  /** Set for a plan of ready graphs. */
  readonly graphs?: ReadyGraphs | undefined;
  readonly versions: Machine['versions'];
}

export function makeSources({ zoo, dataDir, taskFile, graphs, versions }: SourceOptions): Sources {
  const tokenizers = new Map<string, Tokenizer>();
  const tasks = new Map<string, TaskData>();
  const taskData = (task: string): TaskData =>
    once(tasks, task, () => loadTask(task === taskFile?.name ? taskFile : task, dataDir));
  const own: Pick<Sources, 'graph' | 'flopsModel' | 'outputLabels'> = {
    flopsModel: ({ model, provider }, variant) => zooFlopsModel(zoo.model(model), variant, provider),
    outputLabels: ({ model, task }) => outputLabels(zoo, model, taskData(task)),
    graph: ({ model, provider, seqLen }, variant) =>
      ensureGraph(zoo.model(model), variant, { provider, seqLen }),
  };
  return {
    versions: { onnxruntime: versions.onnxruntime },
    code: codeHash(),
    tokenizer: (model) =>
      once(tokenizers, model, () => {
        if (graphs?.model === model) return loadTokenizer(graphs.tokenizer.dir);
        return tokenizerOf(zoo.model(model));
      }),
    taskData,
    ...(graphs === undefined ? own : readySource(graphs, taskData)),
  };
}

/** Of a run of this machine's zoo. */
export async function sourcesOf(plan: Plan, { versions }: Pick<Machine, 'versions'>): Promise<Sources> {
  const { dataDir, taskFile, graphs } = plan;
  const zoo = await zooOfPlan(loadZoo(), plan);
  return makeSources({ zoo, dataDir, taskFile, graphs, versions });
}

/** Undefined where every output means the label of its index. */
function outputLabels(zoo: Zoo, model: string, task: TaskData): number[] | undefined {
  const { name, config, answers } = zoo.model(model);
  if (!answers) return undefined;
  const found = alignLabels({ name, ...config }, task).outputLabels;
  return found.every((label, output) => label === output) ? undefined : [...found];
}

function readySource(
  graphs: ReadyGraphs,
  taskData: Sources['taskData'],
): Pick<Sources, 'graph' | 'flopsModel' | 'outputLabels'> {
  return {
    flopsModel: () => null,
    graph: (_, variant) => readyGraph(graphs, variant),
    outputLabels: ({ task }) => outputLabelsOf(graphs, taskData(task)),
  };
}

export function catalogueOf(zoo: Zoo): Catalogue {
  return zoo.models.map((entry) => {
    const { name, origin, answers, maxPositions } = entry;
    const silence = origin === 'geometry' ? 'random weights' : 'no trained head';
    const untrained = untrainedVariants(entry).map(({ method, point }) => ({ method, name: point }));
    const points = [...entry.points, ...untrained];
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
