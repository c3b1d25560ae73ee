// A fixed part of a task's examples, where all of them would take too long.
import { createRandom } from '../core/random.ts';
import type { TaskData } from './taskData.ts';

/** At most `count` examples, drawn by the seed, in the order of the file. */
export function sampleTask(task: TaskData, count: number, seed: number | string): TaskData {
  const { sentences } = task;
  if (sentences.length <= count) return task;
  const drawn = createRandom(`sample/${task.task}/${seed}`)
    .shuffle([...sentences.keys()])
    .slice(0, count)
    .sort((a, b) => a - b);
  return { ...task, sentences: drawn.flatMap((index) => sentences[index] ?? []) };
}
