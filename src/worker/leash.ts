// A worker must not outlive the program that started it: killed with SIGKILL, that cannot stop its worker, which would
// go on to burn the cores of whatever is measured next. So the worker holds the reading end of a pipe whose other end
// is the program's; the kernel closes it whatever ends the program. Waiting for that costs nothing while calls are
// timed: no timer fires, and a call that runs in native code is finished first.
import { Socket } from 'node:net';

/** The argument that tells a worker that descriptor 3 is such a pipe; absent when it is run by hand. */
export const LEASHED = '--leashed';
const DESCRIPTOR = 3;

/** Ends this process when the program that started it has ended. */
export function wearLeash(argv: readonly string[] = process.argv): void {
  if (!argv.includes(LEASHED)) return;
  const leash = new Socket({ fd: DESCRIPTOR, readable: true, writable: false });
  const leave = (): never => process.exit(1);
  leash.on('error', leave).on('end', leave).on('close', leave);
  leash.resume();
  leash.unref(); // it must not keep a worker that is done
}
