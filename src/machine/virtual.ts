// Whether the machine is a virtual one, or the program sits in a container: both let neighbours into the numbers.
import { existsSync } from 'node:fs';
import { readSystemFile } from './systemFile.ts';

/** e.g. `Amazon EC2`, `container`, `container in a virtual machine`; null on bare metal or where unknown. */
export function readVirtual(flags: readonly string[], root = ''): string | null {
  const container = existsSync(`${root}/.dockerenv`) || existsSync(`${root}/run/.containerenv`);
  const hypervisor = hypervisorOf(
    flags,
    (name) => readSystemFile(`${root}/sys/class/dmi/id/${name}`)?.trim() ?? '',
  );
  if (!container) return hypervisor;
  return hypervisor === null ? 'container' : `container in a virtual machine (${hypervisor})`;
}

/** The processor tells that there is a hypervisor; the firmware tables may tell whose. */
function hypervisorOf(flags: readonly string[], firmware: (name: string) => string): string | null {
  if (!flags.includes('hypervisor')) return null;
  const name = [firmware('sys_vendor'), firmware('product_name')].filter(Boolean).join(' ');
  return name === '' ? 'unnamed hypervisor' : name;
}
