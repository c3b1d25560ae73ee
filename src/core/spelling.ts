// How a command is typed here. In the code every command is spelled as in a checkout, `npm run NAME -- ARGUMENTS`; where
// the package is installed the same command is `npx tpb NAME ARGUMENTS`. Texts are spelled when they are shown.
import { isInstalled } from './root.ts';

const COMMAND = /\bnpm run (?:--silent )?([a-z]+(?:[:-][a-z0-9]+)?)(?: --(?= |$|`))?/g;

/** The text with its commands as they are typed here. */
export function spelled(text: string, installed = isInstalled()): string {
  return installed
    ? text.replaceAll(COMMAND, (_, name: string) => `npx tpb ${name.replace(':', '-')}`)
    : text;
}
