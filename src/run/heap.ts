// The heaps of a worker process.
// The C heap (glibc): huge pages, and weights on the heap instead of in mappings of their own. Without it the sessions
// that a process loads first are 1.5 to 2.5 % slower than those it loads later, at small batches, whatever their graph
// (seen with ONNX Runtime 1.30, 6x384 encoder at 1 x 32 tokens, glibc 2.36): their weights lie on scattered 4 KiB
// pages. With it the order does not show (0.3 %), and all are 1 to 2 % faster. Huge pages alone leave the difference.
// JavaScript's heap in a time block: a young generation that one block does not fill, so that nothing is collected
// inside a timed call (before: in 3 % of the calls of long blocks, 1 to 3 ms each; Node 20).
import type { BlockKind } from '../core/schema/block.ts';

const TUNABLES = 'glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=33554432';

/** What GLIBC_TUNABLES the user has set stays, the empty one included; other systems ignore the variable. */
export function heapEnvironment(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): Readonly<Record<string, string>> {
  if (platform !== 'linux' || environment['GLIBC_TUNABLES'] !== undefined) return {};
  return { GLIBC_TUNABLES: TUNABLES };
}

const ROOMY = ['--min-semi-space-size=64', '--max-semi-space-size=64'];

/** Flags for Node. Other kinds of block go without: the room would count as their memory. */
export function heapFlags(kind: BlockKind): readonly string[] {
  return kind === 'time' ? ROOMY : [];
}
