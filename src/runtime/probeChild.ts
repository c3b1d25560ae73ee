// The process that tries one provider: `node probeChild.js cuda`. It multiplies two 2 x 2 matrices and prints one
// JSON line. A process of its own, because a native library that is broken ends the process that loads it.
import * as ort from 'onnxruntime-node';
import { messageOf } from '../core/errors.ts';
import { PROVIDERS } from '../core/names.ts';
import { sessionOptions } from './settings.ts';

/**
 * y = MatMul(x, w) with w = [[1, 2], [3, 4]] as an ONNX file (IR 9, opset 17, 109 bytes), written out since a
 * matrix product is the least that shows a GPU library to have kernels for this very GPU.
 */
const PROBE_GRAPH = Buffer.from(
  'CAk6YwoTCgF4CgF3EgF5IgZNYXRNdWw6ABIFcHJvYmUqGwgCCAIQASIQAACAPwAAAEAAAEBAAACAQEIBd1oTCgF4Eg4KDAgBEggKAggC' +
    'CgIIAmITCgF5Eg4KDAgBEggKAggCCgIIAkIECgAQEQ==',
  'base64',
);
const INPUT = [1, 0, 1, 1];
const EXPECTED = [1, 2, 4, 6];

async function tryProvider(
  argument: string | undefined,
): Promise<{ ok: true } | { ok: false; message: string }> {
  const provider = PROVIDERS.find((name) => name === argument);
  if (provider === undefined) return { ok: false, message: `unknown provider ${argument ?? '(none)'}` };
  try {
    // Nodes that a provider cannot run go to the CPU in silence unless forbidden.
    const config = provider === 'cpu' ? {} : { 'session.disable_cpu_ep_fallback': '1' };
    const options = sessionOptions({ provider, threads: 1, config });
    const session = await ort.InferenceSession.create(PROBE_GRAPH, options);
    const { y } = await session.run({ x: new ort.Tensor('float32', INPUT, [2, 2]) });
    const answer = y === undefined ? [] : Array.from(y.data, Number);
    if (answer.join() === EXPECTED.join()) return { ok: true };
    return { ok: false, message: `wrong product: ${answer.join()} instead of ${EXPECTED.join()}` };
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  }
}

const result = await tryProvider(process.argv[2]);
process.stdout.write(`${JSON.stringify(result)}\n`, () => {
  // Not by returning: some GPU drivers keep threads that hold the process open.
  process.exit(0);
});
