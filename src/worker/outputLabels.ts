// Answers of a graph whose outputs stand in an order of their own, in the order of the task's labels.

export interface Answered {
  /** (texts, classes). */
  readonly logits: Float32Array;
  readonly classes: number;
}

/**
 * @param outputLabels label index of each output; a single one for a regression.
 * @throws if the graph has another number of outputs: it answers another question than the task asks.
 */
export function inLabelOrder({ logits, classes }: Answered, outputLabels: readonly number[]): Answered {
  if (classes !== outputLabels.length) {
    const [has, wants] = [count(classes, 'number'), count(outputLabels.length, 'number')];
    throw new Error(`the graph answers ${has} for a text, the task wants ${wants}`);
  }
  const ordered = new Float32Array(logits.length);
  for (const [index, logit] of logits.entries()) {
    const output = index % classes;
    ordered[index - output + (outputLabels[output] ?? output)] = logit;
  }
  return { logits: ordered, classes };
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
