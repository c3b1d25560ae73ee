// IEEE binary16 and bfloat16 to float32. A 30,522 x 768 table has 23 million entries, so binary16 goes through a table
// of all 65,536 values (256 KB, built once in about a millisecond) instead of through arithmetic an entry.

let table: Float32Array | undefined;

/** Exact: every binary16 value is a float32 value. */
export function halfToFloat(halves: Uint16Array): Float32Array {
  const values = (table ??= halfTable());
  const floats = new Float32Array(halves.length);
  for (let index = 0; index < halves.length; index++) floats[index] = values[halves[index] ?? 0] ?? 0;
  return floats;
}

/** bfloat16 is the upper half of a float32. */
export function brainToFloat(halves: Uint16Array): Float32Array {
  const floats = new Float32Array(halves.length);
  const bits = new Uint32Array(floats.buffer);
  for (let index = 0; index < halves.length; index++) bits[index] = (halves[index] ?? 0) << 16;
  return floats;
}

function halfTable(): Float32Array {
  return Float32Array.from({ length: 0x10000 }, (_, bits) => halfValue(bits));
}

function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
