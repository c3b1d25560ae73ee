// Where the program writes when nobody says where. A checkout keeps everything inside itself. An installed package
// leaves its own folder alone: runs and reports go to the folder of the caller, what can be made anew to the user's
// cache, and models of the user's own to the user's data, which no one clears by accident.
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fromCaller } from './callerPath.ts';
import { isInstalled, repoRoot } from './root.ts';

export const CACHE_VARIABLE = 'TOKEN_PRUNING_CACHE';
export const LOCAL_MODELS_VARIABLE = 'TOKEN_PRUNING_MODELS';

/** What the places depend on; the program's own unless a test says otherwise. */
export interface Surroundings {
  readonly root: string;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const here = (): Surroundings => ({ root: repoRoot(), home: homedir(), environment: process.env });

/** Absolute folder of what can be made anew: graphs, random weights, fetched data sets. */
export function cacheFolder({ root, home, environment }: Surroundings = here()): string {
  const own = (): string => userFolder(environment['XDG_CACHE_HOME'], join(home, '.cache'));
  return named(environment[CACHE_VARIABLE]) ?? (isInstalled(root) ? own() : join(root, '.cache'));
}

/** Absolute folder of imported models and calibrated points. */
export function localModelsFolder({ root, home, environment }: Surroundings = here()): string {
  const own = (): string =>
    join(userFolder(environment['XDG_DATA_HOME'], join(home, '.local', 'share')), 'models');
  return (
    named(environment[LOCAL_MODELS_VARIABLE]) ?? (isInstalled(root) ? own() : join(root, 'models', 'local'))
  );
}

/** Absolute folder of the runs. */
export function resultsFolder(): string {
  return outputFolder('results');
}

/** Absolute folder of the reports, one folder a run. */
export function reportsFolder(): string {
  return outputFolder('reports');
}

function outputFolder(name: string): string {
  return isInstalled() ? fromCaller(name) : join(repoRoot(), name);
}

function named(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : fromCaller(value);
}

/** By the XDG base directory specification: a variable that holds no absolute path is ignored. */
function userFolder(variable: string | undefined, usual: string): string {
  const base = variable !== undefined && isAbsolute(variable) ? variable : usual;
  return join(base, 'token-pruning-bench');
}
