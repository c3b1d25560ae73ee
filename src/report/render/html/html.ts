// The report as one file that opens from disk without a network: Chart.js, the data and the style are inside.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { spelled } from '../../../core/spelling.ts';
import type { Findings } from '../../findings/findings.ts';
import type { Peers } from '../../findings/peers.ts';
import { CHART_PAINT_FUNCTIONS } from '../charts/paint.ts';
import { DARK, LIGHT, withSpareLooks } from '../charts/palette.ts';
import { chartSections, isShown, type Extras } from './charts.ts';
import { compareKeys, drawCharts, makeSortable } from './client.ts';
import { fullTable } from './fullTable.ts';
import { gridTable } from './gridTable.ts';
import { documentHead, escapeHtml, scriptJson, section } from './markup.ts';
import {
  answerSection,
  claimSection,
  doubtSection,
  machineSection,
  notesSection,
  validityBanner,
} from './sections.ts';
import { STYLE } from './style.ts';

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

export function renderHtml(findings: Findings): string {
  const { run, worth, answer, charts, claims, doubts } = findings;
  const specs = charts.flatMap((one) => one.charts);
  const extras = extrasOf(findings);
  const hidden = charts.filter((one) => !isShown(one, extras)).map(({ id }): string => id);
  const links = CONTENTS.filter(([id]) => !hidden.includes(id))
    .map(([id, name]) => `<li><a href="#${id}">${name}</a></li>`)
    .join('');
  return `${documentHead(`Token pruning on ${run.machine}: ${run.id}`, STYLE)}
<body>
<a class="skip" href="#answer">Skip to the answer</a>
<header>
<h1>Is token pruning worth it on ${escapeHtml(run.machine)}?</h1>
<p class="meta">Run ${escapeHtml(run.id)}, ${escapeHtml(run.startedAt)}, suite ${escapeHtml(run.suite)}, ${escapeHtml(run.status)}</p>
${validityBanner(worth)}
<nav aria-label="Contents"><ul>${links}</ul></nav>
</header>
<main>
${answerSection(answer)}
${chartSections(charts, extras)}
${claimSection(claims)}
${section('rows', 'All numbers', fullTable(findings.fullTable))}
${doubtSection(doubts)}
${machineSection(findings)}
${notesSection(findings)}
</main>
<footer><p>Made by <code>${spelled('npm run report')}</code> from the summary of the run; do not edit.</p></footer>
<script>${chartLibrary()}</script>
<script>
'use strict';
${clientCode()}
makeSortable(window);
drawCharts(window, ${scriptJson(specs)}, ${scriptJson({ light: withSpareLooks(LIGHT, specs), dark: withSpareLooks(DARK, specs) })}, chartConfiguration);
</script>
</body>
</html>
`;
}

function extrasOf({ peers, noAccuracy, scenarios, costs }: Findings): Extras {
  return {
    speedup: notes(peerNotes(peers)),
    accuracy: notes(noAccuracy),
    scenarios: gridTable('What happened under load, by scenario', scenarios),
    costs: gridTable('Costs, each measured in a process of its own', costs),
  };
}

function peerNotes(peers: Peers | null): readonly string[] {
  return peers === null ? [] : [peers.intro, ...peers.lines];
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
