// The CPU provider: bundled with onnxruntime-node, needs nothing.
import { cpus, loadavg } from 'node:os';
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
  if (attempt.outcome === 'timeout') {
    const load = loadavg()[0] ?? 0;
    const busy = load > cpus().length ? 'busy' : 'busy or slow';
    return {
      reason: `the machine is ${busy}: ONNX Runtime gave no answer within ${attempt.limitMs / 1000} s (load ${load.toFixed(1)} on ${cpus().length} CPUs), which says nothing about whether it works`,
      remedy: 'end other programs, or wait, and give the command again',
    };
  }
  const text = `${attempt.message}\n${attempt.stderr}`;
  const library = /(?:^|[\s'"/])([\w.+-]+\.(?:so(?:\.[\d.]+)?|dll|dylib|node))\b/.exec(text)?.[1];
  const absent =
    /cannot open shared object file|cannot find module|no such file|not be found|image not found/i.test(text);
  if (absent && library !== undefined) {
    return {
      reason: `a library of ONNX Runtime is missing: ${library} (${messageOf(attempt.message)})`,
      remedy:
        'run `npm ci` again, which puts it back; a library of the system comes from its packages (libstdc++6, libgomp1)',
    };
  }
  return {
    reason: `ONNX Runtime does not run on this machine (${process.platform}-${process.arch}): ${messageOf(attempt.message)}`,
    remedy:
      'run `npm ci` again; onnxruntime-node 1.30 has binaries for linux-x64, linux-arm64, darwin-arm64, win32-x64, win32-arm64, and needs glibc 2.28',
  };
}
