// Which examples are for choosing something (calibration) and which for judging it (evaluation). A task with a training
// file calibrates on that and is judged on all of its evaluation file; without one, the evaluation file is parted in
// two fixed halves by a hash of each text, so that a text is in the same half whatever the file's order and size.
import { createHash } from 'node:crypto';
import type { Sentence, TaskData } from '../taskData.ts';

/** `train`: to calibrate on. `dev`: held out from that. */
export type Split = 'train' | 'dev';

/** The half of a task that has one file only. */
export function halfOf(task: TaskData, split: Split): TaskData {
  const own = (text: string, pair = ''): boolean => (bitOf(text, pair) === 0) === (split === 'train');
  return {
    ...task,
    source: `${task.source}, ${split === 'train' ? 'calibration' : 'held-out'} half`,
    sentences: task.sentences.filter(({ text, pair }: Sentence) => own(text, pair)),
    neutral: task.neutral.filter((text) => own(text)),
  };
}

function bitOf(text: string, pair: string): number {
  const [first = 0] = createHash('sha256').update(`${text}\t${pair}`).digest();
  return first & 1;
}
