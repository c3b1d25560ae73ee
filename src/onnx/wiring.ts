// Whether every value of a graph is made before it is read. ONNX wants nodes in such an order, so a cycle, a value of
// another branch and a misspelt name all show as a value that is not there yet.
import type { Attribute, GraphProto, ModelProto } from './proto.ts';

/** The first node that reads what is not there, in words; null if there is none. */
export function findLooseEnd({ graph }: ModelProto): string | null {
  return looseEnd(graph, new Set(), new Set(everMade(graph)));
}

function looseEnd(graph: GraphProto, outer: ReadonlySet<string>, made: ReadonlySet<string>): string | null {
  const known = new Set([...outer, ...graph.inputs.map(nameOf), ...graph.initializers.map(nameOf)]);
  for (const node of graph.nodes) {
    const missing = node.inputs.find((input) => input !== '' && !known.has(input));
    if (missing !== undefined) return complaint(`node ${node.name}`, missing, made);
    for (const attribute of Object.values(node.attributes)) {
      const inner = bodyOf(attribute);
      const found = inner === null ? null : looseEnd(inner, known, made);
      if (found !== null) return found;
    }
    for (const output of node.outputs) known.add(output);
  }
  const missing = graph.outputs.map(nameOf).find((name) => !known.has(name));
  return missing === undefined ? null : complaint(`an output of graph ${graph.name}`, missing, made);
}

function complaint(reader: string, value: string, made: ReadonlySet<string>): string {
  const why = made.has(value) ? 'is made only after it, or in another branch' : 'no node makes';
  return `${reader} reads "${value}", which ${why}`;
}

function everMade(graph: GraphProto): string[] {
  return graph.nodes.flatMap(({ outputs, attributes }) => [
    ...outputs,
    ...Object.values(attributes).flatMap((attribute) => {
      const inner = bodyOf(attribute);
      return inner === null ? [] : everMade(inner);
    }),
  ]);
}

function bodyOf(attribute: Attribute): GraphProto | null {
  return typeof attribute === 'object' && 'graph' in attribute ? attribute.graph : null;
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
