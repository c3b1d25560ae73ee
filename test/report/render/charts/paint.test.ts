import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartConfiguration } from '../../../../src/report/render/charts/paint.ts';
import { DARK, LIGHT, METHOD_LOOK } from '../../../../src/report/render/charts/palette.ts';
import { chartsOf } from '../../../fixtures/report.ts';
import { fixtureSummary } from '../../../fixtures/summary.ts';

test('each method has the same colour and shape in every chart', () => {
  for (const spec of chartsOf(fixtureSummary()).filter(({ kind }) => kind !== 'bars')) {
    for (const theme of [LIGHT, DARK]) {
      const { datasets } = chartConfiguration(spec, theme, { title: true, fontSize: 12 }).data;
      for (const [index, { role }] of spec.series.entries()) {
        const { pointStyle, borderColor } = datasets[index] as { pointStyle: string; borderColor: string };
        const look = METHOD_LOOK[role as 'ltp'];
        assert.deepEqual([pointStyle, borderColor], [look.shape, look[theme.name]]);
      }
    }
  }
  const colors = Object.values(METHOD_LOOK);
  assert.equal(new Set(colors.map(({ light }) => light)).size, colors.length);
  assert.equal(new Set(colors.map(({ shape }) => shape)).size, colors.length);
});

test('a chart in the dark theme differs only by colours', () => {
  const spec = chartsOf(fixtureSummary()).find(({ id }) => id === 'conversion');
  assert.ok(spec);
  const format = { title: true, fontSize: 12 };
  const dark = JSON.stringify(chartConfiguration(spec, DARK, format));
  const light = JSON.stringify(chartConfiguration(spec, LIGHT, format));
  assert.ok(dark.includes(METHOD_LOOK.ltp.dark) && !dark.includes(METHOD_LOOK.ltp.light));
  assert.ok(light.includes(METHOD_LOOK.ltp.light));
});
