// Makes the emulator several times faster on Intel machines. qemu computes each lane of a fused multiply-add by a call of
// the C library's fmaf, an AVX function, from code compiled for SSE, while the upper halves of the registers still hold
// what AVX2 code of qemu's own left there; since Ice Lake each such change between SSE and AVX costs about 100 ns (212 ns
// a call measured, 5 with clean registers). An fmaf that cleans them on its way in and out is the same instruction
// and the same result. It needs a C compiler; without one the check takes longer and is otherwise the same.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SOURCE = `
float fmaf(float a, float b, float c) {
  __asm__("vzeroupper\\n\\tvfmadd213ss %2, %1, %0\\n\\tvzeroupper" : "+x"(a) : "x"(b), "x"(c));
  return a;
}
`;

export interface NearFma {
  /** For the emulator; empty if there is no compiler or the processor has no FMA. */
  readonly environment: Readonly<Record<string, string>>;
  remove(): void;
}

/** @param flags of the host's processor, as in /proc/cpuinfo. */
export async function buildNearFma(flags: readonly string[]): Promise<NearFma> {
  const none: NearFma = { environment: {}, remove: () => undefined };
  if (!flags.includes('fma') || !flags.includes('avx')) return none;
  if (process.env['LD_PRELOAD'] !== undefined) return none; // the user's own stays
  const folder = mkdtempSync(join(tmpdir(), 'token-pruning-fma-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const library = join(folder, 'fmaf.so');
  if (await compile(library)) return { environment: { LD_PRELOAD: library }, remove };
  remove();
  return none;
}

function compile(library: string): Promise<boolean> {
  return new Promise((resolve) => {
    const flags = ['-O2', '-shared', '-fPIC', '-o', library, '-x', 'c', '-'];
    const compiler = execFile('cc', flags, (error) => resolve(error === null));
    compiler.stdin?.on('error', () => undefined); // there is no compiler; the callback says so
    compiler.stdin?.end(SOURCE);
  });
}
