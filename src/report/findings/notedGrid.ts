// A table with what must be said below it.
import type { Grid } from '../../core/textGrid.ts';

export interface NotedGrid {
  readonly grid: Grid;
  readonly notes: readonly string[];
}
