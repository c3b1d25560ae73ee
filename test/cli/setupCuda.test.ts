// The fetching itself is not tried here: it would load hundreds of megabytes wherever the feed can be reached.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  command,
  describeLibraries,
  failureOf,
  fetchLibraries,
  scriptEnvironment,
} from '../../src/cli/setupCuda.ts';
import { BenchError } from '../../src/core/errors.ts';

/** What Node prints when the install script cannot resolve the feed's name. */
const OFFLINE = `node:internal/process/promises:288
            triggerUncaughtException(err, true /* fromPromise */);
            ^

Error: getaddrinfo ENOTFOUND api.nuget.org
    at GetAddrInfoReqWrap.onlookupall [as oncomplete] (node:dns:122:26) {
  errno: -3008,
  code: 'ENOTFOUND'
}

Node.js v20.20.2
`;

describe('setup:cuda', () => {
  let folder = '';
  before(() => void (folder = mkdtempSync(join(tmpdir(), 'setup-cuda-'))));
  after(() => rmSync(folder, { recursive: true }));

  it('reports a failed fetch in one line and removes what came by half', async () => {
    const bin = mkdtempSync(join(folder, 'bin-'));
    writeFileSync(join(bin, 'libonnxruntime.so.1'), 'the cpu provider');
    const script = join(folder, 'half.cjs');
    writeFileSync(
      script,
      `require('fs').writeFileSync(${JSON.stringify(join(bin, 'libonnxruntime_providers_cuda.so'))}, 'half');
       throw new Error('socket hang up');`,
    );
    await assert.rejects(fetchLibraries(bin, script), (error) => {
      assert.ok(error instanceof BenchError);
      assert.equal(error.exitCode, 2);
      assert.match(
        error.line,
        /^the CUDA libraries could not be fetched: Error: socket hang up; the cpu provider works/,
      );
      return true;
    });
    assert.deepEqual(readdirSync(bin), ['libonnxruntime.so.1']);
  });

  it('does not believe a script that ends well without the files', async () => {
    const script = join(folder, 'idle.cjs');
    writeFileSync(script, '');
    await assert.rejects(fetchLibraries(folder, script), BenchError);
  });

  it('asks the install script for CUDA 12 in the one spelling that acts', async () => {
    const bin = mkdtempSync(join(folder, 'bin-'));
    const script = join(folder, 'echo.cjs');
    writeFileSync(
      script,
      `const { ONNXRUNTIME_NODE_INSTALL: all, ONNXRUNTIME_NODE_INSTALL_CUDA: cuda } = process.env;
       if (all !== undefined || cuda !== 'v12') throw new Error('wrong request');
       for (const part of ['cuda', 'shared'])
         require('fs').writeFileSync(require('path').join(${JSON.stringify(bin)}, 'libonnxruntime_providers_' + part + '.so'), '');`,
    );
    // The files are empty, so they count as missing; had the request been another, that error would stand here.
    await assert.rejects(fetchLibraries(bin, script), /the install script ended with 0/);
    assert.deepEqual(readdirSync(bin), []);
    const environment = scriptEnvironment({ ONNXRUNTIME_NODE_INSTALL: 'skip', PATH: '/bin' });
    assert.deepEqual(environment, { PATH: '/bin', ONNXRUNTIME_NODE_INSTALL_CUDA: 'v12' });
  });

  it('finds the telling line of a stack trace', () => {
    assert.equal(failureOf(OFFLINE, 1), 'Error: getaddrinfo ENOTFOUND api.nuget.org');
    assert.equal(failureOf('something odd\n', 1), 'something odd');
    assert.equal(failureOf('', 7), 'the install script ended with 7');
  });

  it('says for which CUDA the libraries were built and what of it is missing', () => {
    const lines = describeLibraries({
      platform: 'linux-x64',
      platformSupported: true,
      folder: '/bin',
      missingProviderFiles: [],
      driver: null,
      needed: ['libcudart.so.13', 'libcudnn.so.9'],
      missing: ['libcudnn.so.9'],
      cudaMajor: 13,
    });
    assert.deepEqual(lines, [
      'ONNX Runtime CUDA provider: in /bin',
      'built for CUDA 13: libcudart.so.13, libcudnn.so.9',
      'CUDA and cuDNN libraries missing: libcudnn.so.9; packages: libcudnn9-cuda-13',
      'NVIDIA driver: missing (libcuda.so.1)',
    ]);
  });

  it('refuses an unknown flag in one line', async () => {
    await assert.rejects(
      command.run(['--cuda11']),
      (error) => error instanceof BenchError && error.line.includes('--cuda11'),
    );
  });
});
