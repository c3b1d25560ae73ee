// What a run says at its end, for a terminal: the narrow table, what the run is worth, the answer, then what else was
// measured and the doubts.
import { toText } from '../../../core/textGrid.ts';
import type { Findings } from '../../findings/findings.ts';
import type { NotedGrid } from '../../findings/notedGrid.ts';

export function renderTable(findings: Findings): string {
  const { results, worth, answer, peers, scenarios, costs, harness, doubts } = findings;
  if (results === null) return 'No rows: nothing was measured.\n';
  const sections = [
    ...notedGrid(results),
    worth.sentences.join(' '),
    ...answer.settings.flatMap(({ sentences, variants }) => [
      sentences.join('\n'),
      variants.map(({ line }) => `  ${line}`).join('\n'),
    ]),
    answer.run.join('\n'),
    peers === null ? '' : titled(peers.intro, peers.lines),
    ...notedGrid(scenarios),
    ...notedGrid(costs),
    harness === null ? '' : `Harness: ${harness}.`,
    doubts.length === 0
      ? ''
      : titled(
          'Doubts:',
          doubts.map(({ mark, line }) => `${mark} ${line}`),
        ),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function notedGrid(table: NotedGrid | null): string[] {
  return table === null ? [] : [toText(table.grid), table.notes.join('\n')];
}

function titled(title: string, lines: readonly string[]): string {
  return [title, ...lines.map((line) => `  ${line}`)].join('\n');
}
