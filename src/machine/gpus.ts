// The GPUs: NVIDIA's from nvidia-smi, which alone tells the compute capability; others from systeminformation.
import { execFile } from 'node:child_process';
import { graphics, type Systeminformation } from 'systeminformation';
import type { Machine } from '../core/schema/machine.ts';
import { guarded } from './processor.ts';

export type Gpu = Machine['gpus'][number];

const QUERY = ['--query-gpu=name,driver_version,memory.total,compute_cap', '--format=csv,noheader,nounits'];
const TIME_LIMIT_MS = 4000;
const MEBIBYTE = 2 ** 20;

export async function readGpus(): Promise<Gpu[]> {
  const nvidia = parseNvidiaSmi((await askNvidiaSmi()) ?? '');
  if (nvidia.length > 0) return nvidia;
  return gpusFrom(await guarded(graphics));
}

function askNvidiaSmi(): Promise<string | null> {
  return new Promise((resolve) => {
    execFile('nvidia-smi', QUERY, { timeout: TIME_LIMIT_MS }, (error, stdout) =>
      resolve(error === null ? stdout : null),
    );
  });
}

/** Lines `Tesla T4, 535.183.01, 15360, 7.5`; a field that the driver does not know reads `[N/A]`. */
export function parseNvidiaSmi(text: string): Gpu[] {
  return text
    .split('\n')
    .map((line) => line.split(',').map((field) => field.trim()))
    .filter((fields) => fields.length === 4 && fields[0] !== '')
    .map(([name = '', driver = '', memory = '', capability = '']) => ({
      name,
      driver: known(driver),
      memoryBytes: /^\d+$/.test(memory) ? Number(memory) * MEBIBYTE : null,
      computeCapability: known(capability),
    }));
}

function known(field: string): string | null {
  return field === '' || field.startsWith('[') ? null : field;
}

/** What a virtual machine or a server board offers as a screen is no GPU to measure on. */
const SCREEN_ONLY = /cirrus|qxl|virtio|vmware|virtualbox|hyper-v|basic display|aspeed|matrox|bochs/i;

export function gpusFrom(info: Systeminformation.GraphicsData | null): Gpu[] {
  return (info?.controllers ?? [])
    .filter(({ model, vendor }) => model !== '' && !SCREEN_ONLY.test(`${vendor} ${model}`))
    .map(({ model, vram, driverVersion }) => ({
      name: model,
      driver: driverVersion ?? null,
      memoryBytes: vram === null || vram === 0 ? null : vram * MEBIBYTE,
      computeCapability: null,
    }));
}
