import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { parseCpuMax, parseGroups, readCgroupLimits, type CgroupLimits } from '../../src/machine/cgroup.ts';

/** Reads the limits from a file tree. */
function limitsOf(files: Readonly<Record<string, string>>): CgroupLimits {
  const root = mkdtempSync(join(tmpdir(), 'cgroup-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  try {
    return readCgroupLimits(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

describe('control groups', () => {
  it('of version 2 limit by the tightest group on the way up', () => {
    const limits = limitsOf({
      'proc/self/cgroup': '0::/system.slice/docker-1.scope\n',
      'sys/fs/cgroup/system.slice/cpu.max': '150000 100000\n',
      'sys/fs/cgroup/system.slice/memory.max': '4294967296\n',
      'sys/fs/cgroup/system.slice/docker-1.scope/cpu.max': 'max 100000\n',
      'sys/fs/cgroup/system.slice/docker-1.scope/memory.max': '1073741824\n',
    });
    assert.deepEqual(limits, { cpus: 1.5, memoryBytes: 2 ** 30 });
  });

  it('seen from inside a container stand at the mount', () => {
    const limits = limitsOf({ 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/cpu.max': '200000 100000\n' });
    assert.deepEqual(limits, { cpus: 2, memoryBytes: null });
  });

  it('of version 1 have a folder for each controller', () => {
    const limits = limitsOf({
      'proc/self/cgroup': '4:memory:/docker/1\n2:cpu,cpuacct:/docker/1\n',
      'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '50000\n',
      'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
      'sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes': '536870912\n',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
    });
    assert.deepEqual(limits, { cpus: 0.5, memoryBytes: 2 ** 29 });
  });

  it('may set no limit, or not exist', () => {
    const none = { cpus: null, memoryBytes: null };
    assert.deepEqual(limitsOf({}), none);
    const free = { 'sys/fs/cgroup/cpu.max': 'max 100000\n', 'sys/fs/cgroup/memory.max': 'max\n' };
    assert.deepEqual(limitsOf({ 'proc/self/cgroup': '0::/\n', ...free }), none);
  });

  it('are listed one a line', () => {
    const groups = parseGroups('2:cpu,cpuacct:/a\n0::/b:c\n');
    assert.deepEqual([groups.get('cpu'), groups.get('cpuacct'), groups.get('')], ['/a', '/a', '/b:c']);
  });

  it('without a quota read "max" or -1', () => {
    assert.equal(parseCpuMax('max 100000'), null);
    assert.equal(parseCpuMax('-1 100000'), null);
    assert.equal(parseCpuMax(null), null);
  });
});
