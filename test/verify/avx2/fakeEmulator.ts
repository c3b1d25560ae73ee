// A shell script in the place of qemu: it claims to be a Haswell and runs the program as it is, so that all of the check
// but the emulation itself is walked through in seconds. `falsify` is a program that the child's answer goes through.
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** CPUID of `qemu-x86_64 -cpu Haswell` (7.2), as glibc's loader prints it: the lines that are read. */
export const HASWELL_LOADER = [
  'x86.cpu_features.basic.family=0x6',
  'x86.cpu_features.basic.model=0x3c',
  'x86.cpu_features.features[0x0].cpuid[0x2]=0xfed83203',
  'x86.cpu_features.features[0x1].cpuid[0x1]=0x3a9',
].join('\n');
export const HASWELL_NODE =
  'SSE3=1 SSSE3=1 SSE4_1=1 SSE4_2=1 SAHF=1 AVX=1 AVX2=1 FMA3=1 BMI1=1 BMI2=1 LZCNT=1 POPCNT=1 ATOM=0';

/** @returns the path of the script. */
export function fakeEmulator(falsify = 'cat'): string {
  const path = join(mkdtempSync(join(tmpdir(), 'emulator-')), 'qemu');
  const script = `#!/bin/sh
case "$*" in
  --version) echo 'qemu-x86_64 version 0 (fake)'; exit ;;
  *--list-diagnostics) echo '${HASWELL_LOADER}'; exit ;;
  *--v8-options) echo '${HASWELL_NODE}'; exit ;;
esac
while [ "$1" = -U ] || [ "$1" = -cpu ]; do shift 2; done
unset LD_PRELOAD
"$@" | ${falsify}
`;
  writeFileSync(path, script);
  chmodSync(path, 0o755);
  return path;
}
