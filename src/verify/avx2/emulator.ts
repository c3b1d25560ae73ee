// The emulator: qemu's user mode, which runs one program on a processor of another model. What that processor is must
// be seen, not believed: /proc/cpuinfo shows the host's, and a qemu that cannot emulate a feature leaves it out with
// a warning (AVX2 came with qemu 7.2). So CPUID is asked in the emulator itself, by two programs that print what they
// found: glibc's loader with every bit, and Node with the features that V8 uses.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { BenchError, messageOf } from '../../core/errors.ts';
import { isaOf, ISA_LABELS, type Isa } from '../../machine/isa.ts';
import type { Prefix } from './launch.ts';

/** Debian's and Ubuntu's name of the program. */
export const EMULATOR = 'qemu-x86_64';

/** A processor as programs on it see it. */
export interface SeenProcessor {
  /** The flags CPUID showed, out of those that choose ONNX Runtime's kernels. */
  readonly flags: readonly string[];
  readonly isa: Isa;
  /** Family and model by CPUID, e.g. 6 and 60; null where the loader does not tell (glibc before 2.33, musl). */
  readonly family: number | null;
  readonly model: number | null;
  /** Whether CPUID was read for AVX-512 too; V8 does not look for it. */
  readonly complete: boolean;
}

const run = promisify(execFile);
const LOADER = '/lib64/ld-linux-x86-64.so.2';
const ADVICE = 'apt-get install qemu-user, version 7.2 or newer';

/** The first line of `--version`. @throws BenchError if there is no such program. */
export async function emulatorVersion(path: string): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new BenchError(
      `the check emulates x86-64 with qemu's user mode, this is ${process.platform} on ${process.arch}`,
      'run it on Linux on an x86-64 machine, or in docker/Dockerfile.haswell-cpu with qemu-user installed',
    );
  }
  try {
    const { stdout } = await run(path, ['--version']);
    return stdout.split('\n')[0] ?? '';
  } catch (thrown) {
    const missing = (thrown as NodeJS.ErrnoException).code === 'ENOENT';
    throw new BenchError(
      missing ? `${path} is not installed` : `${path} does not run: ${messageOf(thrown)}`,
      missing ? ADVICE : '--qemu PATH',
      { cause: thrown },
    );
  }
}

/** @throws BenchError if a program cannot be run there at all, e.g. for an unknown CPU model. */
export async function seeProcessor(prefix: Prefix): Promise<SeenProcessor> {
  const fromLoader = existsSync(LOADER) ? await ask(prefix, [LOADER, '--list-diagnostics']) : null;
  const fromNode = await ask(prefix, [process.execPath, '--v8-options']);
  if (fromNode instanceof Error) {
    throw new BenchError(`${prefix.command.join(' ')}: ${messageOf(fromNode)}`, '--qemu PATH, --cpu MODEL', {
      cause: fromNode,
    });
  }
  return processorFrom(fromLoader instanceof Error ? null : fromLoader, fromNode);
}

/** @param prefix of the emulator. @throws BenchError unless ONNX Runtime will choose its AVX2 kernels there. */
export function requireAvx2(seen: SeenProcessor, prefix: Prefix): void {
  if (seen.isa === 'avx2') return;
  throw new BenchError(
    `${prefix.command.join(' ')} shows a processor with ${ISA_LABELS[seen.isa]}, for which ONNX Runtime takes other kernels`,
    `--cpu Haswell; AVX2 needs qemu 7.2 or newer`,
  );
}

async function ask({ command, environment }: Prefix, program: readonly string[]): Promise<string | Error> {
  const [file = '', ...args] = [...command, ...program];
  try {
    const { stdout } = await run(file, args, {
      env: { ...process.env, ...environment },
      maxBuffer: 2 ** 24,
    });
    return stdout;
  } catch (thrown) {
    const { stderr } = thrown as { stderr?: string };
    const told = stderr?.trim().split('\n').at(-1);
    return new Error(told === undefined || told === '' ? messageOf(thrown) : told);
  }
}

/**
 * @param loader what `ld.so --list-diagnostics` printed, null without. @param node what `node --v8-options` printed.
 * Where the two contradict each other, neither is believed: the feature counts as absent.
 */
export function processorFrom(loader: string | null, node: string): SeenProcessor {
  const word = (leaf: number, register: number): number | null => {
    const name = `x86.cpu_features.features[0x${leaf.toString(16)}].cpuid[0x${register}]=`;
    const line = loader?.split('\n').find((one) => one.startsWith(name));
    return line === undefined ? null : Number(line.slice(name.length));
  };
  const number = (name: string): number | null => {
    const line = loader?.split('\n').find((one) => one.startsWith(`x86.cpu_features.basic.${name}=`));
    return line === undefined ? null : Number(line.split('=')[1]);
  };
  const v8 = (name: string): boolean => node.includes(`${name}=1`);
  const [leaf1, leaf7] = [word(0, 2), word(1, 1)]; // CPUID.1:ECX and CPUID.7:EBX
  const both = (register: number | null, bit: number, name: string): boolean =>
    v8(name) && (register === null || bitOf(register, bit));
  const shown = [
    ['avx', both(leaf1, 28, 'AVX')],
    ['fma', both(leaf1, 12, 'FMA3')],
    ['avx2', both(leaf7, 5, 'AVX2')],
    ['avx512f', leaf7 !== null && bitOf(leaf7, 16)],
  ] as const;
  const flags = shown.filter(([, there]) => there).map(([name]) => name);
  return {
    flags,
    isa: isaOf('x64', [...flags, 'sse2']),
    family: number('family'),
    model: number('model'),
    complete: leaf7 !== null,
  };
}

function bitOf(register: number, bit: number): boolean {
  return Math.floor(register / 2 ** bit) % 2 === 1;
}

/** The emulator with a processor model. */
export function emulatorPrefix(
  path: string,
  cpu: string,
  environment: Readonly<Record<string, string>> = {},
): Prefix {
  // The variables are for the emulator itself; the program in it gets none of them.
  const hidden = Object.keys(environment).flatMap((name) => ['-U', name]);
  return { command: [path, ...hidden, '-cpu', cpu], environment };
}
