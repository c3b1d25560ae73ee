// GLUE's metrics of predictions against labels, each as a function of how often every example counts, so that a
// bootstrap draw is one pass. With all counts 1 they are scikit-learn's accuracy_score, f1_score (of label 1) and
// matthews_corrcoef, and SciPy's pearsonr and spearmanr; where those have no answer (a constant side), it is 0.
import type { Metric } from '../core/names.ts';

/** @param weights parallel to the examples: how often each counts. */
export type Score = (weights: ArrayLike<number>) => number;

/** @param labels indices, or the values to be predicted; @param predictions parallel to them. */
export function scoreOf(metric: Metric, labels: readonly number[], predictions: readonly number[]): Score {
  if (labels.length !== predictions.length || labels.length === 0)
    throw new RangeError(`${predictions.length} predictions for ${labels.length} labels`);
  switch (metric) {
    case 'accuracy':
      return accuracyScore(labels, predictions);
    case 'f1':
      return f1Score(labels, predictions);
    case 'matthews':
      return matthewsScore(labels, predictions);
    case 'pearson':
      return correlationScore(fixed(labels), fixed(predictions));
    case 'spearman':
      return correlationScore(weightedRanks(labels), weightedRanks(predictions));
  }
}

export function metricOf(metric: Metric, labels: readonly number[], predictions: readonly number[]): number {
  return scoreOf(metric, labels, predictions)(new Uint8Array(labels.length).fill(1));
}

function accuracyScore(labels: readonly number[], predictions: readonly number[]): Score {
  const right = labels.map((label, index) => (label === predictions[index] ? 1 : 0));
  return (weights) => {
    let hits = 0;
    let all = 0;
    for (let index = 0; index < right.length; index++) {
      const weight = weights[index] ?? 0;
      hits += weight * (right[index] ?? 0);
      all += weight;
    }
    return all === 0 ? 0 : hits / all;
  };
}

/** 2 TP / (2 TP + FP + FN), the positive label being 1. */
function f1Score(labels: readonly number[], predictions: readonly number[]): Score {
  return (weights) => {
    let hits = 0;
    let positives = 0; // labelled so, and predicted so: TP + FN and TP + FP together
    for (let index = 0; index < labels.length; index++) {
      const weight = weights[index] ?? 0;
      const [label, prediction] = [labels[index] === 1, predictions[index] === 1];
      if (label && prediction) hits += weight;
      positives += weight * (Number(label) + Number(prediction));
    }
    return positives === 0 ? 0 : (2 * hits) / positives;
  };
}

/** Gorodkin's R_K (2004), which is Matthews' coefficient with two labels. */
function matthewsScore(labels: readonly number[], predictions: readonly number[]): Score {
  const classes = Math.max(...new Set([...labels, ...predictions])) + 1;
  return (weights) => {
    const [labelled, predicted] = [new Float64Array(classes), new Float64Array(classes)];
    let hits = 0;
    let all = 0;
    for (let index = 0; index < labels.length; index++) {
      const weight = weights[index] ?? 0;
      const [label = 0, prediction = 0] = [labels[index], predictions[index]];
      labelled[label] = (labelled[label] ?? 0) + weight;
      predicted[prediction] = (predicted[prediction] ?? 0) + weight;
      if (label === prediction) hits += weight;
      all += weight;
    }
    const spread = (all * all - dot(labelled, labelled)) * (all * all - dot(predicted, predicted));
    return spread <= 0 ? 0 : (hits * all - dot(labelled, predicted)) / Math.sqrt(spread);
  };
}

/** The numbers to correlate under these weights. */
type Values = (weights: ArrayLike<number>) => ArrayLike<number>;

function fixed(values: readonly number[]): Values {
  const same = Float64Array.from(values);
  return () => same;
}

/** Ranks as if every example stood there as often as it counts; equal values share their average rank. */
function weightedRanks(values: readonly number[]): Values {
  const order = Uint32Array.from(values.keys()).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Float64Array(values.length);
  return (weights) => {
    let before = 0;
    for (let start = 0; start < order.length;) {
      const value = values[order[start] ?? 0];
      let end = start;
      let tied = 0;
      for (; end < order.length && values[order[end] ?? 0] === value; end++)
        tied += weights[order[end] ?? 0] ?? 0;
      for (let place = start; place < end; place++) ranks[order[place] ?? 0] = before + (tied + 1) / 2;
      before += tied;
      start = end;
    }
    return ranks;
  };
}

/** Pearson's correlation, with the means taken first: sums of squares alone would cancel. */
function correlationScore(xOf: Values, yOf: Values): Score {
  return (weights) => {
    const [x, y] = [xOf(weights), yOf(weights)];
    const all = total(weights, () => 1);
    if (all === 0) return 0;
    const meanX = total(weights, (index) => x[index] ?? 0) / all;
    const meanY = total(weights, (index) => y[index] ?? 0) / all;
    let [xx, yy, xy] = [0, 0, 0];
    for (let index = 0; index < weights.length; index++) {
      const weight = weights[index] ?? 0;
      const [dx, dy] = [(x[index] ?? 0) - meanX, (y[index] ?? 0) - meanY];
      xx += weight * dx * dx;
      yy += weight * dy * dy;
      xy += weight * dx * dy;
    }
    const spread = Math.sqrt(xx) * Math.sqrt(yy);
    return spread === 0 ? 0 : Math.max(-1, Math.min(1, xy / spread));
  };
}

function total(weights: ArrayLike<number>, valueAt: (index: number) => number): number {
  let sum = 0;
  for (let index = 0; index < weights.length; index++) sum += (weights[index] ?? 0) * valueAt(index);
  return sum;
}

function dot(left: Float64Array, right: Float64Array): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
}
