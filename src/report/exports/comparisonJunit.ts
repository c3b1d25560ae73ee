// A comparison as JUnit XML, which every CI shows as a list of tests: one test case a cell that the gate judged, failed
// if the cell tripped it. The dialect is the common one of Ant's and Jenkins' readers.
import { isTripped, type CellComparison, type Comparison } from '../../compare/comparison.ts';
import { cellReasons, timingText } from '../render/comparisonTable.ts';

export function comparisonJunit({ cells, base, next }: Comparison): string {
  const failures = cells.filter(isTripped).length;
  const name = `compare ${next} with ${base.join(', ')}`;
  const counts = `tests="${cells.length}" failures="${failures}" errors="0" skipped="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${escaped(name)}" ${counts}>`,
    ...cells.map(testCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(cell: CellComparison): string {
  const reasons = cellReasons(cell);
  const output = cell.timings.map(timingText).join('\n');
  const { model, seqLen, batch } = cell.group;
  const place = `${model}.length ${seqLen} batch ${batch}`;
  return [
    `    <testcase classname="${escaped(place)}" name="${escaped(cell.cell)}" time="0">`,
    ...(isTripped(cell)
      ? [`      <failure message="${escaped(reasons[0] ?? '')}">${escaped(reasons.join('\n'))}</failure>`]
      : []),
    ...(output === '' ? [] : [`      <system-out>${escaped(output)}</system-out>`]),
    '    </testcase>',
  ].join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Characters that XML 1.0 forbids altogether (a crashed worker's last line may hold them) become U+FFFD. */
function escaped(text: string): string {
  return text
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
}
