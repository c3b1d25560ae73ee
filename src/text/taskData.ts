// A task as it was read: its examples, what its labels are called, and how its answers are judged.
import type { Metric } from '../core/names.ts';
import type { FileForm } from './tasks/tableFile.ts';

export interface Sentence {
  readonly text: string;
  /** The second text of a pair. */
  readonly pair?: string;
  /** Index into the task's labelNames; of a regression the value. */
  readonly label: number;
}

export interface TaskData {
  /** As in a group: of a file of the user's own its safe name. */
  readonly task: string;
  readonly kind: 'classification' | 'regression';
  /** The task's own metric first, then those that are reported beside it. */
  readonly metrics: readonly [Metric, ...Metric[]];
  /** Whether several texts of one label make a text of that label; if not, composed texts serve for timing only. */
  readonly composable: boolean;
  /** Where the sentences were read, for people and records. */
  readonly source: string;
  /** Empty for a regression. */
  readonly labelNames: readonly string[];
  readonly sentences: readonly Sentence[];
  /** Sentences without a verdict, to be mixed into composed documents; may be empty. */
  readonly neutral: readonly string[];
  /** Of a file of the user's own: how it was read. */
  readonly file?: OwnFile;
}

export interface OwnFile extends FileForm {
  /** Rows left out because they have no label. */
  readonly unlabelled: number;
  /** Whether labelNames are those of --labels, in the order of a model's outputs. */
  readonly labelsGiven: boolean;
}
