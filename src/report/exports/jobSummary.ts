// A run for the page of a CI job ($GITHUB_STEP_SUMMARY): the Markdown report without pictures, whose paths lead nowhere
// there, and cut before the limit of 1 MiB a step, beyond which GitHub shows nothing of it at all.
import type { Findings } from '../findings/findings.ts';
import { renderMarkdown } from '../render/markdown/markdown.ts';

/** Bytes; a step may append more than one summary to its file. */
export const SUMMARY_LIMIT = 900 * 1024;

export function renderJobSummary(findings: Findings, limit: number = SUMMARY_LIMIT): string {
  return cutToBytes(renderMarkdown(findings, []), limit);
}

/** Whole lines only, with a last line that says what is missing. */
export function cutToBytes(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text;
  const notice = '\n\n*Cut here: the whole is in summary.md of the report.*\n';
  let room = limit - Buffer.byteLength(notice);
  const kept: string[] = [];
  for (const line of text.split('\n')) {
    room -= Buffer.byteLength(line) + 1;
    if (room < 0) break;
    kept.push(line);
  }
  // A fence that was open would swallow the notice.
  const fences = kept.filter((line) => line.startsWith('```')).length;
  return `${kept.join('\n')}${fences % 2 === 1 ? '\n```' : ''}${notice}`;
}
