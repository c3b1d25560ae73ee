// A comparison as text for a terminal: the result comes last, where the eye is.
import { toText } from '../../../core/textGrid.ts';
import type { ComparisonFindings } from '../../findings/comparison/comparison.ts';

export function renderComparison(findings: ComparisonFindings): string {
  const { opening, notes, grid, reasons, remarks, result } = findings;
  const tripped = ['Gate tripped by:', ...reasons.map((reason) => `  ${reason}`)].join('\n');
  const parts = [
    opening,
    ...notes,
    ...(grid === null ? [] : [toText(grid)]),
    ...(reasons.length === 0 ? [] : [tripped]),
    ...remarks,
    result,
  ];
  return `${parts.join('\n\n')}\n`;
}
