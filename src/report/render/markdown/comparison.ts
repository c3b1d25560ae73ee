// A comparison as Markdown for a job summary: the result is the heading.
import type { ComparisonFindings } from '../../findings/comparison/comparison.ts';
import { escapePipe, toMarkdown } from './grid.ts';

export function comparisonMarkdown(findings: ComparisonFindings): string {
  const { opening, notes, grid, reasons, remarks, result } = findings;
  const tripped = reasons.map((reason) => `- ${escapePipe(reason)}`).join('\n');
  const parts = [
    `### ${escapePipe(result)}`,
    opening,
    ...notes.map((note) => `> ${note}`),
    ...(grid === null ? [] : [toMarkdown(grid)]),
    ...(reasons.length === 0 ? [] : [`Gate tripped by:\n\n${tripped}`]),
    ...remarks,
  ];
  return `${parts.join('\n\n')}\n`;
}
