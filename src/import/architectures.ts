// The registry: one line an architecture. The published checkpoints of a pruning method come before the plain
// families, since they may call themselves by a family's name.
import type { Architecture } from './architecture.ts';

export const ARCHITECTURES: readonly Architecture[] = [];
