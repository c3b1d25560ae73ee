import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { energyBetween, openGpuPower, parsePowerLog } from '../../src/machine/gpuPower.ts';
import { firstGpu, nvidiaSmi, watchProgram, type NvidiaSmi } from '../../src/machine/nvidiaSmi.ts';
import { eventually, sleep } from '../fixtures/eventually.ts';

/** What nvidia-smi prints with --query-gpu=timestamp,power.draw --format=csv,noheader,nounits --loop-ms=100. */
const LOG = `2026/11/22 07:15:00.000, 30.00
2026/11/22 07:15:00.100, 50.00
2026/11/22 07:15:00.200, [N/A]
2026/11/22 07:15:00.300, 70.50
2026/11/22 07:15:00.400, 7`; // torn: ended in the middle of a line

const at = (ms: number): number => new Date(2026, 10, 22, 7, 15, 0, ms).getTime();

test('a log is read line by line, without what is missing', () => {
  assert.deepEqual(parsePowerLog(LOG.replace(/\n[^\n]*$/, '\n')), [
    { atMs: at(0), watts: 30 },
    { atMs: at(100), watts: 50 },
    { atMs: at(300), watts: 70.5 },
  ]);
  assert.deepEqual(parsePowerLog('Field "power.draw.instant" is not a valid field to query.\n'), []);
});

test('energy is integrated by the trapezoidal rule, interpolated at its ends', () => {
  const samples = [
    { atMs: 0, watts: 30 },
    { atMs: 100, watts: 50 },
    { atMs: 300, watts: 70 },
  ];
  const joules = (from: number, to: number): number =>
    Number(energyBetween(samples, from, to)?.toFixed(6) ?? Number.NaN);
  assert.equal(joules(0, 300), 16); // 40 W x 0.1 s + 60 W x 0.2 s
  assert.equal(joules(50, 200), 7.75); // 45 W x 0.05 s + 55 W x 0.1 s
  assert.equal(joules(110, 120), 0.515); // within two samples: 51.5 W
  assert.equal(joules(-100, 400), 26); // before and after: the first and the last sample
  assert.equal(energyBetween([], 0, 100), null);
});

/** @param fields that this driver knows. */
function driver(fields: readonly string[], asked: string[] = []): NvidiaSmi {
  const answer = (args: readonly string[]): string | null => {
    asked.push(args.join(' '));
    if (args.includes('--list-gpus')) return 'GPU 0: Tesla T4 (UUID: GPU-1)\n';
    return fields.some((field) => args.includes(`--query-gpu=timestamp,${field}`))
      ? '2026/11/22 07:15:00.000, 30.00\n'
      : null;
  };
  return {
    ask: (args) => Promise.resolve(answer(args)),
    watch: (args) => {
      const printed = answer(args);
      return Promise.resolve(printed === null ? null : { stop: () => Promise.resolve(printed) });
    },
  };
}

test('the instantaneous power is preferred, and older drivers have the other', async () => {
  const asked: string[] = [];
  const recent = await openGpuPower(driver(['power.draw', 'power.draw.instant'], asked), '0');
  assert.equal(recent.meter?.source, 'nvidia-smi power.draw.instant');
  const joules = await (await recent.meter.start()).stop();
  assert.ok(joules >= 0);
  assert.match(asked.at(-1) ?? '', /^--id=0 .*--loop-ms=100$/);
  const old = await openGpuPower(driver(['power.draw']), '0');
  assert.equal(old.meter?.source, 'nvidia-smi power.draw');
});

test('without the program, or a board that tells its power, there is a reason', async () => {
  const missing: NvidiaSmi = { ask: () => Promise.resolve(null), watch: () => Promise.resolve(null) };
  assert.match((await openGpuPower(missing)).reason ?? '', /^not available: nvidia-smi is missing/);
  assert.match((await openGpuPower(driver([]), '1')).reason ?? '', /tells no power.draw of GPU 1/);
});

test('the first visible GPU is the one asked for', () => {
  assert.deepEqual([undefined, '', '2,0', 'GPU-8a3f'].map(firstGpu), ['0', '0', '2', 'GPU-8a3f']);
});

test('a program is watched from its first line until it is stopped', async () => {
  const script = 'console.log(1); setInterval(() => console.log(2), 5)';
  const watch = (await watchProgram(process.execPath, ['-e', script])) ?? assert.fail('no first line');
  assert.match(await watch.stop(), /^1\n(2\n)*$/);
  assert.equal(await watchProgram(process.execPath, ['-e', '']), null);
  assert.equal(await watchProgram('/no/such/program', []), null);
});

/** A board that draws 40 W all the time, behind a program that speaks as a driver of 2022 does. */
const PROGRAM = `#!/bin/sh
line() { date '+%Y/%m/%d %H:%M:%S.%3N, 40.00'; }
case "$*" in
  *instant*) echo 'Field "power.draw.instant" is not a valid field to query.'; exit 2 ;;
  *loop-ms*) while :; do line; sleep 0.03; done ;;
  *) line ;;
esac
`;

function installDriver(context: TestContext): void {
  const folder = mkdtempSync(join(tmpdir(), 'smi-'));
  writeFileSync(join(folder, 'nvidia-smi'), PROGRAM, { mode: 0o755 });
  const { PATH } = process.env;
  process.env['PATH'] = `${folder}${delimiter}${PATH ?? ''}`;
  context.after(() => (process.env['PATH'] = PATH));
}

test('the whole way through a real program: power times time', async (context) => {
  installDriver(context);
  const { meter, reason } = await openGpuPower(nvidiaSmi, '0');
  assert.equal(reason, null);
  assert.equal(meter.source, 'nvidia-smi power.draw');
  const before = Date.now();
  const stretch = await meter.start();
  const started = Date.now();
  await sleep(150);
  const stopping = Date.now();
  const joules = await stretch.stop();
  const seconds = joules / 40;
  assert.ok(seconds >= (stopping - started) / 1000 - 1e-9, `${seconds}`);
  assert.ok(seconds <= (Date.now() - before) / 1000 + 1e-9, `${seconds}`);
});

test('the sampling program ends when the process that watches it is killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'smi-'));
  const pidFile = join(folder, 'pid');
  const { href } = new URL('../../src/machine/nvidiaSmi.js', import.meta.url);
  const loop = `echo $$ > ${pidFile}; while :; do echo line; sleep 0.02; done`;
  const script = `
    const { watchProgram } = await import(${JSON.stringify(href)});
    await watchProgram('sh', ['-c', ${JSON.stringify(loop)}]);
    process.stdout.write('watching');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  await once(child.stdout, 'data');
  const pid = readFileSync(pidFile, 'utf8').trim();
  child.kill('SIGKILL');
  await once(child, 'exit');
  const ended = (): boolean => {
    const status = `/proc/${pid}/status`;
    return !existsSync(status) || /^State:\s+Z/m.test(readFileSync(status, 'utf8'));
  };
  await eventually(() => ended() || null, 'the end of the sampling program');
});
