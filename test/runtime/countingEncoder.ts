// A graph with an encoder's inputs and outputs whose every number is known: logits are (sum of the live ids,
// count of live tokens), and both of its "layers" keep all live tokens. No weights.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * ONNX text form (IR 9, opset 17):
 *   live = Mul(input_ids, attention_mask); sums = Cast<float>(ReduceSum<keepdims=1>(live, [1]))
 *   counts = Cast<float>(ReduceSum<keepdims=1>(attention_mask, [1])); logits = Concat<axis=1>(sums, counts)
 *   layer = Unsqueeze(ReduceSum<keepdims=0>(attention_mask, [1]), [0]); kept_tokens = Concat<axis=0>(layer, layer)
 */
const GRAPH = `
CAk6xwQKKAoJaW5wdXRfaWRzCg5hdHRlbnRpb25fbWFzaxIEbGl2ZSIDTXVsOgAKMAoEbGl2ZQoFYXhpczESA3N1bSIJUmVkdWNlU3Vt
Kg8KCGtlZXBkaW1zGAGgAQI6AAo8Cg5hdHRlbnRpb25fbWFzawoFYXhpczESBWNvdW50IglSZWR1Y2VTdW0qDwoIa2VlcGRpbXMYAaAB
AjoACh4KA3N1bRIEc3VtcyIEQ2FzdCoJCgJ0bxgBoAECOgAKIgoFY291bnQSBmNvdW50cyIEQ2FzdCoJCgJ0bxgBoAECOgAKLQoEc3Vt
cwoGY291bnRzEgZsb2dpdHMiBkNvbmNhdCoLCgRheGlzGAGgAQI6AAo6Cg5hdHRlbnRpb25fbWFzawoFYXhpczESA3JvdyIJUmVkdWNl
U3VtKg8KCGtlZXBkaW1zGACgAQI6AAogCgNyb3cKBWF4aXMwEgVsYXllciIJVW5zcXVlZXplOgAKMgoFbGF5ZXIKBWxheWVyEgtrZXB0
X3Rva2VucyIGQ29uY2F0KgsKBGF4aXMYAKABAjoAEgdlbmNvZGVyKg4IARAHOgEBQgVheGlzMSoOCAEQBzoBAEIFYXhpczBaHQoJaW5w
dXRfaWRzEhAKDggHEgoKAxIBQgoDEgFTWiIKDmF0dGVudGlvbl9tYXNrEhAKDggHEgoKAxIBQgoDEgFTYhkKBmxvZ2l0cxIPCg0IARIJ
CgMSAUIKAggCYh8KC2tlcHRfdG9rZW5zEhAKDggHEgoKAxIBTAoDEgFCQgQKABAR`;

/** Writes the graph into a new temporary folder. */
export function writeCountingEncoder(): { folder: string; path: string } {
  const folder = mkdtempSync(join(tmpdir(), 'counting-encoder-'));
  const path = join(folder, 'encoder.onnx');
  writeFileSync(path, Buffer.from(GRAPH, 'base64'));
  return { folder, path };
}
