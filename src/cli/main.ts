// The entry of every `npm run <command>`: finds the command, and is the one place that prints an error and sets the
// exit code. Commands are imported only when called, so that `--help` and the reports need no native library.
import { BenchError, EXIT } from '../core/errors.ts';
import { programVersion } from '../core/root.ts';
import { spelled } from '../core/spelling.ts';
import type { Command } from './command.ts';
import { isWithoutRuntime, withoutRuntime } from '../runtime/missing.ts';

type Load = () => Promise<{ readonly command: Command }>;

const COMMANDS: Readonly<Record<string, Load>> = {
  bench: () => import('./bench.ts'),
  report: () => import('./report.ts'),
  compare: () => import('./compare.ts'),
  history: () => import('./history.ts'),
  merge: () => import('./merge.ts'),
  peers: () => import('./peers.ts'),
  doctor: () => import('./doctor.ts'),
  calibrate: () => import('./calibrate.ts'),
  models: () => import('./models.ts'),
  data: () => import('./data.ts'),
  'verify-avx2': () => import('./verifyAvx2.ts'),
  'setup-cuda': () => import('./setupCuda.ts'),
};

async function main([name, ...argv]: readonly string[]): Promise<number> {
  if (name === undefined || name === '-h' || name === '--help') {
    process.stdout.write(spelled(await overview()));
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  if (name === '-v' || name === '--version') {
    process.stdout.write(`${programVersion()}\n`);
    return EXIT.ok;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) {
    throw new BenchError(`unknown command "${name}"`, `commands: ${Object.keys(COMMANDS).join(', ')}`);
  }
  const { command } = await load();
  return command.run(argv);
}

async function overview(): Promise<string> {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const lines = await Promise.all(
    Object.entries(COMMANDS).map(
      async ([name, load]) => `  npm run ${name.padEnd(width)}  ${await summaryOf(load)}`,
    ),
  );
  return ['Every command takes flags and --help, e.g. npm run bench -- --help', '', ...lines, ''].join('\n');
}

async function summaryOf(load: Load): Promise<string> {
  try {
    return (await load()).command.summary;
  } catch (thrown) {
    if (isWithoutRuntime(thrown)) return '(needs ONNX Runtime, which is not installed)';
    throw thrown;
  }
}

// Whoever reads our output may stop early, e.g. `| head`: no reason to fail loudly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.ok);
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (thrown) {
  const error = isWithoutRuntime(thrown) ? withoutRuntime(thrown) : thrown;
  if (!(error instanceof BenchError)) throw error;
  process.stderr.write(`${spelled(error.line)}\n`);
  process.exitCode = error.exitCode;
}
