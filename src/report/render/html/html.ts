// The report as one file that opens from disk without a network: Chart.js, the data and the style are inside.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Summary } from '../../../core/schema/summary.ts';
import { answerOf } from '../../findings/answer.ts';
import { CHART_PAINT_FUNCTIONS } from '../charts/paint.ts';
import { chartsOf } from '../../findings/charts.ts';
import { judgeClaims } from '../../findings/claims.ts';
import { countDoubts } from '../../findings/doubts.ts';
import { chartSections } from './charts.ts';
import { compareKeys, drawCharts, makeSortable } from './client.ts';
import { fullTable } from './fullTable.ts';
import { costTable } from './costTable.ts';
import { documentHead, escapeHtml, scriptJson, section } from './markup.ts';
import {
  answerSection,
  claimSection,
  doubtSection,
  machineSection,
  notesSection,
  validityBanner,
} from './sections.ts';
import { scenarioTable } from './scenarios.ts';
import { STYLE } from './style.ts';
import { noAccuracySentences } from '../../findings/noAccuracy.ts';
import { DARK, LIGHT } from '../charts/palette.ts';
import { peerLines, PEERS_INTRO } from '../../findings/peers.ts';
import { settingsOf } from '../../findings/settings.ts';
import { runVerdict } from '../../findings/validity.ts';

const CONTENTS = [
  ['answer', 'Answer'],
  ['speedup', 'Speed'],
  ['accuracy', 'Accuracy'],
  ['tokens', 'Tokens'],
  ['conversion', 'Conversion'],
  ['time', 'Kernel time'],
  ['throughput', 'Throughput'],
  ['scenarios', 'Under load'],
  ['costs', 'Costs'],
  ['claims', 'Claims'],
  ['rows', 'All numbers'],
  ['doubts', 'Doubts'],
  ['machine', 'Machine'],
  ['method', 'Method'],
  ['terms', 'Terms'],
] as const;

export function renderHtml(summary: Summary): string {
  const { run } = summary;
  const specs = chartsOf(summary);
  const doubts = countDoubts(summary);
  const rows = settingsOf(summary).flatMap((setting) => setting.rows);
  const present = CONTENTS.filter(([id]) => {
    if (id === 'scenarios') return summary.scenarios.length > 0;
    return id !== 'costs' || specs.some(({ section: own }) => own === id);
  });
  const links = present.map(([id, name]) => `<li><a href="#${id}">${name}</a></li>`).join('');
  return `${documentHead(`Token pruning on ${run.machine.label}: ${run.id}`, STYLE)}
<body>
<a class="skip" href="#answer">Skip to the answer</a>
<header>
<h1>Is token pruning worth it on ${escapeHtml(run.machine.label)}?</h1>
<p class="meta">Run ${escapeHtml(run.id)}, ${escapeHtml(run.startedAt)}, suite ${escapeHtml(run.suite)}, ${escapeHtml(run.status)}</p>
${validityBanner(runVerdict(summary, doubts))}
<nav aria-label="Contents"><ul>${links}</ul></nav>
</header>
<main>
${answerSection(answerOf(summary))}
${chartSections(specs, { speedup: notes(peerNotes(rows)), accuracy: notes(noAccuracySentences(rows)), scenarios: scenarioTable(summary), costs: costTable(summary) })}
${claimSection(judgeClaims(summary))}
${section('rows', 'All numbers', fullTable(rows, summary.noiseFloor?.groups ?? []))}
${doubtSection(doubts)}
${machineSection(summary)}
${notesSection()}
</main>
<footer><p>Made by <code>npm run report</code> from the summary of the run; do not edit.</p></footer>
<script>${chartLibrary()}</script>
<script>
'use strict';
${clientCode()}
makeSortable(window);
drawCharts(window, ${scriptJson(specs)}, ${scriptJson({ light: LIGHT, dark: DARK })}, chartConfiguration);
</script>
</body>
</html>
`;
}

function peerNotes(rows: Summary['rows']): string[] {
  const lines = peerLines(rows);
  return lines.length === 0 ? [] : [PEERS_INTRO, ...lines];
}

function notes(texts: readonly string[]): string {
  return texts.map((text) => `<p class="note">${escapeHtml(text)}</p>`).join('\n');
}

function clientCode(): string {
  return [...CHART_PAINT_FUNCTIONS, drawCharts, makeSortable, compareKeys].map(String).join('\n');
}

/** Chart.js for a script element, without its pointer to a source map that would not be there. */
function chartLibrary(): string {
  const folder = dirname(createRequire(import.meta.url).resolve('chart.js'));
  const code = readFileSync(join(folder, 'chart.umd.min.js'), 'utf8').replace(
    /\n\/\/# sourceMappingURL=.*\s*$/,
    '\n',
  );
  return code.replaceAll('</script', '<\\/script');
}
