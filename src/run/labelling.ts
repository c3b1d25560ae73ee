// What the outputs of a plan's models mean for its tasks: known before anything is measured, said, and stored with the
// run, since an accuracy is only as good as that.
import type { Doubt } from '../core/schema/doubt.ts';
import type { Labelling, TextFile } from '../core/schema/labelling.ts';
import type { Group } from '../core/schema/group.ts';
import type { Plan } from '../plan/plan.ts';
import type { TaskData } from '../text/taskData.ts';
import { alignLabels, guessDoubt, type Alignment, type ModelHead } from '../text/tasks/align.ts';
import type { Zoo } from '../zoo/zoo.ts';
import { headOfGraphs } from './readySources.ts';
import type { Sources } from './workbench.ts';

/** What a model answers; undefined if it has no trained head. */
export function headOf(
  zoo: Zoo,
  { graphs }: Pick<Plan, 'graphs'>,
  model: string,
  task: TaskData,
): ModelHead | undefined {
  if (graphs?.model === model) return headOfGraphs(graphs, task);
  const { name, config, answers } = zoo.model(model);
  return answers ? { name, ...config } : undefined;
}

/** Names that the models of a plan give to their outputs. */
export function modelLabels(zoo: Zoo, { groups, graphs }: Pick<Plan, 'groups' | 'graphs'>): string[] {
  const names = new Set(groups.map(({ group }) => group.model));
  return [...names].flatMap((name) =>
    graphs?.model === name ? (graphs.labels ?? []) : zoo.model(name).config.labels,
  );
}

export interface PlanLabels {
  readonly labels: Labelling[];
  readonly textFiles: TextFile[];
  /** For whoever starts the run. */
  readonly notes: readonly string[];
  readonly doubts: readonly Doubt[];
}

/** @throws BenchError where a model's outputs cannot be the task's labels. */
export function labelsOf(plan: Plan, zoo: Zoo, sources: Sources): PlanLabels {
  const answered = plan.groups.filter(({ noAccuracy }) => noAccuracy === undefined).map(({ group }) => group);
  const found = distinct(answered).flatMap(({ model, task }) => {
    const data = sources.taskData(task);
    const head = headOf(zoo, plan, model, data);
    return head === undefined ? [] : [{ head, data, alignment: alignLabels(head, data) }];
  });
  const tasks = [...new Set(plan.groups.map(({ group }) => group.task))].map((task) =>
    sources.taskData(task),
  );
  return {
    labels: found.flatMap(({ alignment }) => alignment.labelling ?? []),
    textFiles: tasks.flatMap(fileOf),
    notes: [
      ...tasks.flatMap(fileNotes),
      ...found.flatMap(({ alignment }: { alignment: Alignment }) => alignment.note ?? []),
    ],
    doubts: found.flatMap(({ alignment, head, data }) => guessDoubt(alignment, head, data) ?? []),
  };
}

function distinct(groups: readonly Group[]): Group[] {
  return [...new Map(groups.map((group) => [`${group.model} ${group.task}`, group])).values()];
}

function fileOf({ task, source, sentences, file }: TaskData): TextFile[] {
  if (file === undefined) return [];
  const { form, unlabelled } = file;
  return [{ task, path: source, form, examples: sentences.length, unlabelled }];
}

function fileNotes(data: TaskData): string[] {
  const { file } = data;
  return fileOf(data).map(({ path, form, examples, unlabelled }) => {
    const left = unlabelled === 0 ? '' : `, left out without a label: ${unlabelled}`;
    const doubt = file?.doubt == null ? '' : `; ${file.doubt}`;
    return `${path}: ${form}, ${examples} texts${left}${doubt}`;
  });
}
