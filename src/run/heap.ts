// The heap of a worker process, on glibc: huge pages, and weights on the heap instead of in mappings of their own.
// Without it the sessions that a process loads first are 1.5 to 2.5 % slower than those it loads later, at small
// batches, whatever their graph (seen with ONNX Runtime 1.30, 6x384 encoder at 1 x 32 tokens, glibc 2.36): their
// weights lie on scattered 4 KiB pages. With it the order does not show (0.3 %), and all are 1 to 2 % faster.
// Both settings are needed: huge pages alone leave the difference.
const TUNABLES = 'glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=33554432';

/** What GLIBC_TUNABLES the user has set stays, the empty one included; other systems ignore the variable. */
export function heapEnvironment(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): Readonly<Record<string, string>> {
  if (platform !== 'linux' || environment['GLIBC_TUNABLES'] !== undefined) return {};
  return { GLIBC_TUNABLES: TUNABLES };
}
