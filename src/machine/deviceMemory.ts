// Memory of an NVIDIA GPU that a process holds, as nvidia-smi tells it from outside. In a container the driver lists
// the host's process ids, or none at all, so a process may not find itself; then it is what the whole GPU's use has
// grown by since the process began, which is the same where nobody else uses the GPU.
import { firstGpu, nvidiaSmi, type NvidiaSmi } from './nvidiaSmi.ts';

const MEBIBYTE = 2 ** 20;
const PLAIN = '--format=csv,noheader,nounits';

export interface DeviceMemory {
  /** Bytes of this process now; null where the driver does not tell. */
  used(): Promise<number | null>;
}

/** To be opened before anything is put on the GPU. */
export async function openDeviceMemory(
  smi: NvidiaSmi = nvidiaSmi,
  pid: number = process.pid,
  gpu: string = firstGpu(),
): Promise<DeviceMemory> {
  const whole = async (): Promise<number | null> =>
    parseMebibytes(await smi.ask([`--id=${gpu}`, '--query-gpu=memory.used', PLAIN]));
  const before = await whole();
  return {
    used: async () => {
      const listed = await smi.ask([`--id=${gpu}`, '--query-compute-apps=pid,used_memory', PLAIN]);
      const own = memoryOf(listed ?? '', pid);
      if (own !== null) return own;
      const after = before === null ? null : await whole();
      return before === null || after === null ? null : Math.max(0, after - before);
    },
  };
}

/** Lines `1234, 563`; a process may have several contexts. Null if `pid` is not among them or its memory is `[N/A]`. */
export function memoryOf(text: string, pid: number): number | null {
  const own = [...text.matchAll(/^ *(\d+) *, *(\d+) *\r?$/gm)].filter(([, id]) => Number(id) === pid);
  return own.length === 0 ? null : own.reduce((sum, [, , used]) => sum + Number(used), 0) * MEBIBYTE;
}

function parseMebibytes(text: string | null): number | null {
  const digits = text?.trim() ?? '';
  return /^\d+$/.test(digits) ? Number(digits) * MEBIBYTE : null;
}
