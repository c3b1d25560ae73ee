// What the numbers of a run are made with, as hashes that are stored with it: runs that are merged must agree on them.
import { sha256Hex, stableJson } from '../core/hash.ts';
import type { Zoo } from '../zoo/zoo.ts';
import type { Plan } from '../plan/plan.ts';
import { essenceOf } from '../plan/readyGraphs.ts';
import type { Sources } from './workbench.ts';

/** e.g. `{ code: "…", "model minilm-l6": "…", "task sst2": "…" }`. */
export function ingredientsOf(plan: Plan, zoo: Zoo, sources: Sources): Record<string, string> {
  const groups = (plan.whole ?? plan.groups).map(({ group }) => group);
  const models = [...new Set(groups.map(({ model }) => model))].map((name) => {
    if (plan.graphs?.model === name) return [`model ${name}`, sha256Hex(stableJson(essenceOf(plan.graphs)))];
    const { weights, points } = zoo.model(name);
    const files = [weights.sha256, ...points.map((point) => [point.name, point.method, point.file.sha256])];
    return [`model ${name}`, sha256Hex(stableJson(files))];
  });
  const tasks = [...new Set(groups.map(({ task }) => task))].map((name) => {
    const { labelNames, sentences, neutral } = sources.taskData(name);
    return [`task ${name}`, sha256Hex(stableJson({ labelNames, sentences, neutral }))];
  });
  const all = [...models, ...tasks, ...methodIngredients(plan)];
  return { code: sources.code, ...(Object.fromEntries(all) as Record<string, string>) };
}

/** Of methods that are not of the tree: their files, and those of their points. */
export function methodIngredients({ methodFiles = [] }: Pick<Plan, 'methodFiles'>): [string, string][] {
  return methodFiles.map(({ name, sha256, pointHashes }) => [
    `method ${name}`,
    sha256Hex(stableJson([sha256, pointHashes])),
  ]);
}
