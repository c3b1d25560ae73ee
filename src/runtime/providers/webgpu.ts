// The WebGPU provider: bundled with onnxruntime-node (Dawn), but it needs a GPU driver that the system gives:
// Vulkan on Linux, Metal on macOS, Direct3D 12 on Windows.
import { messageOf } from '../../core/errors.ts';
import type { Absence, FailedAttempt, Provider } from '../provider.ts';
import { findLibrary } from '../sharedLibrary.ts';

export const webgpu: Provider = {
  name: 'webgpu',
  executionProviders: ['webgpu'],
  environment: {},
  describe: () => ({}),
  explain,
};

const USE_CPU = 'or measure with --providers cpu';

function explain(attempt: FailedAttempt): Absence {
  if (attempt.outcome === 'timeout') {
    return {
      reason: `the WebGPU adapter gave no answer in ${attempt.limitMs} ms`,
      remedy: `look at the GPU driver's log, ${USE_CPU}`,
    };
  }
  const detail = { message: attempt.message, stderr: attempt.stderr };
  if (process.platform === 'linux' && findLibrary('libvulkan.so.1') === null) {
    return {
      reason: 'no WebGPU adapter: the Vulkan loader libvulkan.so.1 is not installed',
      remedy: `install it (Debian, Ubuntu: apt-get install libvulkan1) and your GPU's Vulkan driver, ${USE_CPU}`,
      detail,
    };
  }
  if (/adapter/i.test(attempt.message)) {
    return {
      reason: `no WebGPU adapter: ${GPU_ACCESS[process.platform] ?? 'the system'} offers no usable GPU${why(attempt.stderr)}`,
      remedy: `install the driver of your GPU (in a container: pass the GPU in), ${USE_CPU}`,
      detail,
    };
  }
  return {
    reason: `the WebGPU provider ${attempt.outcome === 'crash' ? 'crashed' : 'failed'}: ${messageOf(attempt.message)}`,
    remedy: `look at the GPU driver, ${USE_CPU}`,
    detail,
  };
}

/** Dawn says on stderr why it passed a driver over, e.g. a feature that an old software driver lacks. */
function why(stderr: string): string {
  const warning = [...stderr.matchAll(/^Warning: (.+?)\.?$/gm)].at(-1)?.[1];
  return warning === undefined ? '' : ` (${warning})`;
}

const GPU_ACCESS: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'Vulkan',
  darwin: 'Metal',
  win32: 'Direct3D 12',
};
