// The process that tries the session settings for the doctor: `node proofChild.js THREADS`. It makes a session as a
// run makes it, on a graph that is one matrix product large enough for all threads, and prints one JSON line. A process
// of its own, for the settings that act on a whole process, and because a broken library may end it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../core/errors.ts';
import { productGraph, productInputs } from './productGraph.ts';
import { createSession } from './session.ts';
import { proveSettings } from './settingsProof.ts';

/** Allocated as weights are, so that the heap has something to lay into huge pages. */
const HEAP_BYTES = 24 * 2 ** 20;

async function prove(threads: number): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'token-pruning-proof-'));
  try {
    const path = join(folder, 'product.onnx');
    writeFileSync(path, productGraph());
    const heap = [Buffer.alloc(HEAP_BYTES, 1), Buffer.alloc(HEAP_BYTES, 1)];
    const settings = { provider: 'cpu', threads } as const;
    const session = await createSession({ path }, settings);
    const feeds = session.prepare(productInputs());
    const { threadsStarted } = session;
    const proofs = await proveSettings(settings, [{ threadsStarted, run: () => session.run(feeds) }]);
    await session.release();
    return { ok: heap.length > 0, proofs };
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.stdout.write(`${JSON.stringify(await prove(Number(process.argv[2])))}\n`);
