import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { BenchError } from '../../src/core/errors.ts';
import { binaryFolder, cudaMajorOf, inspectCuda, packagesFor } from '../../src/runtime/cudaLibraries.ts';
import type { CudaLibraries } from '../../src/runtime/cudaLibraries.ts';
import { explainCuda } from '../../src/runtime/providers/cuda.ts';
import { findLibrary, neededLibraries, parseLoaderCache } from '../../src/runtime/sharedLibrary.ts';

const ON_LINUX_X64 =
  process.platform === 'linux' && process.arch === 'x64' ? false : 'reads the linux-x64 library';

describe('a shared library', () => {
  it('tells what it is linked against', { skip: ON_LINUX_X64 }, () => {
    const needed = neededLibraries(join(binaryFolder(), 'libonnxruntime.so.1'));
    assert.ok(needed.includes('libc.so.6') && needed.includes('libstdc++.so.6'), needed.join());
    assert.notEqual(findLibrary('libc.so.6'), null);
    assert.equal(findLibrary('libno-such-thing.so.9'), null);
  });

  it('that is none, or is cut short, is refused, and counts as missing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'library-'));
    const path = join(folder, 'libonnxruntime_providers_cuda.so');
    const header = Buffer.alloc(64);
    header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
    header.writeBigUInt64LE(4096n, 40); // section table beyond the end
    header.writeUInt16LE(64, 58);
    header.writeUInt16LE(3, 60);
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(100, 'text'), header]) {
      writeFileSync(path, bytes);
      assert.throws(() => neededLibraries(path), BenchError);
      assert.ok(inspectCuda(folder).missingProviderFiles.includes('libonnxruntime_providers_cuda.so'));
    }
    rmSync(folder, { recursive: true });
  });

  it('is found through the cache of the loader, 32-bit ones left out', () => {
    const cache = parseLoaderCache(
      "2 libs found in cache `/etc/ld.so.cache'\n" +
        '\tlibcuda.so.1 (libc6) => /lib/i386-linux-gnu/libcuda.so.1\n' +
        '\tlibcuda.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libcuda.so.1\n',
    );
    assert.deepEqual([...cache], [['libcuda.so.1', '/lib/x86_64-linux-gnu/libcuda.so.1']]);
  });
});

const NEEDED = [
  'libcublasLt.so.12',
  'libcublas.so.12',
  'libcurand.so.10',
  'libcufft.so.11',
  'libcudart.so.12',
  'libcudnn.so.9',
];

describe('the CUDA libraries', () => {
  it('name the CUDA major that they were built for', () => {
    assert.equal(cudaMajorOf(NEEDED), 12);
    assert.equal(cudaMajorOf(['libcufft.so.12', 'libcudart.so.13']), 13);
    assert.equal(cudaMajorOf([]), null);
  });

  it('are mapped to packages, each once', () => {
    assert.deepEqual(
      packagesFor(['libcudart.so.12', 'libcublas.so.12', 'libcublasLt.so.12', 'libcudnn.so.9'], 12),
      ['cuda-cudart-12-*', 'libcublas-12-*', 'libcudnn9-cuda-12'],
    );
    assert.deepEqual(packagesFor(['libcufft.so.11'], 12), ['libcufft-12-*']);
  });

  it('are all reported missing for an empty folder', () => {
    const { missingProviderFiles, needed } = inspectCuda(import.meta.dirname);
    assert.equal(missingProviderFiles.length, 2);
    assert.deepEqual(needed, []);
  });
});

describe('the cuda provider explains', () => {
  const complete: CudaLibraries = {
    platform: 'linux-x64',
    platformSupported: true,
    folder: '/somewhere',
    missingProviderFiles: [],
    driver: '/lib/libcuda.so.1',
    needed: NEEDED,
    missing: [],
    cudaMajor: 12,
  };
  const error = { outcome: 'error', message: 'it failed', stderr: '' } as const;

  it('a platform without it', () => {
    const absence = explainCuda(error, { ...complete, platform: 'darwin-arm64', platformSupported: false });
    assert.match(absence.reason, /darwin-arm64/);
  });

  it('libraries that were never fetched', () => {
    const absence = explainCuda(error, {
      ...complete,
      missingProviderFiles: ['libonnxruntime_providers_cuda.so'],
    });
    assert.equal(
      absence.reason,
      "ONNX Runtime's CUDA provider (libonnxruntime_providers_cuda.so) is missing",
    );
    assert.equal(absence.remedy, 'npm run setup:cuda');
  });

  it('a missing driver and missing cuDNN, both at once', () => {
    const absence = explainCuda(error, { ...complete, driver: null, missing: ['libcudnn.so.9'] });
    assert.match(
      absence.reason,
      /NVIDIA driver \(libcuda\.so\.1\) and part of CUDA 12 or cuDNN \(libcudnn\.so\.9\) are missing/,
    );
    assert.match(absence.remedy, /--gpus all.*libcudnn9-cuda-12/);
  });

  it('the known errors of the CUDA runtime', () => {
    const reasonOf = (message: string): string => explainCuda({ ...error, message }, complete).reason;
    assert.match(
      reasonOf('CUDA error: no kernel image is available for execution on the device'),
      /compute capability/,
    );
    assert.match(reasonOf('CUDA failure 35: CUDA driver version is insufficient'), /driver is too old/);
    assert.match(reasonOf('CUDA failure 100: no CUDA-capable device is detected'), /offers no GPU/);
    assert.match(reasonOf('CUDA failure 2: out of memory'), /memory is full/);
    assert.match(reasonOf('something else'), /failed: something else/);
  });
});
