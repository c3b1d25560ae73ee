// What JSON.parse does not say of a text from elsewhere: how deep it nests, which ends in a stack overflow of whatever
// walks the value afterwards, and whether an object names a key twice, of which JSON.parse keeps the last in silence.

/** Far more than any file of a model has. */
export const DEEPEST_JSON = 200;

export interface JsonFacts {
  /** Nested objects and arrays. */
  readonly depth: number;
  /** The first key that an object has twice; null if none. */
  readonly repeatedKey: string | null;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = new Set([0x7b, 0x5b]);
const CLOSE = new Set([0x7d, 0x5d]);
const COLON = /\s*:/y;

/** One pass over the text, whether or not it is valid JSON. */
export function jsonFacts(text: string): JsonFacts {
  const keys: Set<string>[] = [new Set()];
  let depth = 0;
  let repeatedKey: string | null = null;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      COLON.lastIndex = end;
      if (COLON.test(text)) {
        const key = text.slice(at, end);
        const known = keys.at(-1);
        if (known?.has(key) === true) repeatedKey ??= key.slice(1, -1);
        known?.add(key);
      }
      at = end - 1;
    } else if (OPEN.has(code)) {
      keys.push(new Set());
      depth = Math.max(depth, keys.length - 1);
      if (depth > DEEPEST_JSON) return { depth, repeatedKey };
    } else if (CLOSE.has(code) && keys.length > 1) keys.pop();
  }
  return { depth, repeatedKey };
}

/** Index after the closing quote. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at + 1;
  }
  return text.length;
}

/** @throws SyntaxError, as JSON.parse does, also for a text that nests deeper than DEEPEST_JSON. */
export function parseBoundedJson(text: string): unknown {
  if (nestsTooDeep(text)) throw new SyntaxError(`it nests deeper than ${DEEPEST_JSON} levels`);
  return JSON.parse(text);
}

function nestsTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at) - 1;
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > DEEPEST_JSON) return true;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return false;
}
