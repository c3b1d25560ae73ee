// What a model's outputs mean for a task. Checkpoints order their labels as they please (MNLI's three are the classic
// trap), so outputs are matched to labels by name, whatever its case; where the names of the model say nothing
// (LABEL_0) or are another language's, by position, and that is said.
import { BenchError } from '../../core/errors.ts';
import type { TaskData } from '../taskData.ts';

export interface ModelHead {
  /** Of the model, for messages. */
  readonly name: string;
  readonly problem: 'classification' | 'regression';
  /** One an output. */
  readonly labels: readonly string[];
}

export interface Alignment {
  /** Output -> index of the task's label; of a regression one output. */
  readonly outputLabels: readonly number[];
  /** What a person should know of how they were matched; null if the names agree. */
  readonly note: string | null;
}

/** @throws BenchError if the model cannot answer the task, or not without being told what its outputs mean. */
export function alignLabels(head: ModelHead, task: TaskData): Alignment {
  if (head.problem !== task.kind) {
    throw new BenchError(
      `model ${head.name} is a ${head.problem}, task ${task.task} a ${task.kind}`,
      'choose a --task of its kind; of a file of numbers add --regression',
    );
  }
  if (task.kind === 'regression') {
    if (head.labels.length === 1) return { outputLabels: [0], note: null };
    throw new BenchError(`model ${head.name} has ${head.labels.length} outputs, a regression has one`);
  }
  const [own, wanted] = [head.labels.map(plain), task.labelNames.map(plain)];
  if (own.length !== wanted.length) throw mismatch(head, task);
  const places = own.map((label) => wanted.indexOf(label));
  if (new Set(places).size === own.length && !places.includes(-1)) {
    const moved = places.some((place, index) => place !== index);
    return { outputLabels: places, note: moved ? `${ordered(head, task)}: matched by name` : null };
  }
  // Some names that match at another place say that the order differs, and not how.
  if (places.some((place, index) => place !== -1 && place !== index)) throw mismatch(head, task);
  const note = `the outputs of ${ordered(head, task)}: matched by position, check that it is right`;
  return { outputLabels: own.map((_, index) => index), note: own.every(saysNothing) ? null : note };
}

function plain(label: string): string {
  return label.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** `LABEL_0`, what Hugging Face writes where nobody named them. */
function saysNothing(label: string): boolean {
  return /^(label|class)?\d+$/.test(label);
}

function ordered({ name, labels }: ModelHead, { task, labelNames }: TaskData): string {
  return `${name} (${labels.join(', ')}) and the labels of ${task} (${labelNames.join(', ')})`;
}

function mismatch(head: ModelHead, task: TaskData): BenchError {
  return new BenchError(
    `the outputs of ${ordered(head, task)} do not match`,
    "choose another --task, mend id2label in the model's config.json, or for a file give --labels in the order of the outputs",
  );
}
