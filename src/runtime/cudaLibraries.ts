// The files that the CUDA provider is made of: two libraries of ONNX Runtime that `npm run setup:cuda` fetches,
// the NVIDIA driver, and the CUDA and cuDNN libraries that the fetched ones are linked against. Which CUDA major
// that is differs between ONNX Runtime releases (12 and 13), so it is read from the library, never assumed.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { BenchError } from '../core/errors.ts';
import { findLibrary, neededLibraries } from './sharedLibrary.ts';

export const DRIVER_LIBRARY = 'libcuda.so.1';
const CUDA_PROVIDER = 'libonnxruntime_providers_cuda.so';
const PROVIDER_FILES = [CUDA_PROVIDER, 'libonnxruntime_providers_shared.so'];
const SUPPORTED_PLATFORM = 'linux-x64';

export interface CudaLibraries {
  readonly platform: string;
  readonly platformSupported: boolean;
  /** Where ONNX Runtime looks for its provider libraries. */
  readonly folder: string;
  /** Absent, or there but broken. */
  readonly missingProviderFiles: readonly string[];
  readonly driver: string | null;
  /** CUDA and cuDNN libraries that the provider is linked against; empty while it is not there. */
  readonly needed: readonly string[];
  readonly missing: readonly string[];
  /** CUDA major that the provider was built for, from the libcudart or libcublas it wants. */
  readonly cudaMajor: number | null;
}

export function onnxruntimeFolder(): string {
  return dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
}

export function binaryFolder(): string {
  return join(onnxruntimeFolder(), 'bin', 'napi-v6', process.platform, process.arch);
}

/** Looks at the disk afresh on each call. */
export function inspectCuda(folder: string = binaryFolder()): CudaLibraries {
  const platform = `${process.platform}-${process.arch}`;
  const needs = new Map(PROVIDER_FILES.map((file) => [file, needsOf(join(folder, file))]));
  const needed = (needs.get(CUDA_PROVIDER) ?? []).filter(isNvidiaLibrary);
  return {
    platform,
    platformSupported: platform === SUPPORTED_PLATFORM,
    folder,
    missingProviderFiles: PROVIDER_FILES.filter((file) => needs.get(file) === null),
    driver: findLibrary(DRIVER_LIBRARY),
    needed,
    missing: needed.filter((name) => name !== DRIVER_LIBRARY && findLibrary(name, folder) === null),
    cudaMajor: cudaMajorOf(needed),
  };
}

/** Null if there is no such file or it is no library, say a copy that was cut off: both need fetching. */
function needsOf(path: string): string[] | null {
  try {
    return existsSync(path) ? neededLibraries(path) : null;
  } catch (error) {
    if (error instanceof BenchError) return null;
    throw error;
  }
}

function isNvidiaLibrary(name: string): boolean {
  return /^lib(cu|nv)/.test(name);
}

/** `libcudart.so.12` or `libcublas.so.13` -> 12, 13. cuFFT and cuRAND count on their own. */
export function cudaMajorOf(needed: readonly string[]): number | null {
  for (const name of needed) {
    const major = /^lib(?:cudart|cublas|cublasLt)\.so\.(\d+)/.exec(name)?.[1];
    if (major !== undefined) return Number(major);
  }
  return null;
}

/** Debian and Ubuntu packages of NVIDIA's repository that hold the missing libraries, e.g. `libcublas-12-*`. */
export function packagesFor(missing: readonly string[], cudaMajor: number | null): string[] {
  const major = cudaMajor ?? 12;
  const packages = missing.map((name) => {
    const [, stem = '', version = ''] = /^lib(\w+?)\.so(?:\.(\d+))?/.exec(name) ?? [];
    if (stem === 'cudart') return `cuda-cudart-${version}-*`;
    if (stem === 'nvrtc') return `cuda-nvrtc-${version}-*`;
    if (stem.startsWith('cublas')) return `libcublas-${version}-*`;
    if (stem.startsWith('cudnn')) return `libcudnn${version}-cuda-${major}`;
    return `lib${stem}-${major}-*`;
  });
  return [...new Set(packages)];
}
