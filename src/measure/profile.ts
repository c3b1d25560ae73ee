// What ONNX Runtime's profiler saw of a pass: FLOPs from the real shapes of every product, node counts, time by
// operator and the provider each node ran on. The profile lists constant weights' shapes as missing, so K, the
// summed dimension, comes from the left operand. Profiling costs 5-14 %: never time with it on.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { BenchError, messageOf } from '../core/errors.ts';

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
  for (const event of events) {
    const op = event.args?.op_name;
    if (event.cat !== 'Node' || op === undefined || !event.name.endsWith(KERNEL_SUFFIX)) continue;
    add(facts.nodeCounts, op, 1);
    add(facts.nodeProviders, event.args?.provider ?? 'unknown', 1);
    if (!CONTAINERS.has(op)) add(facts.opTimeMs, op, event.dur / 1000);
    facts.flops += 2 * nodeMacs(op, event);
  }
  return facts;
}

function add(record: Record<string, number>, key: string, amount: number): void {
  record[key] = (record[key] ?? 0) + amount;
}

function nodeMacs(op: string, event: Event): number {
  const inputs = shapes(event.args?.input_type_shape);
  const outputs = shapes(event.args?.output_type_shape);
  switch (op) {
    case 'Gemm':
    case 'FusedGemm':
    case 'MatMul':
    case 'FusedMatMul':
      return isFloat(event) ? elements(outputs[0]) * (inputs[0]?.at(-1) ?? 0) : 0;
    case 'Attention':
    case 'MultiHeadAttention': {
      // query [B, S, d] and key [B, T, d]: two products of B x S x T x d.
      const [query = [], key = []] = inputs;
      return 2 * elements(query) * (key[1] ?? 0);
    }
    case 'ReduceSum':
      return /\/score_\d+_kernel_time$/.test(event.name) ? elements(inputs[0]) : 0;
    default:
      return 0;
  }
}

function shapes(list: z.infer<typeof shapeSchema> | undefined): number[][] {
  return (list ?? []).map((entry) => Object.values(entry)[0] ?? []);
}

function isFloat(event: Event): boolean {
  const type = Object.keys(event.args?.input_type_shape?.[0] ?? {})[0];
  return type === 'float' || type === 'float16';
}

function elements(shape: readonly number[] | undefined): number {
  return (shape ?? [0]).reduce((product, size) => product * size, 1);
}
