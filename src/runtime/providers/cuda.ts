// The CUDA provider: not in the npm package. Its libraries are fetched by `npm run setup:cuda`; driver, CUDA and
// cuDNN come from the system. When it does not work, every missing file is named at once.
import { messageOf } from '../../core/errors.ts';
import { DRIVER_LIBRARY, inspectCuda, packagesFor, type CudaLibraries } from '../cudaLibraries.ts';
import type { Absence, FailedAttempt, Provider } from '../provider.ts';

export const cuda: Provider = {
  name: 'cuda',
  executionProviders: [{ name: 'cuda', deviceId: 0 }],
  // Since CUDA 12.2 kernels load on first use, and a pruned graph meets new kernels whenever a shape changes
  // the choice of GEMM: eager loading keeps that out of timed calls.
  environment: { CUDA_MODULE_LOADING: 'EAGER' },
  describe: () => ({ ...inspectCuda() }),
  explain: (attempt) => explainCuda(attempt, inspectCuda()),
};

/** Pure: what the files on disk and the attempt say together. */
export function explainCuda(attempt: FailedAttempt, libraries: CudaLibraries): Absence {
  const detail = { ...libraries, attempt };
  if (!libraries.platformSupported) {
    return {
      reason: `onnxruntime-node has no CUDA provider for ${libraries.platform}`,
      remedy: 'use a linux-x64 machine with an NVIDIA GPU, or --providers cpu',
      detail,
    };
  }
  const { missingProviderFiles, missing, driver } = libraries;
  if (missingProviderFiles.length > 0 || missing.length > 0 || driver === null) {
    return { ...explainMissing(libraries), detail };
  }
  return { ...explainFailure(attempt), detail };
}

function explainMissing({ missingProviderFiles, missing, driver, cudaMajor }: CudaLibraries): Absence {
  const reasons: string[] = [];
  const remedies: string[] = [];
  if (driver === null) {
    reasons.push(`the NVIDIA driver (${DRIVER_LIBRARY})`);
    remedies.push('install the NVIDIA driver (in a container: start it with --gpus all)');
  }
  if (missingProviderFiles.length > 0) {
    reasons.push(`ONNX Runtime's CUDA provider (${missingProviderFiles.join(', ')})`);
    remedies.push('npm run setup:cuda');
  }
  if (missing.length > 0) {
    const version = cudaMajor === null ? '' : ` ${cudaMajor}`;
    reasons.push(`part of CUDA${version} or cuDNN (${missing.join(', ')})`);
    remedies.push(`install ${packagesFor(missing, cudaMajor).join(', ')}, or set LD_LIBRARY_PATH to them`);
  }
  const verb = reasons.length === 1 ? 'is' : 'are';
  return { reason: `${reasons.join(' and ')} ${verb} missing`, remedy: remedies.join('; then ') };
}

/** All files are there, yet it does not run: known texts of the CUDA runtime, most telling first. */
const KNOWN_FAILURES: readonly { readonly text: RegExp; readonly reason: string; readonly remedy: string }[] =
  [
    {
      text: /no kernel image is available/i,
      reason: "ONNX Runtime's CUDA provider has no kernels for this GPU's compute capability",
      remedy:
        'use another onnxruntime-node release; nvidia-smi --query-gpu=compute_cap --format=csv names the capability',
    },
    {
      text: /driver version is insufficient|CUDA failure 35\b/i,
      reason: 'the NVIDIA driver is too old for the CUDA version of the provider',
      remedy: 'update the driver',
    },
    {
      text: /no CUDA-capable device|CUDA failure 100\b/i,
      reason: 'the NVIDIA driver is installed but offers no GPU',
      remedy: 'check nvidia-smi and CUDA_VISIBLE_DEVICES (in a container: start it with --gpus all)',
    },
    {
      text: /out of memory|CUDA failure 2\b/i,
      reason: "the GPU's memory is full",
      remedy: 'end the other programs that nvidia-smi lists',
    },
  ];

function explainFailure(attempt: FailedAttempt): Absence {
  if (attempt.outcome === 'timeout') {
    return {
      reason: `the CUDA provider gave no answer in ${attempt.limitMs} ms`,
      remedy: 'check nvidia-smi; a build without kernels for the GPU compiles them for minutes on first use',
    };
  }
  const text = `${attempt.message}\n${attempt.stderr}`;
  const known = KNOWN_FAILURES.find((failure) => failure.text.test(text));
  if (known !== undefined) return { reason: known.reason, remedy: known.remedy };
  const verb = attempt.outcome === 'crash' ? 'crashed' : 'failed';
  return { reason: `the CUDA provider ${verb}: ${messageOf(attempt.message)}`, remedy: 'check nvidia-smi' };
}
