// What a model's outputs mean for a task. Checkpoints order their labels as they please (MNLI's three are the classic
// trap), so outputs are matched to labels by name; where the names of the model say nothing (LABEL_0) or are another
// language's, by position, and that is said: it is a guess.
import { BenchError } from '../../core/errors.ts';
import { labellingSentence } from '../../core/labelling.ts';
import type { Doubt } from '../../core/schema/doubt.ts';
import type { Labelling } from '../../core/schema/labelling.ts';
import type { TaskData } from '../taskData.ts';
import { numberOf, recognise } from './labelIdentity.ts';

export interface ModelHead {
  /** Of the model, for messages. */
  readonly name: string;
  readonly problem: 'classification' | 'regression';
  /** One an output. */
  readonly labels: readonly string[];
  /** What was assumed of their order; absent if nothing. */
  readonly labelNote?: string;
  /** Of ready graphs, whose labels --graph-labels names. */
  readonly ofGraphs?: true;
}

export interface Alignment {
  /**
   * Output -> index of the task's label; those behind the last label belong to labels of which the task has no example.
   * Of a regression one output.
   */
  readonly outputLabels: readonly number[];
  /** Null for a regression. */
  readonly labelling: Labelling | null;
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
    if (head.labels.length === 1) return { outputLabels: [0], labelling: null, note: null };
    throw new BenchError(`model ${head.name} has ${head.labels.length} outputs, a regression has one`);
  }
  const matched = byName(head, task) ?? byNumber(head, task) ?? byPosition(head, task);
  if (matched === null) throw mismatch(head, task);
  const outputLabels = withoutExamples(matched.places, head.labels.length);
  const outputs = head.labels.map((output, index) => {
    return { output, label: task.labelNames[outputLabels[index] ?? -1] ?? null };
  });
  const labelling: Labelling = { model: head.name, task: task.task, found: matched.found, outputs };
  return { outputLabels, labelling, note: noteOf(labelling, head, task) };
}

interface Matched {
  /** Task's label -> output. */
  readonly places: readonly number[];
  readonly found: Labelling['found'];
}

function byName({ labels }: ModelHead, { labelNames, file }: TaskData): Matched | null {
  const generic = numbersOf(labels) !== null;
  if (generic && file?.labelsGiven === true) return null; // LABEL_0 and 0 name nothing that --labels could contradict
  const { places, likeness } = recognise(labelNames, labels);
  return places.includes(-1) ? null : { places, found: likeness };
}

/** Labels that are whole numbers, and outputs that are counted only: LABEL_2 is 2. */
function byNumber({ labels }: ModelHead, { labelNames, file }: TaskData): Matched | null {
  const numbers = numbersOf(labels);
  if (numbers === null || file?.labelsGiven === true) return null;
  const places = labelNames.map((label) => numbers.indexOf(numberOf(label) ?? -1));
  if (places.includes(-1)) return null;
  // Without a 0 among them fewer labels than outputs may be counted from 1.
  const from0 = labelNames.length === labels.length || labelNames.some((label) => numberOf(label) === 0);
  return { places, found: from0 ? 'numeric' : 'guessed' };
}

function byPosition({ labels }: ModelHead, { labelNames, file }: TaskData): Matched | null {
  // Some names that match at another place say that the order differs, and not how.
  const moved = recognise(labelNames, labels).places.some((place, index) => place !== -1 && place !== index);
  if (moved && numbersOf(labels) === null) return null;
  const given = file?.labelsGiven === true;
  const numbered = given ? null : outputNumbers(labelNames, labels.length);
  if (numbered !== null) return { places: numbered, found: 'guessed' };
  if (labelNames.length !== labels.length) return null;
  return { places: [...labelNames.keys()], found: given ? 'given' : 'guessed' };
}

/** Labels that can be numbers of outputs: whole, with a 0, none too large. @returns null if they are something else. */
export function outputNumbers(labelNames: readonly string[], outputs: number): number[] | null {
  const numbers = labelNames.map((label) => numberOf(label) ?? -1);
  const fit = numbers.every((one) => Number.isInteger(one) && one >= 0 && one < outputs);
  return fit && numbers.includes(0) ? numbers : null;
}

/** The numbers of names that say nothing else: `LABEL_0`, what Hugging Face writes where nobody named them; else null. */
function numbersOf(labels: readonly string[]): number[] | null {
  const numbers = labels.map((label, index) => {
    const [, number] = /^(?:label|class)[\s_-]*(\d+)$/i.exec(label) ?? [];
    return number === undefined ? (numberOf(label) === index ? index : NaN) : Number(number);
  });
  return numbers.some(Number.isNaN) || new Set(numbers).size < numbers.length ? null : numbers;
}

/** Output -> label; outputs that no label has go behind the last label, in their order. @param places label -> output. */
function withoutExamples(places: readonly number[], outputs: number): number[] {
  let next = places.length;
  return Array.from({ length: outputs }, (_, output) => {
    const label = places.indexOf(output);
    return label === -1 ? next++ : label;
  });
}

/** Null where there is nothing to say: the names of a task that is known agree with the model's, in the same order. */
function noteOf(labelling: Labelling, head: ModelHead, task: TaskData): string | null {
  const { found, outputs } = labelling;
  const plain = outputs.every(({ label }, index) => label !== null && label === task.labelNames[index]);
  const assumed = head.labelNote === undefined ? '' : `; ${head.labelNote}`;
  if (plain && found !== 'guessed' && task.file === undefined && assumed === '') return null;
  return `${labellingSentence(labelling)}${assumed}${found === 'guessed' ? `; ${settling(head, task)}` : ''}`;
}

/** For the record of a run whose accuracy hangs on a guess. */
export function guessDoubt({ labelling }: Alignment, head: ModelHead, task: TaskData): Doubt | null {
  if (labelling?.found !== 'guessed') return null;
  return { code: 'labels-guessed', message: labellingSentence(labelling), advice: settling(head, task) };
}

function settling({ labels, ofGraphs }: ModelHead, { labelNames, file }: TaskData): string {
  if (file === undefined && ofGraphs === undefined)
    return "name the outputs in id2label of the model's config.json and import it again";
  const order = labelNames.length === labels.length ? labelNames : labels.map((_, index) => `NAME${index}`);
  const flag = file === undefined ? 'graph-labels' : 'labels';
  return `settle it with --${flag}=${listed(order)}, in the order of the outputs`;
}

/** As the flag and a shell take it, whatever is in the names. */
function listed(names: readonly string[]): string {
  const list = names.some((name) => name.includes(',')) ? JSON.stringify(names) : names.join(',');
  return /^[\p{L}\p{N}_,.-]+$/u.test(list) ? list : `'${list.replaceAll("'", "'\\''")}'`;
}

/** Names that are shown of hundreds. */
const MOST_SHOWN = 12;

function mismatch(head: ModelHead, task: TaskData): BenchError {
  const { places } = recognise(task.labelNames, head.labels);
  const alone = task.labelNames.filter((_, index) => places[index] === -1);
  const some = (names: readonly string[]): string =>
    names.slice(0, MOST_SHOWN).join(', ') + (names.length > MOST_SHOWN ? ', ...' : '');
  const numbers = alone.length > 0 && alone.every((label) => numberOf(label) !== null);
  const ways =
    task.file === undefined
      ? "choose another --task, or mend id2label in the model's config.json"
      : `name all ${head.labels.length} with --labels in the order of the outputs${numbers ? ', add --regression if they are numbers to be predicted' : ''}, or check --label-column`;
  return new BenchError(
    `the outputs of ${head.name} (${some(head.labels)}) and the labels of ${task.task} (${some(task.labelNames)}) do not match: no output is called ${some(alone.length > 0 ? alone : task.labelNames)}`,
    ways,
  );
}
