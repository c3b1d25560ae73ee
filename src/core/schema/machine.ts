// The machine as it goes into every run.
import { z } from 'zod';

export const machineSchema = z.object({
  /** Short name for people, e.g. "Intel Xeon (2 cores, AVX-512)". */
  label: z.string(),
  fingerprint: z.string(),
  os: z.string(),
  arch: z.string(),
  cpu: z.object({
    brand: z.string(),
    vendor: z.string(),
    family: z.string(),
    model: z.string(),
    stepping: z.string(),
    physicalCores: z.number().int(),
    logicalCores: z.number().int(),
    /** Instruction set ONNX Runtime's CPU provider will use, e.g. "avx512", "avx2". */
    isa: z.string(),
    flags: z.array(z.string()),
    governor: z.string().nullable(),
    cgroupCpuLimit: z.number().nullable(),
    cacheL2Bytes: z.number().nullable(),
    cacheL3Bytes: z.number().nullable(),
  }),
  memoryBytes: z.number(),
  cgroupMemoryLimitBytes: z.number().nullable(),
  virtual: z.string().nullable(),
  gpus: z.array(
    z.object({
      name: z.string(),
      memoryBytes: z.number().nullable(),
      driver: z.string().nullable(),
      computeCapability: z.string().nullable(),
    }),
  ),
  versions: z.object({ node: z.string(), onnxruntime: z.string(), bench: z.string() }),
});
export type Machine = z.infer<typeof machineSchema>;
