// One encoder graph loaded into ONNX Runtime, ours or a ready one. This folder is the only one that calls
// onnxruntime-node. Inputs are made once by `prepare` and fed again and again, so that the timed call holds no
// allocation of ours; `run` is synchronous native code behind a promise, so a timeout needs another process.
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { BenchError, messageOf } from '../core/errors.ts';
import type { GraphReading } from '../core/schema/reading.ts';
import type { EncoderOutput, Feeds, GraphPorts, Takes, TokenInputs } from './graphPorts.ts';
import { ownPorts } from './ownGraph.ts';
import { readyPorts } from './readyGraph.ts';
import { sessionOptions, type SessionSettings } from './settings.ts';

export type { EncoderOutput, Feeds, Takes, TokenInputs } from './graphPorts.ts';
export type { SessionSettings } from './settings.ts';

/** The version of the library that is loaded. */
export const ONNXRUNTIME_VERSION: string = ort.env.versions.node ?? ort.env.versions.common;

export interface EncoderSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Wall-clock of loading the graph and optimising it, milliseconds. */
  readonly loadMs: number;
  /** Threads that appeared while the session was made (Linux; else null). See `threadProof` (settingsProof.ts). */
  readonly threadsStarted: number | null;
  readonly takes: Takes;
  prepare(batch: TokenInputs): Feeds;
  run(feeds: Feeds): Promise<EncoderOutput>;
  /** Ends profiling and gives the path of the JSON file. */
  endProfiling(): string;
  release(): Promise<void>;
}

/** @param graph with a `reading` if it is a ready one. */
export async function createSession(
  graph: { readonly path: string; readonly reading?: GraphReading | undefined },
  settings: SessionSettings,
): Promise<EncoderSession> {
  const threadsBefore = countThreads();
  const start = performance.now();
  const session = await load(graph.path, settings);
  const loadMs = performance.now() - start;
  const threadsAfter = countThreads();
  const { path, reading } = graph;
  const ports = reading === undefined ? ownPorts(path, session) : readyPorts(path, session, reading);
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    loadMs,
    threadsStarted: threadsBefore === null || threadsAfter === null ? null : threadsAfter - threadsBefore,
    takes: ports.takes,
    prepare: ports.prepare,
    run: runOf(session, ports),
    endProfiling: () => endProfiling(session, settings.profilePrefix),
    release: () => session.release(),
  };
}

function runOf(session: ort.InferenceSession, { fetches, decode }: GraphPorts): EncoderSession['run'] {
  if (fetches === null) return async (feeds) => decode(await session.run(feeds), feeds);
  return async (feeds) => {
    try {
      return decode(await session.run(feeds, fetches), feeds);
    } catch (thrown) {
      throw ofAnotherTokenizer(thrown) ?? thrown;
    }
  };
}

async function load(path: string, settings: SessionSettings): Promise<ort.InferenceSession> {
  const options = sessionOptions(settings);
  try {
    return await ort.InferenceSession.create(path, options);
  } catch (error) {
    throw new BenchError(
      `${settings.provider} session for ${path} failed: ${messageOf(error)}`,
      remedyOf(messageOf(error)),
      { cause: error },
    );
  }
}

/** An id beyond a table of the graph, which comes from a tokenizer that is not the graph's. */
function ofAnotherTokenizer(thrown: unknown): BenchError | null {
  const id = /indices element out of data bounds, idx=(\d+)/.exec(messageOf(thrown))?.[1];
  if (id === undefined) return null;
  return new BenchError(
    `the id ${id} is beyond a table of the graph: its tokenizer has fewer tokens, or it has fewer positions`,
    "--tokenizer DIR names the folder of the graphs' own tokenizer, --max-length N the most tokens that they take",
    { cause: thrown },
  );
}

function remedyOf(message: string): string {
  if (/protobuf parsing failed|invalid model|no graph was found/i.test(message)) {
    return 'the file is damaged or no ONNX model: fetch or export it anew';
  }
  if (/opset|IR version/i.test(message)) {
    return `it is made for a newer ONNX Runtime than ${ONNXRUNTIME_VERSION}: export it with a lower opset_version`;
  }
  if (/external data/i.test(message)) return 'save the graph with its weights beside it';
  if (/not a registered function\/op|could not find an implementation/i.test(message)) {
    return `ONNX Runtime ${ONNXRUNTIME_VERSION} lacks an operator of the graph for this provider: try --providers cpu, or export it without that operator`;
  }
  return 'npm run doctor says which providers work here';
}

/** The binding does not say where the file went: ONNX Runtime appends `_<time>.json` to the prefix. */
function endProfiling(session: ort.InferenceSession, prefix: string | undefined): string {
  if (prefix === undefined) throw new Error('endProfiling of a session made without profilePrefix');
  session.endProfiling();
  const folder = dirname(prefix);
  const files = readdirSync(folder)
    .filter((name) => name.startsWith(`${basename(prefix)}_`) && name.endsWith('.json'))
    .map((name) => join(folder, name))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  const newest = files[0];
  if (newest === undefined) {
    throw new BenchError(`ONNX Runtime wrote no profile at ${prefix}_*.json`, 'is the folder writable?');
  }
  return newest;
}

function countThreads(): number | null {
  try {
    return readdirSync('/proc/self/task').length;
  } catch {
    return null; // not Linux
  }
}
