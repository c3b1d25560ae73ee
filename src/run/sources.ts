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
import { headOf, modelLabels } from './labelling.ts';
import { zooOfPlan } from './methodFiles.ts';
import { readyGraph } from './readySources.ts';
import type { Sources } from './workbench.ts';

export interface SourceOptions {
  readonly zoo: Zoo;
  readonly dataDir: string | null;
  /** Set for a plan whose task is a file. */
  readonly taskFile?: TaskFile | undefined;
  /** Set for a plan of ready graphs. */
  readonly graphs?: ReadyGraphs | undefined;
  /** What the plan's models call their outputs: labels in a file, whatever they look like. */
  readonly modelLabels?: readonly string[];
  readonly versions: Machine['versions'];
}

export function makeSources(options: SourceOptions): Sources {
  const { zoo, dataDir, taskFile, graphs, modelLabels, versions } = options;
  const tokenizers = new Map<string, Tokenizer>();
  const tasks = new Map<string, TaskData>();
  const taskData = (task: string): TaskData =>
    once(tasks, task, () => loadTask(task === taskFile?.name ? taskFile : task, dataDir, modelLabels));
  return {
    versions: { onnxruntime: versions.onnxruntime },
    code: codeHash(),
    tokenizer: (model) =>
      once(tokenizers, model, () => {
        if (graphs?.model === model) return loadTokenizer(graphs.tokenizer.dir);
        return tokenizerOf(zoo.model(model));
      }),
    taskData,
    flopsModel: ({ model, provider }, variant) =>
      graphs === undefined ? zooFlopsModel(zoo.model(model), variant, provider) : null,
    outputLabels: ({ model, task }) => outputLabels(zoo, graphs, model, taskData(task)),
    graph: ({ model, provider, seqLen }, variant) =>
      graphs === undefined
        ? ensureGraph(zoo.model(model), variant, { provider, seqLen })
        : readyGraph(graphs, variant),
  };
}

/** Of a run of this machine's zoo. */
export async function sourcesOf(plan: Plan, { versions }: Pick<Machine, 'versions'>): Promise<Sources> {
  const { dataDir, taskFile, graphs } = plan;
  const zoo = await zooOfPlan(loadZoo(), plan);
  const about = { taskFile, graphs, modelLabels: modelLabels(zoo, plan) };
  return makeSources({ zoo, dataDir, ...about, versions });
}

/** Undefined where every output means the label of its index. */
function outputLabels(
  zoo: Zoo,
  graphs: ReadyGraphs | undefined,
  model: string,
  task: TaskData,
): number[] | undefined {
  const head = headOf(zoo, { graphs }, model, task);
  if (head === undefined) return undefined;
  const found = alignLabels(head, task).outputLabels;
  // A graph has as many outputs as it has; that they are those of the task is seen when it answers.
  if (graphs !== undefined) return [...found];
  return found.every((label, output) => label === output) ? undefined : [...found];
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
