// The zoo's border: what a damaged, altered or wrong file gets, and that building graphs is repeatable.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { BenchError } from '../../src/core/errors.ts';
import { sha256Hex } from '../../src/core/hash.ts';
import { repoRoot } from '../../src/core/root.ts';
import { ensureGraph } from '../../src/zoo/graphCache.ts';
import { loadZoo } from '../../src/zoo/zoo.ts';

const GOLDEN = join(repoRoot(), 'test/golden/tiny');

/** A zoo of one tiny model in a folder of its own. */
function makeZoo(change: (manifest: Record<string, unknown>) => void = () => undefined): string {
  const directory = mkdtempSync(join(tmpdir(), 'zoo-'));
  const dir = join(directory, 'tiny');
  mkdirSync(join(dir, 'points'), { recursive: true });
  cpSync(join(GOLDEN, 'dense.safetensors'), join(dir, 'weights.safetensors'));
  const { config } = JSON.parse(readFileSync(join(GOLDEN, 'dense.json'), 'utf8')) as { config: unknown };
  writeFileSync(join(dir, 'config.json'), JSON.stringify(config));
  const describe = (name: string) => {
    const bytes = readFileSync(join(dir, name));
    return { sha256: sha256Hex(bytes), bytes: bytes.length };
  };
  const manifest = {
    schemaVersion: 1,
    models: [
      {
        name: 'tiny',
        task: 'sst2',
        dir: 'tiny',
        licence: 'Apache-2.0',
        base: 'random',
        files: {
          'config.json': describe('config.json'),
          'weights.safetensors': describe('weights.safetensors'),
        },
        training: { command: 'none', seed: 1 },
        metrics: {},
        points: [],
      },
    ],
  };
  change(manifest);
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify(manifest));
  return directory;
}

const dense = { method: 'dense', point: null } as const;

test('a graph is built once and found again', async () => {
  const directory = makeZoo();
  const entry = loadZoo(directory).model('tiny');
  const graphs = join(directory, 'graphs');
  const first = await ensureGraph(entry, dense, { directory: graphs });
  const { mtimeMs } = statSync(first.path);
  const second = await ensureGraph(entry, dense, { directory: graphs });
  assert.deepEqual(second, first);
  assert.equal(statSync(second.path).mtimeMs, mtimeMs);
});

test('unknown models and points are named with the known ones', async () => {
  const zoo = loadZoo(makeZoo());
  assert.throws(() => zoo.model('bert'), usage(/unknown model "bert" \(legal: tiny\)/));
  const entry = zoo.model('tiny');
  await assert.rejects(ensureGraph(entry, { method: 'ltp', point: 'x9' }), usage(/no point "x9" of ltp/));
});

test('a truncated weights file is refused before it is measured', async () => {
  const directory = makeZoo();
  const entry = loadZoo(directory).model('tiny');
  truncateSync(entry.weights.path, entry.weights.bytes - 10);
  await assert.rejects(
    ensureGraph(entry, dense),
    usage(/weights\.safetensors has \d+ bytes, the manifest says/),
  );
});

test('one changed byte is refused', async () => {
  const directory = makeZoo();
  const entry = loadZoo(directory).model('tiny');
  const bytes = readFileSync(entry.weights.path);
  bytes[bytes.length - 3]! ^= 1;
  writeFileSync(entry.weights.path, bytes);
  await assert.rejects(ensureGraph(entry, dense), usage(/differs from the manifest's sha256/));
});

test('a manifest that is not JSON, lacks a field or leaves its folder is refused by name', () => {
  const broken = makeZoo();
  writeFileSync(join(broken, 'manifest.json'), '{"schemaVersion": 1, "models": [');
  assert.throws(() => loadZoo(broken), usage(/manifest\.json/));
  const lacking = makeZoo((manifest) => {
    delete (manifest['models'] as Record<string, unknown>[])[0]!['licence'];
  });
  assert.throws(() => loadZoo(lacking), usage(/licence/));
  const outside = makeZoo((manifest) => {
    (manifest['models'] as Record<string, unknown>[])[0]!['dir'] = '../elsewhere';
  });
  assert.throws(() => loadZoo(outside), usage(/outside/));
});

test('a graph folder that cannot be made is a usage error', async () => {
  const directory = makeZoo();
  const entry = loadZoo(directory).model('tiny');
  const file = join(directory, 'a-file');
  writeFileSync(file, '');
  await assert.rejects(
    ensureGraph(entry, dense, { directory: join(file, 'graphs') }),
    usage(/cannot write graphs/),
  );
});

test('weights that do not fit the configuration name the missing tensor', async () => {
  const directory = makeZoo();
  const configPath = join(directory, 'tiny', 'config.json');
  const config = JSON.parse(readFileSync(configPath, 'utf8')) as Record<string, unknown>;
  writeFileSync(configPath, JSON.stringify({ ...config, num_hidden_layers: 9 }));
  const entry = loadZoo(directory).model('tiny');
  await assert.rejects(ensureGraph(entry, dense), usage(/has no tensor bert\.encoder\.layer\.3/));
});

function usage(message: RegExp): (thrown: unknown) => true {
  return (thrown) => {
    assert.ok(thrown instanceof BenchError, String(thrown));
    assert.match(thrown.line, message);
    assert.equal(thrown.exitCode, 2);
    return true;
  };
}
