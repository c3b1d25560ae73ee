// Which of its kernels ONNX Runtime's CPU library (MLAS) will choose on a processor. It dispatches by CPUID alone
// and has no switch to cap it, so this decides what a CPU measurement can be compared with. The order follows
// onnxruntime/core/mlas/lib/platform.cpp (read at the 1.30 line): AMX and VNNI serve int8 products only, so a
// float32 graph runs the same AVX-512F kernels on Skylake-X and Sapphire Rapids.

export type Isa = 'avx512' | 'avx2' | 'avx' | 'sse' | 'neon' | 'unknown';

export type Int8Isa = Exclude<Isa, 'avx'> | 'amx' | 'avx512-vnni' | 'avx-vnni';

/** Kernels of float32 matrix products. `flags` as in /proc/cpuinfo; `arch` as `process.arch` names it. */
export function isaOf(arch: string, flags: readonly string[]): Isa {
  if (arch === 'arm64') return 'neon';
  if (arch !== 'x64' || flags.length === 0) return 'unknown';
  const has = (...wanted: string[]): boolean => wanted.every((flag) => flags.includes(flag));
  if (has('avx', 'fma', 'avx2', 'avx512f')) return 'avx512';
  if (has('avx', 'fma', 'avx2')) return 'avx2';
  return has('avx') ? 'avx' : 'sse';
}

/** Kernels of int8 matrix products. */
export function int8IsaOf(arch: string, flags: readonly string[]): Int8Isa {
  const isa = isaOf(arch, flags);
  const has = (...wanted: string[]): boolean => wanted.every((flag) => flags.includes(flag));
  if (isa === 'neon' || isa === 'unknown') return isa;
  if (isa === 'avx' || isa === 'sse') return 'sse';
  if (has('amx_tile', 'amx_int8')) return 'amx';
  if (isa === 'avx512' && has('avx512bw', 'avx512dq', 'avx512vl')) {
    return has('avx512_vnni') ? 'avx512-vnni' : 'avx512';
  }
  return has('avx_vnni') ? 'avx-vnni' : 'avx2';
}

/** For people. */
export const ISA_LABELS: Readonly<Record<Isa, string>> = {
  avx512: 'AVX-512',
  avx2: 'AVX2 + FMA',
  avx: 'AVX',
  sse: 'SSE2',
  neon: 'NEON',
  unknown: 'unknown instruction set',
};
