// Which models the pinned ONNX Runtime reads, so that one that is too new is refused before anything is measured, with the
// version in place of the library's own message.
import { BenchError } from '../core/errors.ts';
import { wantedVersion } from '../core/root.ts';
import type { ModelFacts } from '../onnx/readModel.ts';

/** Tried with onnxruntime-node 1.30.0: one more of either is refused (test/runtime/readable.test.ts). */
export const READS = { irVersion: 13, opset: 26 } as const;

/** @throws BenchError naming the version that reads less than the file asks for, and how to export the file for it. */
export function checkVersions(path: string, { irVersion, opsets }: ModelFacts): void {
  const runtime = `ONNX Runtime ${wantedVersion('onnxruntime-node')}`;
  const opset = opsets[''] ?? 0;
  if (opset > READS.opset) {
    throw new BenchError(
      `${path} asks for opset ${opset}; ${runtime}, which measures here, reads up to ${READS.opset}`,
      `export it with opset_version=${READS.opset} or less, or convert it: onnx.version_converter.convert_version(model, ${READS.opset})`,
    );
  }
  if ((irVersion ?? 0) > READS.irVersion) {
    throw new BenchError(
      `${path} is of IR version ${irVersion ?? 0}; ${runtime}, which measures here, reads up to ${READS.irVersion}`,
      `save it for that: model.ir_version = ${READS.irVersion}; onnx.save(model, FILE), or export it with an older onnx package`,
    );
  }
}
