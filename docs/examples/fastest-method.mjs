// Which pruning method is fastest on this machine at the length and batch size that you serve, and what does it cost?
//   node fastest-method.mjs [MODEL] [LENGTH] [BATCH] [SECONDS]
import { BenchError, runBench, variantKey } from 'token-pruning-bench';

const [model = 'minilm-l6', length = '128', batch = '1', seconds = '60'] = process.argv.slice(2);

try {
  const { summary, dir } = await runBench({
    models: [model],
    seqLens: [Number(length)],
    batchSizes: [Number(batch)],
    blocks: 3,
    costs: 'none',
    timeBudgetSeconds: Number(seconds),
    outDir: 'results',
    onProgress: (line) => console.error(line),
  });
  const measured = summary.rows.filter((row) => row.speedup?.vsDense != null);
  const fastest = measured.toSorted((a, b) => b.speedup.vsDense.median - a.speedup.vsDense.median);
  for (const row of fastest) {
    const { median, low, high } = row.speedup.vsDense;
    const points = row.accuracy?.deltaVsDense;
    const accuracy = points == null ? '' : `, ${(100 * points.value).toFixed(1)} points of accuracy`;
    console.log(
      `${variantKey(row)}: ${median.toFixed(2)}x [${low.toFixed(2)}..${high.toFixed(2)}]${accuracy}`,
    );
  }
  console.log(`the run is ${summary.validity?.verdict ?? 'not judged'}: ${dir}`);
} catch (error) {
  if (!(error instanceof BenchError)) throw error;
  console.error(error.line);
  process.exitCode = error.exitCode;
}
