// Before anything is measured: can the chosen models answer the chosen tasks, and what must a person know of how their
// outputs were matched to the labels.
import type { Zoo } from '../zoo/zoo.ts';
import type { Plan } from '../plan/plan.ts';
import { alignLabels } from '../text/tasks/align.ts';
import type { Sources } from './workbench.ts';

/** @throws BenchError where a model's outputs cannot be the task's labels. */
export function labelNotes({ groups }: Plan, zoo: Zoo, sources: Sources): string[] {
  const answered = groups.filter(({ noAccuracy }) => noAccuracy === undefined).map(({ group }) => group);
  const pairs = new Map(answered.map((group) => [`${group.model} ${group.task}`, group]));
  return [...pairs.values()].flatMap((group) => {
    const entry = zoo.models.find(({ name }) => name === group.model);
    if (entry === undefined) {
      sources.outputLabels?.(group); // of ready graphs: throws if they do not match
      return [];
    }
    const { note } = alignLabels({ name: entry.name, ...entry.config }, sources.taskData(group.task));
    return note === null ? [] : [note];
  });
}
