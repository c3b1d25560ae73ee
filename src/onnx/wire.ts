// The wire format of protobuf, read strictly: every length is checked against the bytes that hold it, and what cannot
// be followed (a group, a varint without end, a field cut off) is an error, never something passed over.
// https://protobuf.dev/programming-guides/encoding/

/** What a message cannot be followed for. */
export class WireError extends Error {}

export interface Field {
  readonly number: number;
  /** A varint or fixed number, NaN for a varint beyond 2^53; null of a field with bytes. */
  readonly value: number | null;
  /** Null of a field that is a number. */
  readonly bytes: Uint8Array | null;
}

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
const LONGEST_VARINT = 10;

/** The fields of a message in their order. @throws WireError at the first that cannot be followed. */
export function* fieldsOf(message: Uint8Array): Generator<Field, void, undefined> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < LONGEST_VARINT; count++) {
      const byte = message[at++];
      if (byte === undefined) throw new WireError('it ends within a number');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    throw new WireError('a number has no end');
  };
  const take = (length: number): Uint8Array => {
    if (length > message.length - at) throw new WireError('a field is longer than what holds it');
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    if (number === 0 || number >= 2 ** 29) throw new WireError(`field ${number} cannot be`);
    const kind = tag % 8;
    if (kind === VARINT) yield { number, value: varint(), bytes: null };
    else if (kind === BYTES) yield { number, value: null, bytes: take(varint()) };
    else if (kind === FIXED64 || kind === FIXED32) {
      take(kind === FIXED64 ? 8 : 4);
      yield { number, value: NaN, bytes: null };
    } else throw new WireError(`field ${number} is a group, which no ONNX model has`);
  }
}
