// Rows of a Parquet file. Its reader is asynchronous, and a task is read in the midst of synchronous work; so a thread
// of its own reads, with a bound on memory and time that a damaged file cannot exceed.
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { BenchError } from '../../core/errors.ts';
import type { ParquetReply, ParquetRequest, ParquetTable } from './parquetMessage.ts';

export function isParquet(bytes: Buffer): boolean {
  return bytes.subarray(0, 4).toString('latin1') === 'PAR1';
}

const MOST_MS = 120_000;
const MOST_HEAP_MB = 2048;

/** @throws BenchError if the file is damaged or compressed in a way that is not read. */
export function readParquet(path: string, bytes: Buffer, asked: readonly string[]): ParquetTable {
  const file = new ArrayBuffer(bytes.length);
  new Uint8Array(file).set(bytes);
  const done = new Int32Array(new SharedArrayBuffer(4));
  const { port1, port2 } = new MessageChannel();
  const request: ParquetRequest = { file, asked: [...asked], done, port: port2 };
  const thread = new Worker(new URL('./parquetThread.js', import.meta.url), {
    workerData: request,
    transferList: [port2, file],
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
    stderr: true,
  });
  thread.unref();
  thread.on('error', () => undefined); // out of memory: seen as silence below
  const waited = Atomics.wait(done, 0, 0, MOST_MS);
  // The thread says only what parquetMessage.ts declares.
  const reply = receiveMessageOnPort(port1)?.message as ParquetReply | undefined;
  port1.close();
  void thread.terminate();
  if (reply === undefined) {
    const why = waited === 'timed-out' ? 'it was not read within two minutes' : 'its reader ended';
    throw new BenchError(
      `${path}: not a Parquet file that can be read: ${why}`,
      'write it anew, or as .jsonl',
    );
  }
  if ('problem' in reply) throw new BenchError(`${path}: ${reply.problem}`, 'write it anew, or as .jsonl');
  return reply;
}
