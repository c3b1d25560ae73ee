import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { holderOf, lockRun, self, startTicksOf, type Holder } from '../../src/store/runLock.ts';
import { eventually } from '../fixtures/eventually.ts';
import { refuses } from '../fixtures/refuses.ts';

const linux = { skip: process.platform !== 'linux' };
const fresh = (): string => mkdtempSync(join(tmpdir(), 'lock-'));
const pathOf = (dir: string): string => join(dir, 'lock.json');
const write = (dir: string, holder: Holder): void => writeFileSync(pathOf(dir), JSON.stringify(holder));

test('a second claim is refused with the process of the first, until that lets go', () => {
  const dir = fresh();
  const first = lockRun(dir);
  refuses(() => lockRun(dir), new RegExp(`in use by process ${process.pid}: .*lock\\.json \\(wait for it`));
  assert.equal(holderOf(dir)?.pid, process.pid);
  first.release();
  assert.equal(holderOf(dir), null);
  lockRun(dir).release();
  assert.deepEqual(readdirSync(dir), []);
});

test('the lock of a process that has ended is taken over', () => {
  const dir = fresh();
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  write(dir, { ...self(), pid });
  const lock = lockRun(dir);
  assert.equal((JSON.parse(readFileSync(pathOf(dir), 'utf8')) as Holder).pid, process.pid);
  lock.release();
});

test('a process id that another process has got since is no holder', linux, () => {
  const dir = fresh();
  write(dir, { ...self(), startTicks: (self().startTicks ?? 0) - 1 });
  assert.equal(holderOf(dir), null);
  lockRun(dir).release();
});

test('after a restart of the machine, or in a restarted container, the lock is taken over', () => {
  for (const change of [{ bootId: 'before' }, { pidNamespace: 'pid:[1]' }]) {
    const dir = fresh();
    write(dir, { ...self(), ...change });
    lockRun(dir).release();
  }
});

test('the lock of another host is refused, and the line says what to delete', () => {
  const dir = fresh();
  write(dir, { ...self(), host: 'elsewhere', pid: 1 });
  refuses(
    () => lockRun(dir),
    /in use by process 1 on host elsewhere: .*lock\.json \(if it is gone, delete .*lock\.json\)/,
  );
  assert.ok(existsSync(pathOf(dir)));
});

test('a torn lock holds nothing', () => {
  for (const text of ['', '{"pid": 1', '{"pid": "x"}']) {
    const dir = fresh();
    writeFileSync(pathOf(dir), text);
    lockRun(dir).release();
    assert.deepEqual(readdirSync(dir), []);
  }
});

test('a process that has ended and was not yet waited for is no holder', linux, async () => {
  // A shell whose child ends after it has become another program, which never waits for it: the child stays as a zombie.
  const shell = spawn('bash', ['-c', 'sleep 600 & echo $!; exec sleep 601'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const pid = await new Promise<number>((resolve) =>
    shell.stdout.once('data', (data) => resolve(Number(data))),
  );
  const command = `/proc/${shell.pid ?? 0}/cmdline`;
  await eventually(() => readFileSync(command, 'utf8').startsWith('sleep') || null, 'another program');
  process.kill(pid);
  await eventually(() => startTicksOf(pid) === null || null, 'the end of the child');
  assert.ok(existsSync(`/proc/${pid}`));
  assert.equal(startTicksOf(pid), null);
  shell.kill('SIGKILL');
});

test('of many that claim a left lock at once, one gets it', async (context) => {
  const dir = fresh();
  write(dir, { ...self(), pid: spawnSync(process.execPath, ['-e', '']).pid });
  const module = new URL('../../src/store/runLock.js', import.meta.url).href;
  const program = `
    const { lockRun } = await import(${JSON.stringify(module)});
    try { lockRun(${JSON.stringify(dir)}); console.log('got'); } catch (e) { console.log(e.message); }
    setInterval(() => {}, 1000);`; // it holds the lock until it is killed
  const children = Array.from({ length: 5 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  context.after(() => {
    for (const child of children) child.kill('SIGKILL');
  });
  const answers = await Promise.all(
    children.map(
      (child) => new Promise<string>((resolve) => child.stdout.once('data', (data) => resolve(String(data)))),
    ),
  );
  assert.equal(answers.filter((answer) => answer === 'got\n').length, 1, answers.join());
});
