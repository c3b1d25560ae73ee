// A module of the user's own: what it exports is checked when it is read, and what it does wrong later is one line that
// names the file.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { BenchError, EXIT } from '../../src/core/errors.ts';
import { writeGraph } from '../../src/graphs/graphFiles.ts';
import { tinyEncoder } from '../../src/verify/contract/tinyEncoder.ts';
import { loadMethodFile, loadMethodFiles } from '../../src/zoo/methodFile.ts';

const folder = mkdtempSync(join(tmpdir(), 'method-files-'));
let files = 0;

function moduleOf(text: string): string {
  const path = join(folder, `method-${files++}.mjs`);
  writeFileSync(path, text);
  return path;
}

/** A method whose rule is `rule`, written out. */
function withRule(rule: string, more = ''): string {
  const common = 'strengths: null, protectsCls: true, predictorMacsPerToken: 0';
  return moduleOf(
    `export default { name: 'mine', rows: 'packed', ${more} read: () => ({ ${common}, ${rule} }) };`,
  );
}

/** One line that names the file and says how to mend it. */
function refusal(path: string, message: RegExp): (thrown: unknown) => true {
  return (thrown) => {
    assert.ok(thrown instanceof BenchError, String(thrown));
    assert.equal(thrown.exitCode, EXIT.usage);
    assert.match(thrown.message, message);
    assert.ok(thrown.message.includes(path), thrown.message);
    assert.ok(thrown.hint !== undefined);
    assert.ok(!thrown.line.includes('\n'));
    return true;
  };
}

describe('a method file that is no method is refused', () => {
  const cases: readonly (readonly [what: string, text: string, message: RegExp])[] = [
    ['throws', "throw new Error('no\\nluck');", /cannot be loaded: no luck/],
    ['is no JavaScript', 'export default {\n  name: ,\n};', /cannot be loaded: line 2: Unexpected token/],
    ['imports what is not there', "import 'nowhere';", /cannot be loaded: Cannot find package 'nowhere'/],
    ['exports nothing', 'export const other = 1;', /exports no method/],
    ['exports no object', 'export default 7;', /the export: .*expected object/],
    ['has no name', "export default { rows: 'packed', read() {} };", /: name: /],
    [
      'has a name with spaces',
      "export default { name: 'a b', rows: 'packed', read() {} };",
      /: name: is not/,
    ],
    [
      'has the name of another',
      "export default { name: 'topk', rows: 'packed', read() {} };",
      /"topk" is taken/,
    ],
    ['is called a peer', "export default { name: 'peer', rows: 'packed', read() {} };", /"peer" is taken/],
    ['is padded', "export default { name: 'mine', rows: 'padded', read() {} };", /: rows: /],
    ['has no read', "export default { name: 'mine', rows: 'packed' };", /: read: is not a function/],
    [
      'has an unknown field',
      "export default { name: 'mine', rows: 'packed', point: {}, read() {} };",
      /Unrecognized key: "point"/,
    ],
    [
      'has a point of no numbers',
      "export default { name: 'mine', rows: 'packed', points: { x2: { 'pruning.k': null } }, read() {} };",
      /: points\.x2\.pruning\.k: /,
    ],
    [
      'has a point of a bare name',
      "export default { name: 'mine', rows: 'packed', points: { x2: { k: 1 } }, read() {} };",
      /a point names "k"/,
    ],
  ];
  for (const [what, text, message] of cases) {
    test(what, async () => {
      const path = moduleOf(text);
      await assert.rejects(loadMethodFile(path), refusal(path, message));
    });
  }

  test('is not there', async () => {
    const path = join(folder, 'absent.mjs');
    await assert.rejects(loadMethodFile(path), refusal(path, /there is no /));
    const present = withRule("keepAfter: () => 'x'");
    const point = join(folder, 'absent.safetensors');
    await assert.rejects(loadMethodFile(present, [point]), refusal(point, /--method-point: there is no /));
  });

  test('has the name of another file', async () => {
    const [one, other] = [withRule("keepAfter: () => 'x'"), withRule("keepAfter: () => 'x'")];
    await assert.rejects(
      loadMethodFiles([one, other]),
      refusal(other, /"mine" is that of .*method-\d+\.mjs/),
    );
  });
});

describe('what a method does wrong while its graph is written names its file', () => {
  const cases: readonly (readonly [what: string, rule: string, message: RegExp])[] = [
    ['read leaves out a field', 'protectsCls: undefined', /read returned a rule with a wrong "protectsCls"/],
    ['read returns too few strengths', 'strengths: [1]', /1 strengths for 3 layers/],
    ['read returns a hook of no function', 'keepAfter: true', /wrong "keepAfter"/],
    ['a hook throws', "keepAfter() { throw new Error('oh'); }", /keepAfter of layer 0 threw: oh/],
    ['keepAfter returns nothing', 'keepAfter() {}', /keepAfter of layer 0 returned nothing/],
    ['keepBefore returns a number', 'keepBefore: () => 3', /keepBefore of layer 0 returned a number/],
    [
      'removesAt says neither',
      "removesAt: () => 'yes', keepAfter: () => 'x'",
      /removesAt of layer 0 returned a str/,
    ],
    [
      'scoreAt asks for what there is not',
      "scoreAt: () => 'mine', keepAfter: () => 'x'",
      /scoreAt of layer 0/,
    ],
  ];
  for (const [what, rule, message] of cases) {
    test(what, async () => {
      const path = withRule(rule);
      const { method } = await loadMethodFile(path);
      await assert.rejects(writeGraph(folder, tinyEncoder(), method, null), refusal(path, message));
    });
  }

  test('a value that nothing makes is named before any runtime sees the graph', async () => {
    const { method } = await loadMethodFile(withRule("keepAfter: () => 'keep_me'"));
    await assert.rejects(writeGraph(folder, tinyEncoder(), method, null), (thrown) => {
      assert.ok(thrown instanceof BenchError);
      assert.match(
        thrown.message,
        /^method "mine" writes no graph: node .* reads "keep_me", which no node makes/,
      );
      return true;
    });
  });
});

test('a changed file is read anew, and both versions have hashes of their own', async () => {
  const path = withRule("keepAfter: () => 'x'", "summary: 'Old.',");
  const before = await loadMethodFile(path);
  writeFileSync(path, `export const method = { name: 'mine', rows: 'packed', summary: 'New.', read() {} };`);
  const after = await loadMethodFile(path);
  assert.equal(before.method.summary, 'Old.');
  assert.equal(after.method.summary, 'New.');
  assert.notEqual(before.sha256, after.sha256);
});
