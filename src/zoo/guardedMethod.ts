// A method whose code nobody here has written, between it and the encoder: what it throws, and what it returns that
// cannot be, becomes one line that names its file.
import { z } from 'zod';
import { BenchError, messageOf } from '../core/errors.ts';
import type { Method, PointRule } from '../graphs/methods/contract.ts';

const HOOK = z.custom((value) => typeof value === 'function', 'it is not a function').optional();

const ruleSchema = z.strictObject({
  strengths: z.array(z.number()).nullable(),
  protectsCls: z.boolean(),
  tracksOrigin: z.boolean().optional(),
  removesAt: HOOK,
  scoreAt: HOOK,
  keepBefore: HOOK,
  keepAfter: HOOK,
  predictorMacsPerToken: z.number().nonnegative(),
});

const SCORE = z.enum(['received-attention', 'received-attention-minus-self']).nullable();
const VALUE = z.string().min(1);

/** @param path of its file, for messages. */
export function guarded(method: Method, path: string): Method {
  const fault = (problem: string, cause?: unknown): BenchError =>
    new BenchError(
      `${path}: ${problem}`,
      `mend it, then npm run models -- check --method-file ${path}`,
      cause === undefined ? undefined : { cause },
    );
  /** What `body` gives. @param answer what it must be. */
  const ask = <T>(name: string, answer: z.ZodType<T>, body: () => unknown): T => {
    let given: unknown;
    try {
      given = body();
    } catch (thrown) {
      if (thrown instanceof BenchError && thrown.message.startsWith(path)) throw thrown;
      throw fault(`${name} threw: ${messageOf(thrown)}`, thrown);
    }
    const parsed = answer.safeParse(given);
    if (parsed.success) return given as T; // not the parsed copy, whose hooks would have another `this`
    const [issue] = parsed.error.issues;
    const field = issue?.path.join('.') ?? '';
    throw fault(`${name} returned ${shown(given, field)}: ${issue?.message ?? 'not as expected'}`);
  };
  return {
    ...method,
    read: (config, point) => {
      const given = ask('read', ruleSchema, () => method.read(config, point)) as PointRule; // as the schema says
      const { strengths } = given;
      if (strengths !== null && strengths.length !== config.layers) {
        throw fault(`read returned ${strengths.length} strengths for ${config.layers} layers`);
      }
      return asking(given, ask);
    },
  };
}

type Ask = <T>(name: string, answer: z.ZodType<T>, body: () => unknown) => T;

/** The rule with every hook asked through `ask`. */
function asking(rule: PointRule, ask: Ask): PointRule {
  const at = (name: string, layer: number): string => `${name} of layer ${layer}`;
  return {
    ...rule,
    ...(rule.removesAt !== undefined && {
      removesAt: (layer) => ask(at('removesAt', layer), z.boolean(), () => rule.removesAt?.(layer)),
    }),
    ...(rule.scoreAt !== undefined && {
      scoreAt: (layer) => ask(at('scoreAt', layer), SCORE, () => rule.scoreAt?.(layer)),
    }),
    ...(rule.keepBefore !== undefined && {
      keepBefore: (g, context, layer, state) =>
        ask(at('keepBefore', layer), VALUE, () => rule.keepBefore?.(g, context, layer, state)),
    }),
    ...(rule.keepAfter !== undefined && {
      keepAfter: (g, context, layer, state) =>
        ask(at('keepAfter', layer), VALUE, () => rule.keepAfter?.(g, context, layer, state)),
    }),
  };
}

/** What was returned, or the field of it that is wrong. */
function shown(given: unknown, field: string): string {
  if (field !== '') return `a rule with a wrong "${field}"`;
  return given === undefined ? 'nothing' : `a ${given === null ? 'null' : typeof given}`;
}
