import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { compareKeys } from '../../../../src/report/render/html/client.ts';
import { pageOf } from '../../../fixtures/report.ts';
import { fixtureSummary } from '../../../fixtures/summary.ts';

const page = pageOf(fixtureSummary());
/** The page without Chart.js itself, whose text is not ours. */
const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, code]) => code ?? '');

test('the page loads nothing from anywhere', () => {
  const markup = page.replaceAll(/<script>[\s\S]*?<\/script>/g, '');
  assert.doesNotMatch(markup, /(?:src|href|action|data)\s*=\s*["']?\s*(?:https?:)?\/\//i);
  assert.doesNotMatch(markup, /@import|url\(/i);
  assert.equal(scripts.length, 2);
  for (const code of scripts) {
    assert.doesNotMatch(code, /\bfetch\s*\(|XMLHttpRequest|sendBeacon|import\s*\(|sourceMappingURL/);
  }
});

test('text of others is escaped in markup and in data', () => {
  assert.ok(page.includes('&lt;worker&gt;'));
  assert.ok(!page.includes('<worker>'));
  const nasty = fixtureSummary();
  nasty.run.command = '</script><script>alert(1)</script>';
  nasty.rows[2]!.point = '</script><b>';
  const text = pageOf(nasty);
  assert.ok(!text.includes('</script><script>alert') && !text.includes('</script><b>'));
});

test('the answer comes before the charts, and every section is linked', () => {
  assert.ok(page.indexOf('is the fastest method') < page.indexOf('<canvas'));
  for (const [, id] of page.matchAll(/<a [^>]*href="#([^"]+)"/g))
    assert.ok(page.includes(`id="${id ?? ''}"`), id);
});

test('every chart has a label and its numbers as a table', () => {
  const canvases = page.match(/<canvas /g)?.length ?? 0;
  assert.ok(canvases > 10);
  assert.equal(page.match(/<canvas id="[^"]+" role="img" aria-label="Chart: [^"]+"/g)?.length, canvases);
  assert.equal(page.match(/<summary>Numbers of this chart<\/summary><div class="scroll"/g)?.length, canvases);
});

test('every row is in the full table, the failed one with its reason', () => {
  const table = /<table class="full">[\s\S]*?<\/table>/.exec(page)?.[0] ?? '';
  assert.equal(table.match(/<th scope="row"/g)?.length, fixtureSummary().rows.length);
  assert.ok(table.includes('failed: timeout: no answer within 60 s'));
  assert.ok(table.includes('not measured') && table.includes('withheld (n=180)'));
});

test('the page is for both colour schemes', () => {
  assert.match(page, /prefers-color-scheme:dark/);
  assert.match(page, /name="color-scheme" content="light dark"/);
});

test('the printed functions draw all charts without anything from their modules', () => {
  const drawn: string[] = [];
  function Chart(canvas: { id: string }, configuration: { options: { scales: { x: unknown } } }): void {
    assert.ok(configuration.options.scales.x);
    drawn.push(canvas.id);
  }
  const media = { matches: true, addEventListener: () => undefined };
  const window = {
    Chart,
    document: { getElementById: (id: string) => ({ id }), querySelectorAll: () => [] },
    matchMedia: () => media,
    addEventListener: () => undefined,
  };
  runInNewContext(scripts[1] ?? '', { window });
  assert.equal(drawn.length, page.match(/<canvas /g)?.length);
});

test('sorting puts numbers by size, words by letter and absent values last', () => {
  const sorted = (keys: string[], down: boolean): string[] => keys.sort((a, b) => compareKeys(a, b, down));
  assert.deepEqual(sorted(['10', '', '9', '-1'], false), ['-1', '9', '10', '']);
  assert.deepEqual(sorted(['10', '', '9', '-1'], true), ['10', '9', '-1', '']);
  assert.deepEqual(sorted(['ltp:x10', 'ltp:x2', 'dense'], false), ['dense', 'ltp:x2', 'ltp:x10']);
});
