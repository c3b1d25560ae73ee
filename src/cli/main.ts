// The entry of every `npm run <command>`: finds the command, and is the one place that prints an error and sets the
// exit code.
import { BenchError, EXIT } from '../core/errors.ts';
import { programVersion } from '../core/root.ts';
import { spelled } from '../core/spelling.ts';
import { hintFor } from '../core/suggestion.ts';
import { COMMANDS, LOADS, type Load } from './commands.ts';
import { isWithoutRuntime, withoutRuntime } from '../runtime/missing.ts';
import { columns } from './help.ts';

async function main([name, ...argv]: readonly string[]): Promise<number> {
  if (name === '-h' || name === '--help') {
    process.stdout.write(await overview());
    return EXIT.ok;
  }
  if (name === undefined) {
    process.stderr.write(await overview());
    return EXIT.usage;
  }
  if (name === '-v' || name === '--version') {
    process.stdout.write(`${programVersion()}\n`);
    return EXIT.ok;
  }
  const load = LOADS.get(name);
  if (load === undefined) {
    throw new BenchError(
      `unknown command "${name}"`,
      hintFor(name, [...LOADS.keys()], '--help lists the commands'),
    );
  }
  const { command } = await load();
  return command.run(argv);
}

async function overview(): Promise<string> {
  const groups = await Promise.all(
    Object.entries(COMMANDS).map(async ([title, loads]) => {
      const rows = Object.entries(loads).map(async ([name, load]) => [name, await summaryOf(load)] as const);
      return { title, rows: await Promise.all(rows) };
    }),
  );
  const width = Math.max(...groups.flatMap(({ rows }) => rows.map(([name]) => name.length)));
  return [
    spelled('Usage: npm run command -- [flags]'),
    ...groups.map(({ title, rows }) => [`${title}:`, ...columns(rows, width)].join('\n')),
    'Each command has its own --help.',
  ]
    .join('\n\n')
    .concat('\n');
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
