// What was taken for granted of the texts and their labels: how a file of the user's own was read, and which output of
// a model was taken for which label. An accuracy is only as good as that.
import { labellingSentence } from '../../core/labelling.ts';
import type { TextFile } from '../../core/schema/labelling.ts';
import type { Run } from '../../core/schema/run.ts';
import { count } from './format.ts';

/** For a run with a file of the user's own, or with a guess; none where the names of a known task agree. */
export function labelSentences({ labels = [], textFiles = [] }: Pick<Run, 'labels' | 'textFiles'>): string[] {
  const own = new Set(textFiles.map(({ task }) => task));
  const said = labels.filter(({ task, found }) => own.has(task) || found === 'guessed');
  return [...textFiles.map(fileSentence), ...said.map((one) => capital(`${labellingSentence(one)}.`))];
}

function fileSentence({ task, path, form, examples, unlabelled }: TextFile): string {
  const name = path.replace(/^.*[/\\]/, '');
  const left = unlabelled === 0 ? '' : `; ${count(unlabelled, 'row')} without a label left out`;
  return `Texts of ${task}: ${name}, ${form}, ${count(examples, 'example')}${left}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
