import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EnergyMeter } from '../../src/machine/energyMeter.ts';
import { Joulometer } from '../../src/worker/joulometer.ts';

/** A machine that draws `watts`, and its clock. */
class Machine {
  nowMs = 0;
  watts = 8;
  failing = false;
  private joules = 0;

  readonly meter: EnergyMeter = {
    source: 'RAPL package-0',
    start: () => {
      const before = this.joules;
      const stop = (): Promise<number> =>
        this.failing
          ? Promise.reject(new Error('energy_uj vanished'))
          : Promise.resolve(this.joules - before);
      return Promise.resolve({ stop });
    },
  };

  readonly pass = (ms: number): Promise<void> => {
    this.nowMs += ms;
    this.joules += (this.watts * ms) / 1000;
    return Promise.resolve();
  };
}

test('the energy of the calls is told whole, and the power at rest beside it', async () => {
  const machine = new Machine();
  const joulometer = new Joulometer({ meter: machine.meter, reason: null }, () => machine.nowMs);
  await joulometer.idle(machine.pass);
  machine.watts = 30;
  await machine.pass(5000); // loading: in neither
  await joulometer.begin();
  await machine.pass(1200);
  assert.deepEqual(await joulometer.end(400), {
    ...{ joules: 36, seconds: 1.2, idleWatts: 8, sequences: 400, source: 'RAPL package-0' },
  });
  assert.equal(joulometer.reason, null);
});

test('without a meter no time is spent and the reason stays', async () => {
  const joulometer = new Joulometer({ meter: null, reason: 'not available: no counter' }, () => 0);
  await joulometer.idle(() => assert.fail('it slept'));
  await joulometer.begin();
  assert.equal(await joulometer.end(1), null);
  assert.equal(joulometer.reason, 'not available: no counter');
});

test('a meter that fails on the way costs the energy and says why', async () => {
  const machine = new Machine();
  const joulometer = new Joulometer({ meter: machine.meter, reason: null }, () => machine.nowMs);
  await joulometer.idle(machine.pass);
  await joulometer.begin();
  await machine.pass(1000);
  machine.failing = true;
  assert.equal(await joulometer.end(1), null);
  assert.equal(joulometer.reason, 'not available: energy_uj vanished');
});
