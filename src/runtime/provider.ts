// The contract of an execution provider: how ONNX Runtime is asked for it, and what its absence means. A new
// provider is one file under providers/, one line in registry.ts and one name in core/names.ts.
import type { InferenceSession } from 'onnxruntime-node';
import type { ProviderName } from '../core/names.ts';

/** What came of trying the provider on a tiny graph in a process of its own. */
export type Attempt =
  | { readonly outcome: 'ran'; readonly wallMs: number }
  /** The session could not be made or gave a wrong answer; `stderr` is what the native libraries printed. */
  | { readonly outcome: 'error'; readonly message: string; readonly stderr: string }
  | { readonly outcome: 'crash'; readonly message: string; readonly stderr: string }
  | { readonly outcome: 'timeout'; readonly limitMs: number };

export type FailedAttempt = Exclude<Attempt, { outcome: 'ran' }>;

/** Why a provider cannot be used here, and what to do about it. One line each. */
export interface Absence {
  readonly reason: string;
  readonly remedy: string;
  /** Facts behind the reason, for `doctor --json`. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface Provider {
  readonly name: ProviderName;
  readonly executionProviders: readonly InferenceSession.ExecutionProviderConfig[];
  /** Variables that must stand before the native libraries load: a worker process is started with them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Facts worth telling when the provider works, e.g. library versions. */
  describe(): Readonly<Record<string, unknown>>;
  explain(attempt: FailedAttempt): Absence;
}
