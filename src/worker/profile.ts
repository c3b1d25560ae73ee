// What ONNX Runtime's profiler saw of a pass: FLOPs from the real shapes of every product (nodeMacs.ts), node counts,
// time by operator and the provider each node ran on. Profiling costs 5-14 %: never time with it on.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { BenchError, messageOf } from '../core/errors.ts';
import { nodeMacs, type TypedShape } from './nodeMacs.ts';

const shapeSchema = z.array(z.record(z.string(), z.array(z.number())));
const eventSchema = z.object({
  cat: z.string(),
  name: z.string(),
  dur: z.number(),
  args: z
    .object({
      op_name: z.string().optional(),
      provider: z.string().optional(),
      input_type_shape: shapeSchema.optional(),
      output_type_shape: shapeSchema.optional(),
    })
    .optional(),
});
type Event = z.infer<typeof eventSchema>;

export interface ProfileFacts {
  /** 2 x MACs of all matrix products, attention operators and score sums. */
  readonly flops: number;
  /** Operator types that multiply matrices, but whose work cannot be told from their shapes; it is not in `flops`. */
  readonly uncounted: readonly string[];
  /** Executed nodes by operator type. */
  readonly nodeCounts: Record<string, number>;
  /** Kernel time by operator type, ms. If and Loop are left out: they hold their bodies' time. */
  readonly opTimeMs: Record<string, number>;
  /** Executed nodes by provider. */
  readonly nodeProviders: Record<string, number>;
}

/** Nodes that only contain others. */
const CONTAINERS = new Set(['If', 'Loop', 'Scan']);
const KERNEL_SUFFIX = '_kernel_time';

/** @throws BenchError if the file is not a profile. */
export function readProfile(path: string): ProfileFacts {
  let events: Event[];
  try {
    events = z.array(eventSchema).parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (thrown) {
    throw new BenchError(`cannot read the profile ${path}: ${messageOf(thrown)}`, undefined, {
      cause: thrown,
    });
  }
  return profileFacts(events);
}

export function profileFacts(events: readonly Event[]): ProfileFacts {
  const facts = { flops: 0, nodeCounts: {}, opTimeMs: {}, nodeProviders: {} };
  const uncounted = new Set<string>();
  for (const event of events) {
    const op = event.args?.op_name;
    if (event.cat !== 'Node' || op === undefined || !event.name.endsWith(KERNEL_SUFFIX)) continue;
    add(facts.nodeCounts, op, 1);
    add(facts.nodeProviders, event.args?.provider ?? 'unknown', 1);
    if (!CONTAINERS.has(op)) add(facts.opTimeMs, op, event.dur / 1000);
    const macs = nodeMacs(callOf(op, event));
    if (macs === null) uncounted.add(op);
    else facts.flops += 2 * macs;
  }
  return { ...facts, uncounted: [...uncounted].sort() };
}

function add(record: Record<string, number>, key: string, amount: number): void {
  record[key] = (record[key] ?? 0) + amount;
}

function callOf(op: string, { name, args }: Event): Parameters<typeof nodeMacs>[0] {
  return { op, name, inputs: shapes(args?.input_type_shape), outputs: shapes(args?.output_type_shape) };
}

function shapes(list: z.infer<typeof shapeSchema> | undefined): TypedShape[] {
  return (list ?? []).flatMap((entry) => Object.entries(entry).map(([type, dims]) => ({ type, dims })));
}
