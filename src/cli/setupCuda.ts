// `npm run setup:cuda`: fetches ONNX Runtime's CUDA libraries, which the npm package leaves out, by the package's
// own install script, and then says which CUDA they were built for and what of it the system lacks. Nothing that
// works is touched: the script only adds files, and those of a failed attempt are removed again.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BenchError, EXIT } from '../core/errors.ts';
import { notice, noticesAreSilent } from '../core/notices.ts';
import { spelled } from '../core/spelling.ts';
import { inspectCuda, onnxruntimeFolder, packagesFor, type CudaLibraries } from '../runtime/cudaLibraries.ts';
import { probeProvider } from '../runtime/providers.ts';
import type { Usage } from './args.ts';
import { commandOf } from './command.ts';

const USAGE = {
  name: 'setup:cuda',
  summary: "Fetches ONNX Runtime's CUDA libraries (linux-x64) and says what else is missing.",
  flags: {
    check: { type: 'boolean', help: 'fetch nothing; say what is missing' },
  },
  notes: [
    'The libraries come from the NuGet feed (api.nuget.org). Behind a proxy set GLOBAL_AGENT_HTTPS_PROXY.',
    'This command does not install the NVIDIA driver, CUDA and cuDNN 9, but names their packages.',
    'Exit code: 0 the cuda provider has what it needs, 2 something is missing. With --check, 0 only if the provider works on this machine.',
  ],
} as const satisfies Usage;

/** The archive and what is unpacked from it lie on the disk at one time; a safe bound, not a measured size. */
const DISK_NEEDED_BYTES = 2e9;

export const command = commandOf(USAGE, async ({ values }) => {
  const before = inspectCuda();
  checkPlatform(before);
  if (values.check === true) return (await report(before)) ? EXIT.ok : EXIT.usage;
  if (before.missingProviderFiles.length > 0) {
    [before.folder, tmpdir()].forEach(checkDisk);
    await fetchLibraries(before.folder, join(onnxruntimeFolder(), 'script', 'install.js'));
  }
  const after = inspectCuda();
  await report(after);
  // An image is built where there is no GPU: a missing driver is told, but it is no failure of this step.
  return after.missing.length === 0 ? EXIT.ok : EXIT.usage;
});

function checkPlatform({ platform, platformSupported }: CudaLibraries): void {
  if (platformSupported) return;
  throw new BenchError(
    `onnxruntime-node has CUDA libraries for linux-x64 only, this is ${platform}`,
    'measure with --providers cpu here',
  );
}

function checkDisk(folder: string): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free >= DISK_NEEDED_BYTES) return;
  throw new BenchError(
    `${gigabytes(free)} GB free at ${folder}, fetching the CUDA libraries may take ${gigabytes(DISK_NEEDED_BYTES)} GB`,
    'free some disk space',
  );
}

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);

/**
 * Runs the install script, which adds files to `folder`. If it fails, what it added is removed again: a file that
 * was copied by half would be loaded the next time.
 */
export async function fetchLibraries(folder: string, script: string): Promise<void> {
  if (!existsSync(script)) throw new BenchError(`${script} is missing`, 'npm ci');
  const before = new Set(readdirSync(folder));
  notice(`fetching ${inspectCuda(folder).missingProviderFiles.join(', ')} with ${script}`);
  const { code, stderr } = await runScript(script);
  const missing = inspectCuda(folder).missingProviderFiles;
  if (code === 0 && missing.length === 0) return;
  for (const file of readdirSync(folder)) {
    if (!before.has(file) || missing.includes(file)) rmSync(join(folder, file), { force: true });
  }
  throw new BenchError(
    `the CUDA libraries could not be fetched: ${failureOf(stderr, code)}; the cpu provider works as before`,
    'this step needs access to https://api.nuget.org; behind a proxy set GLOBAL_AGENT_HTTPS_PROXY',
  );
}

/**
 * ONNXRUNTIME_NODE_INSTALL_CUDA=v12 is the one spelling that acts: the documented `--onnxruntime-node-install=cuda12`
 * falls through the script's own switch and means "default", which under npm is "do nothing" (1.22 to 1.30).
 */
export function scriptEnvironment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const environment = { ...own, ONNXRUNTIME_NODE_INSTALL_CUDA: 'v12' };
  const overriding = ['ONNXRUNTIME_NODE_INSTALL', 'npm_config_onnxruntime_node_install'];
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !overriding.includes(name)));
}

/** Its progress is passed on; its errors, a stack trace, are kept for one line. */
function runScript(script: string): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [script], {
    env: scriptEnvironment(process.env),
    stdio: ['ignore', noticesAreSilent() ? 'ignore' : process.stderr, 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stderr }));
  });
}

/** The line of Node's stack trace that says what went wrong. */
export function failureOf(stderr: string, code: number | null): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const error = lines.find((line) => /^(\w*Error|Failed)\b.*:/.test(line));
  return (
    error ?? lines.findLast((line) => line !== '') ?? `the install script ended with ${code ?? 'a signal'}`
  );
}

/** Prints what is there; whether the provider works. */
async function report(libraries: CudaLibraries): Promise<boolean> {
  for (const line of describeLibraries(libraries)) process.stdout.write(`${line}\n`);
  const probe = await probeProvider('cuda');
  const told = probe.available
    ? 'the cuda provider works: npm run bench -- --providers cuda\n'
    : `the cuda provider does not work yet: ${probe.reason}\nto get it: ${probe.remedy}\n`;
  process.stdout.write(spelled(told));
  return probe.available;
}

/** What is there and what is not, a line each. */
export function describeLibraries(libraries: CudaLibraries): string[] {
  const { folder, missingProviderFiles, needed, missing, cudaMajor, driver } = libraries;
  const provider =
    missingProviderFiles.length === 0
      ? `in ${folder}`
      : `missing: ${missingProviderFiles.join(', ')} (npm run setup:cuda)`;
  const lines = [`ONNX Runtime CUDA provider: ${provider}`];
  if (needed.length > 0) {
    lines.push(
      `built for CUDA ${cudaMajor ?? '(no libcudart or libcublas among its needs)'}: ${needed.join(', ')}`,
    );
    lines.push(
      missing.length === 0
        ? 'CUDA and cuDNN libraries: all found'
        : `CUDA and cuDNN libraries missing: ${missing.join(', ')}; packages: ${packagesFor(missing, cudaMajor).join(', ')}`,
    );
  }
  lines.push(`NVIDIA driver: ${driver ?? 'missing (libcuda.so.1)'}`);
  return lines;
}
