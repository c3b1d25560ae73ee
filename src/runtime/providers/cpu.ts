// The CPU provider: bundled with onnxruntime-node, needs nothing.
import { messageOf } from '../../core/errors.ts';
import type { Absence, FailedAttempt, Provider } from '../provider.ts';

export const cpu: Provider = {
  name: 'cpu',
  executionProviders: ['cpu'],
  environment: {},
  describe: () => ({}),
  explain,
};

function explain(attempt: FailedAttempt): Absence {
  const platform = `${process.platform}-${process.arch}`;
  const what =
    attempt.outcome === 'timeout' ? `no answer in ${attempt.limitMs} ms` : messageOf(attempt.message);
  return {
    reason: `ONNX Runtime does not run on this machine (${platform}): ${what}`,
    remedy:
      'run `npm ci` again; onnxruntime-node 1.30 has binaries for linux-x64, linux-arm64, darwin-arm64, win32-x64, win32-arm64, and needs glibc 2.28',
  };
}
