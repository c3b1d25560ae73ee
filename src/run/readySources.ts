// What a run of ready graphs is made from, in the place of the zoo: the files of its plan, as long as they are what the
// plan says, the tokenizer that was named, and the order of the graphs' outputs.
import { BenchError } from '../core/errors.ts';
import type { Variant } from '../core/schema/group.ts';
import { readGraphFile } from '../zoo/readyGraph.ts';
import { readyGraphOf, type ReadyGraphs } from '../plan/readyGraphs.ts';
import type { TaskData } from '../text/taskData.ts';
import type { BuiltGraph } from './workbench.ts';

/** @throws BenchError if the file is not what it was when the run was planned. */
export async function readyGraph(ready: ReadyGraphs, variant: Variant): Promise<BuiltGraph> {
  const { path, sha256 } = readyGraphOf(ready, variant);
  if ((await readGraphFile(path)).sha256 !== sha256) {
    throw new BenchError(`${path} has changed since the run began`, 'start a new run, or put the file back');
  }
  return { path, sha256, reading: ready.reading };
}

/** Label index of each output. @throws BenchError if the labels that were named are not the task's. */
export function outputLabelsOf({ labels }: ReadyGraphs, { task, kind, labelNames }: TaskData): number[] {
  if (kind === 'regression') return [0];
  if (labels === null) return labelNames.map((_, index) => index);
  const indices = labels.map((label) => labelNames.indexOf(label));
  if (indices.includes(-1) || labels.length !== labelNames.length || new Set(labels).size < labels.length) {
    throw new BenchError(
      `--graph-labels ${labels.join(',')} are not the labels of task ${task}`,
      `they are ${labelNames.join(',')}, in the order of the graphs' outputs`,
    );
  }
  return indices;
}
