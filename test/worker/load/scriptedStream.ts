// A stream process that does not load anything: each variant's `graph` is its script. It blocks like a session does.
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

export interface Script {
  /** Service time. */
  readonly ms: number;
  /** At its so many-th request it blocks for stallMs, leaves with code 3, or never answers. */
  readonly stallAt?: number;
  readonly stallMs?: number;
  readonly crashAt?: number;
  readonly hangAt?: number;
  /** Answers differently the second time. */
  readonly fickle?: boolean;
  readonly crashOnLoad?: boolean;
}

const scripts = new Map<string, { script: Script; served: number }>();
const reply = (message: unknown): void => void writeSync(3, `${JSON.stringify(message)}\n`);
const block = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

const lines = createInterface({ input: process.stdin });
lines.on('close', () => process.exit(0));
lines.on('line', (line) => {
  const message = JSON.parse(line) as
    { variants: { id: string; graph: string }[] } | { id: string; input: number };
  if ('variants' in message) {
    for (const { id, graph } of message.variants) {
      const script = JSON.parse(graph) as Script;
      reply({ at: 'load', id });
      if (script.crashOnLoad === true) process.exit(4);
      scripts.set(id, { script, served: 0 });
    }
    reply({ ready: true });
    return;
  }
  const known = scripts.get(message.id);
  if (known === undefined) throw new Error(`no variant ${message.id}`);
  const { script } = known;
  const count = ++known.served;
  if (count === script.crashAt) process.exit(3);
  if (count === script.hangAt) return;
  block(count === script.stallAt ? (script.stallMs ?? 0) : script.ms);
  const logits = Buffer.from(Float32Array.of(message.input, script.fickle === true ? count : 0).buffer);
  reply({ ms: script.ms, logits: logits.toString('base64') });
});
