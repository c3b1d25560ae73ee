// The walls inside the room: findings know nothing of how they are shown, and what shows them looks into no summary.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { repoRoot } from '../../src/core/root.ts';

const REPORT = join(repoRoot(), 'src/report');

interface Import {
  readonly from: string;
  /** Relative to src/report. */
  readonly to: string;
  readonly typesOnly: boolean;
}

function importsIn(folder: string): Import[] {
  const files = readdirSync(join(REPORT, folder), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const path = join(REPORT, folder, file);
      const text = readFileSync(path, 'utf8');
      return [...text.matchAll(/^(import|export)( type)? [^;]*? from '(\.[^']+)';/gms)].map(
        ([, , types, to = '']): Import => ({
          from: join(folder, file),
          to: relative(REPORT, join(dirname(path), to)),
          typesOnly: types !== undefined,
        }),
      );
    });
}

function named({ from, to }: Import): string {
  return `${from} imports ${to}`;
}

test('findings import nothing of what draws, exports or compares nights', () => {
  const found = importsIn('findings');
  assert.ok(found.length > 100);
  const upward = found.filter(({ to }) => /^(render|exports|history|index)\b/.test(to));
  assert.deepEqual(upward.map(named), []);
});

test('renderers take findings as types only, and no record of a run', () => {
  const found = importsIn('render');
  assert.ok(found.some(({ to }) => to === 'findings/findings.ts'));
  const made = found.filter(({ to, typesOnly }) => to.startsWith('findings/') && !typesOnly);
  const records = found.filter(({ to }) => /core\/schema\/|compare\//.test(to));
  const upward = found.filter(({ to }) => /^(exports|history|index)\b/.test(to));
  assert.deepEqual([...made, ...records, ...upward].map(named), []);
});
