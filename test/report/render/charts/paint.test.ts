import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartConfiguration } from '../../../../src/report/render/charts/paint.ts';
import {
  DARK,
  LIGHT,
  METHOD_LOOK,
  SPARE_LOOKS,
  spareOf,
  withSpareLooks,
} from '../../../../src/report/render/charts/palette.ts';
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

test('methods that nobody has chosen a look for have one each, alike in every report', () => {
  const specs = (...roles: string[]) => [{ series: roles.map((role) => ({ role })) as never }];
  const alone = withSpareLooks(LIGHT, specs('largest-norm', 'topk'));
  const look = SPARE_LOOKS[spareOf('largest-norm')];
  assert.deepEqual([alone.colors['largest-norm'], alone.shapes['largest-norm']], [look?.light, look?.shape]);
  assert.equal(alone.colors['topk'], METHOD_LOOK.topk.light);
  const names = SPARE_LOOKS.map((_, index) => `method-${index}`);
  const { colors } = withSpareLooks(DARK, specs(...names));
  assert.equal(new Set(names.map((name) => colors[name])).size, names.length);
  const everyone = [...Object.values(METHOD_LOOK), ...SPARE_LOOKS];
  for (const scheme of ['light', 'dark'] as const) {
    assert.equal(new Set(everyone.map((one) => one[scheme])).size, everyone.length);
  }
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
