// What a run of ready graphs is made from, in the place of the zoo: the files of its plan, as long as they are what the
// plan says, the tokenizer that was named, and what the outputs mean.
import { BenchError } from '../core/errors.ts';
import type { Variant } from '../core/schema/group.ts';
import { readGraphFile } from '../zoo/readyGraph.ts';
import { readyGraphOf, type ReadyGraphs } from '../plan/readyGraphs.ts';
import type { TaskData } from '../text/taskData.ts';
import { outputNumbers, type ModelHead } from '../text/tasks/align.ts';
import { recognise } from '../text/tasks/labelIdentity.ts';
import type { BuiltGraph } from './workbench.ts';

/** @throws BenchError if the file is not what it was when the run was planned. */
export async function readyGraph(ready: ReadyGraphs, variant: Variant): Promise<BuiltGraph> {
  const { path, sha256 } = readyGraphOf(ready, variant);
  if ((await readGraphFile(path)).sha256 !== sha256) {
    throw new BenchError(`${path} has changed since the run began`, 'start a new run, or put the file back');
  }
  return { path, sha256, reading: ready.reading };
}

/** A larger number is a label that has another meaning. */
const MOST_OUTPUTS = 1000;

/**
 * The graphs' outputs as those of a model: what they mean is what --graph-labels says, and nothing elsewhere.
 * @throws BenchError if the labels that were named are not the task's.
 */
export function headOfGraphs({ model, labels }: ReadyGraphs, task: TaskData): ModelHead {
  const head = { name: model, problem: task.kind, ofGraphs: true } as const;
  if (task.kind === 'regression') return { ...head, labels: ['value'] };
  if (labels === null) {
    // Labels that are numbers are numbers of outputs; there are at least as many as the largest says.
    const numbers = task.file?.labelsGiven === true ? null : outputNumbers(task.labelNames, MOST_OUTPUTS);
    const outputs = numbers === null ? task.labelNames.length : Math.max(...numbers) + 1;
    return { ...head, labels: Array.from({ length: outputs }, (_, index) => `LABEL_${index}`) };
  }
  if (recognise(task.labelNames, labels).places.includes(-1)) {
    throw new BenchError(
      `--graph-labels ${labels.join(',')} are not the labels of task ${task.task}`,
      `they are ${task.labelNames.join(',')}, in the order of the graphs' outputs`,
    );
  }
  return { ...head, labels };
}
