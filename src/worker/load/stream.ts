// A stream: a process that holds a session of every variant and answers one request after another. It ends when its
// stdin does, so it does not outlive the dispatcher, however that ended. Started by streamPool.ts.
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { messageOf } from '../../core/errors.ts';
import { createSession, type EncoderOutput } from '../../runtime/session.ts';
import { toBatch } from '../../text/batch.ts';
import { checkFinite } from '../logits.ts';
import {
  REPLY_DESCRIPTOR,
  requestSchema,
  streamSetupSchema,
  type Reply,
  type StreamSetup,
} from './messages.ts';

type Answer = (input: number) => Promise<EncoderOutput>;

function reply(message: Reply): void {
  writeSync(REPLY_DESCRIPTOR, `${JSON.stringify(message)}\n`);
}

async function setUp(setup: StreamSetup): Promise<Map<string, Answer>> {
  const { provider, threads, padId, inputs, variants, warmUp } = setup;
  const texts = inputs.map((sequences) => sequences.map((ids) => ({ ids })));
  const sessions = new Map<string, Answer>();
  for (const { id, graph, reading } of variants) {
    let phase: 'load' | 'warm-up' = 'load';
    try {
      reply({ at: phase, id });
      const session = await createSession({ path: graph, reading }, { provider, threads });
      const { length } = session.takes;
      const feeds = texts.map((batch) => session.prepare(toBatch(batch, padId, length ?? 0)));
      const answer: Answer = (input) => session.run(feeds[input] ?? missing(input));
      phase = 'warm-up';
      reply({ at: phase, id });
      for (const input of warmUp) checkFinite((await answer(input)).logits, input);
      sessions.set(id, answer);
    } catch (thrown) {
      reply({ failed: id, phase, reason: messageOf(thrown) });
    }
  }
  return sessions;
}

function missing(input: number): never {
  throw new RangeError(`no input batch ${input}`);
}

async function serve(sessions: ReadonlyMap<string, Answer>, line: string): Promise<void> {
  try {
    const { id, input } = requestSchema.parse(JSON.parse(line));
    const answer = sessions.get(id);
    if (answer === undefined) throw new Error(`no session of ${id}`);
    const startMs = performance.now();
    const { logits } = await answer(input);
    const ms = performance.now() - startMs;
    checkFinite(logits, input);
    const bytes = Buffer.from(logits.buffer, logits.byteOffset, logits.byteLength);
    reply({ ms, logits: bytes.toString('base64') });
  } catch (thrown) {
    reply({ error: messageOf(thrown) });
  }
}

/** Requests that came while a session was busy wait in the chain. */
let chain: Promise<void> = Promise.resolve();
let sessions: ReadonlyMap<string, Answer> | null = null;
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  chain = chain.then(async () => {
    if (sessions !== null) return serve(sessions, line);
    sessions = await setUp(streamSetupSchema.parse(JSON.parse(line)));
    reply({ ready: true });
  });
});
lines.on('close', () => process.exit(0));
