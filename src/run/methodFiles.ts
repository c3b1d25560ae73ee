// The method files of a run: what its plan and record hold of them, and what becomes of them when the run goes on.
import { basename } from 'node:path';
import { BenchError } from '../core/errors.ts';
import type { Group } from '../core/schema/group.ts';
import type { Run } from '../core/schema/run.ts';
import type { PlannedMethodFile } from '../plan/methodFiles.ts';
import type { Plan } from '../plan/plan.ts';
import { faultOfGraph } from '../runtime/graphTrial.ts';
import { loadMethodFile, type MethodFile } from '../zoo/methodFile.ts';
import { withMethodFiles } from '../zoo/variants.ts';
import type { Zoo } from '../zoo/zoo.ts';
import { methodIngredients } from './ingredients.ts';
import type { Sources } from './workbench.ts';

export function plannedFile({ method, path, sha256, pointFiles, points }: MethodFile): PlannedMethodFile {
  const ofFiles = points.slice(0, pointFiles.length);
  return {
    ...{ name: method.name, path, sha256, pointFiles: [...pointFiles] },
    pointHashes: Object.fromEntries(ofFiles.map((point) => [point.name, point.sha256])),
    ...(method.summary === undefined ? {} : { summary: method.summary }),
  };
}

/** The zoo with the plan's method files in it, read as they are now. @throws BenchError if one is not there. */
export async function zooOfPlan(zoo: Zoo, { methodFiles = [] }: Pick<Plan, 'methodFiles'>): Promise<Zoo> {
  const files: MethodFile[] = [];
  for (const planned of methodFiles) files.push(await loadMethodFile(planned.path, planned.pointFiles));
  return withMethodFiles(zoo, files);
}

/** What a reader of the results must know of methods that no version of the bench brings. */
export function methodFacts({ methodFiles = [] }: Pick<Plan, 'methodFiles'>): Pick<Run, 'methods'> {
  if (methodFiles.length === 0) return {};
  const facts = methodFiles.map(({ name, path, sha256, summary }) => [
    name,
    { file: basename(path), sha256, ...(summary === undefined ? {} : { summary }) },
  ]);
  return { methods: Object.fromEntries(facts) as Run['methods'] };
}

export interface Renewed {
  readonly plan: Plan;
  readonly run: Run;
  /** One line for every file that has changed. */
  readonly changes: readonly string[];
}

/** A run that goes on measures with its method files as they are now, and says so where they have changed. */
export async function renewMethodFiles(run: Run, plan: Plan): Promise<Renewed> {
  const changes: string[] = [];
  const methodFiles: PlannedMethodFile[] = [];
  for (const before of plan.methodFiles ?? []) {
    const now = plannedFile(await loadMethodFile(before.path, before.pointFiles));
    if (now.name !== before.name) {
      throw new BenchError(
        `${now.path} exports "${now.name}" now, and the run is of "${before.name}"`,
        'put the file back, or start a new run',
      );
    }
    if (
      String(methodIngredients({ methodFiles: [now] })) !==
      String(methodIngredients({ methodFiles: [before] }))
    ) {
      changes.push(`${now.path} has changed since the run began: what it measured before is set aside`);
    }
    methodFiles.push(now);
  }
  if (changes.length === 0) return { plan, run, changes };
  const renewed = { ...plan, methodFiles };
  const ingredients = { ...run.ingredients, ...Object.fromEntries(methodIngredients(renewed)) };
  return { plan: renewed, run: { ...run, plan: renewed, ingredients, ...methodFacts(renewed) }, changes };
}

/**
 * Builds the graphs of all method files and has each answer once, so that what they get wrong is one line before
 * anything is measured. @throws BenchError naming the file.
 */
export async function tryMethodFiles(plan: Plan, zoo: Zoo, sources: Sources): Promise<void> {
  const groups = new Map(
    plan.groups.map((planned) => [`${planned.group.model} ${planned.group.provider}`, planned]),
  );
  for (const { group, variants } of groups.values()) {
    for (const variant of variants) {
      const file = plan.methodFiles?.find(({ name }) => name === variant.method);
      if (file !== undefined) await tryVariant(file.path, group, () => sources.graph(group, variant), zoo);
    }
  }
}

async function tryVariant(
  path: string,
  { model }: Group,
  build: () => Promise<{ readonly path: string }>,
  zoo: Zoo,
): Promise<void> {
  const remedy = `npm run models -- check --method-file ${path} looks at each of its promises`;
  const graph = await build().catch((thrown: unknown) => {
    if (!(thrown instanceof BenchError) || thrown.message.startsWith(path)) throw thrown;
    throw new BenchError(`${path}: ${thrown.message}`, thrown.hint, { cause: thrown });
  });
  const { vocabSize, maxPositions } = zoo.model(model).config;
  const fault = await faultOfGraph(graph.path, { vocabSize, maxPositions });
  if (fault !== null) throw new BenchError(`${path}: its graph for ${model} does not run: ${fault}`, remedy);
}
