// What a session is asked for, and how that becomes ONNX Runtime's session options. ONNX Runtime accepts
// unknown config keys in silence and drops values that are not strings (seen in 1.30), so the keys that the
// bench may set are a closed list here, and session.ts counts threads to see that the thread setting acted.
import type { InferenceSession } from 'onnxruntime-node';
import { BenchError } from '../core/errors.ts';
import type { ProviderName } from '../core/names.ts';
import { providerOf } from './registry.ts';

/** Config entries that exist in ONNX Runtime 1.30 and that the bench has a use for. */
const CONFIG_KEYS = [
  'session.force_spinning_stop',
  'session.intra_op.allow_spinning',
  'session.intra_op.spin_duration_us',
  'session.set_denormal_as_zero',
  'session.dynamic_block_base',
  'session.disable_prepacking',
  'session.disable_cpu_ep_fallback',
  'session.use_deterministic_compute',
  'optimization.enable_gelu_approximation',
  'optimization.disable_specified_optimizers',
] as const;
export type ConfigKey = (typeof CONFIG_KEYS)[number];

export type OptimizationLevel = 'disabled' | 'basic' | 'extended' | 'layout' | 'all';

export interface SessionSettings {
  readonly provider: ProviderName;
  /** Threads that work inside one operator, the calling thread included. */
  readonly threads: number;
  /** Turns the profiler on; its file is `<profilePrefix>_<time>.json`. The folder must exist. */
  readonly profilePrefix?: string;
  readonly optimizationLevel?: OptimizationLevel;
  /** Added to, or in place of, the defaults of `sessionOptions`. */
  readonly config?: Partial<Record<ConfigKey, string>>;
}

/**
 * Every session of a run is made with these, so that variants differ in their graphs alone. No memory pattern:
 * a pruned graph has new internal shapes on every input, for which the pattern cache only grows. No spinning
 * between runs: the idle threads of one live session would double the latency of the other.
 */
export function sessionOptions(settings: SessionSettings): InferenceSession.SessionOptions {
  const { provider, threads, profilePrefix, optimizationLevel } = settings;
  if (!Number.isInteger(threads) || threads < 1) {
    throw new BenchError(`threads must be a whole number of at least 1, not ${threads}`, '--threads 1');
  }
  const profiling =
    profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix };
  return {
    executionProviders: [...providerOf(provider).executionProviders],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    enableMemPattern: false,
    graphOptimizationLevel: optimizationLevel ?? 'all',
    logSeverityLevel: 3,
    extra: { 'session.force_spinning_stop': '1', ...checkedConfig(settings.config ?? {}) },
    ...profiling,
  };
}

function checkedConfig(config: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const known: readonly string[] = CONFIG_KEYS;
  for (const [key, value] of Object.entries(config)) {
    if (!known.includes(key)) {
      throw new BenchError(`unknown session config key "${key}"`, `known: ${CONFIG_KEYS.join(', ')}`);
    }
    if (typeof value !== 'string') throw new BenchError(`session config "${key}" must be a string`);
  }
  return config;
}
