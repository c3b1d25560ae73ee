// All that a report says of a run, made once from its summary: sentences, tables, charts and facts as plain data.
// Renderers and exports draw this value; none of them looks into a summary or decides what a number means.
import type { Summary } from '../../core/schema/summary.ts';
import { answerOf, type Answer } from './answer.ts';
import { chartSections, type ChartSection } from './charts/charts.ts';
import { judgeClaims, type Claims } from './claims/claims.ts';
import { loadClaims, type Claim } from './claims/published.ts';
import { conversionTables, type ConversionTable } from './conversionTable.ts';
import { costTable } from './costs.ts';
import { countDoubts, type CountedDoubt } from './doubts.ts';
import { fullTableOf, type FullTable } from './fullTable.ts';
import { harnessText } from './harness.ts';
import { machineFacts, runFacts, settingFacts, type Fact, type SettingFact } from './machineFacts.ts';
import { noAccuracySentences } from './noAccuracy.ts';
import type { NotedGrid } from './notedGrid.ts';
import { peersOf, type Peers } from './peers.ts';
import { resultsOf } from './results.ts';
import { scenarioTable } from './scenarios/table.ts';
import { settingsOf } from './settings.ts';
import { METHODOLOGY, termsOf } from './terms.ts';
import { runVerdict, type RunVerdict } from './validity.ts';

export interface Findings {
  readonly run: RunName;
  /** What the run is worth. */
  readonly worth: RunVerdict;
  /** What it says, by setting. */
  readonly answer: Answer;
  /** The narrow table; null for a run without rows. */
  readonly results: NotedGrid | null;
  readonly fullTable: FullTable;
  readonly charts: readonly ChartSection[];
  readonly conversion: readonly ConversionTable[];
  /** Why models have no accuracy; empty where all have one. */
  readonly noAccuracy: readonly string[];
  readonly peers: Peers | null;
  readonly scenarios: NotedGrid | null;
  readonly costs: NotedGrid | null;
  /** What measuring cost; null for runs of versions that did not measure it. */
  readonly harness: string | null;
  readonly doubts: readonly CountedDoubt[];
  readonly claims: Claims;
  readonly runFacts: readonly Fact[];
  readonly machineFacts: readonly Fact[];
  readonly settingFacts: readonly SettingFact[];
  /** How the numbers came about, and what the words mean. */
  readonly method: readonly string[];
  readonly terms: readonly Fact[];
}

interface RunName {
  readonly id: string;
  readonly suite: string;
  readonly status: string;
  readonly startedAt: string;
  readonly command: string;
  readonly machine: string;
}

export function findingsOf(summary: Summary, claims: readonly Claim[] = loadClaims()): Findings {
  const { run, scenarios, noiseFloor } = summary;
  const settings = settingsOf(summary);
  const doubts = countDoubts(summary);
  const harness = harnessText(summary);
  const rows = settings.flatMap((setting) => setting.rows);
  return {
    run: {
      id: run.id,
      suite: run.suite,
      status: run.status,
      startedAt: run.startedAt,
      command: run.command,
      machine: run.machine.label,
    },
    worth: runVerdict(summary, doubts),
    answer: answerOf(summary, settings),
    results: resultsOf(summary.rows, settings, doubts),
    fullTable: fullTableOf(rows, noiseFloor?.groups ?? []),
    charts: chartSections(settings, scenarios),
    conversion: conversionTables(settings),
    noAccuracy: noAccuracySentences(rows),
    peers: peersOf(rows),
    scenarios: scenarioTable(scenarios, doubts),
    costs: costTable(settings),
    harness,
    doubts,
    claims: judgeClaims(summary, claims),
    runFacts: runFacts(summary, harness),
    machineFacts: machineFacts(run.machine),
    settingFacts: settingFacts(summary.settings),
    method: METHODOLOGY,
    terms: termsOf(summary.run),
  };
}
