// Files as a machine with two sockets shows them (Linux 6.1; the names and ranges are those of a Haswell server).
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { EnergyMeter } from '../../src/machine/energyMeter.ts';
import { openRapl } from '../../src/machine/rapl.ts';

const RANGE_UJ = 262_143_328_850;

const ZONES = {
  'intel-rapl:0': ['package-0', 100_000_000],
  'intel-rapl:0:0': ['core', 60_000_000],
  'intel-rapl:0:1': ['dram', 20_000_000],
  'intel-rapl:1': ['package-1', 5_000_000],
  'intel-rapl:1:0': ['dram', 1_000_000],
  'intel-rapl:2': ['psys', 900_000_000],
  'intel-rapl-mmio:0': ['package-0', 100_000_000],
} as const;

class Powercap {
  readonly root = mkdtempSync(join(tmpdir(), 'powercap-'));

  constructor() {
    for (const [zone, [name, uj]] of Object.entries(ZONES)) {
      mkdirSync(join(this.root, 'sys/class/powercap', zone), { recursive: true });
      this.write(zone, 'name', `${name}\n`);
      this.write(zone, 'max_energy_range_uj', `${RANGE_UJ}\n`);
      this.write(zone, 'energy_uj', `${uj}\n`);
    }
    mkdirSync(join(this.root, 'sys/class/powercap/intel-rapl'), { recursive: true }); // the control type
  }

  write(zone: string, file: string, text: string): void {
    writeFileSync(join(this.root, 'sys/class/powercap', zone, file), text);
  }

  open(): EnergyMeter {
    return openRapl(this.root, 'linux').meter ?? assert.fail('no meter');
  }
}

test('sockets and their memory are summed; what lies within or around them is not counted twice', async () => {
  const machine = new Powercap();
  const meter = machine.open();
  assert.equal(meter.source, 'RAPL package-0 + dram + package-1');
  const stretch = await meter.start();
  machine.write('intel-rapl:0', 'energy_uj', '130000000\n'); // 30 J
  machine.write('intel-rapl:0:0', 'energy_uj', '85000000\n'); // cores: within the package
  machine.write('intel-rapl:0:1', 'energy_uj', '24500000\n'); // 4.5 J
  machine.write('intel-rapl:1', 'energy_uj', '15000000\n'); // 10 J
  machine.write('intel-rapl:2', 'energy_uj', '990000000\n'); // the platform: around it
  assert.equal(await stretch.stop(), 44.5);
});

test('a counter that started again from zero is counted across its range', async () => {
  const machine = new Powercap();
  machine.write('intel-rapl:0', 'energy_uj', `${RANGE_UJ - 2_000_000}\n`);
  const stretch = await machine.open().start();
  machine.write('intel-rapl:0', 'energy_uj', '1500000\n');
  assert.equal(await stretch.stop(), 3.5);
});

test('a counter that fell without a known range is an error, not a guess', async () => {
  const machine = new Powercap();
  machine.write('intel-rapl:0', 'max_energy_range_uj', '');
  const stretch = await machine.open().start();
  machine.write('intel-rapl:0', 'energy_uj', '1\n');
  await assert.rejects(async () => stretch.stop(), /intel-rapl:0\/energy_uj fell, and its range/);
});

test('without permission the reason says how to get it', () => {
  const denied = (): never => {
    throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
  };
  const { meter, reason } = openRapl(new Powercap().root, 'linux', denied);
  assert.equal(meter, null);
  assert.match(reason, /^not available: permission denied at \/sys\/class\/powercap\/intel-rapl:\*/);
  assert.match(reason, /sudo chmod a\+r /);
});

function reasonOf(root: string, platform: NodeJS.Platform): string {
  return openRapl(root, platform).reason ?? assert.fail('there is a meter');
}

test('without counters, and off Linux, the reason says so', () => {
  const empty = mkdtempSync(join(tmpdir(), 'powercap-'));
  assert.match(reasonOf(empty, 'linux'), /^not available: there is no RAPL counter .*virtual/);
  assert.match(reasonOf(empty, 'darwin'), /on Linux only/);
});

test('a counter that vanishes is an error', async () => {
  const machine = new Powercap();
  const stretch = await machine.open().start();
  machine.write('intel-rapl:1', 'energy_uj', '');
  await assert.rejects(async () => stretch.stop(), /holds no number any more/);
});
