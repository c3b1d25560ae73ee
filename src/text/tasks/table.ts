// The tasks that are known by name, as data: where their files lie, what their columns and labels are called, and what
// is asked of an answer. Columns, label order and metrics are GLUE's (Wang et al. 2019, table 1; the label order is that
// of Hugging Face's `glue`, which checkpoints are trained with). A task of the user's own is taskFile.ts.
import type { Metric } from '../../core/names.ts';

export interface TaskEntry {
  readonly name: string;
  /** Folder of the data directory, the project's own name first, then that of GLUE's archive. */
  readonly folders: readonly string[];
  /** File of the evaluation split. */
  readonly evaluation: string;
  /** File of the training split, which calibration reads; it may be absent. */
  readonly training: string;
  readonly columns: Columns;
  /** In the order of their indices; null: a regression, whose labels are numbers. */
  readonly labels: readonly string[] | null;
  readonly metrics: readonly [Metric, ...Metric[]];
  /** Whether several texts of one label make a text of that label. */
  readonly composable: boolean;
  /** What the file has instead of a label where annotators did not agree; such rows are left out. */
  readonly unlabelled?: string;
  /** Rows with missing columns are left out and texts may be empty, as GLUE's own reader has it. */
  readonly lenient?: boolean;
  readonly archive?: Archive;
  /** How to come by the files where there is no archive with a known hash. */
  readonly get?: string;
}

/** By name of the header; by index where the file has none. */
export type Columns = Record<'text' | 'label', string | number> & { readonly pair?: string | number };

/** A download that is accepted only by its hash. */
export interface Archive {
  readonly url: string;
  /** Of the whole archive, hex. */
  readonly sha256: string;
  /** Folder inside of it. */
  readonly folder: string;
}

/** Hashes: TensorFlow Datasets' url_checksums/glue.txt and Hugging Face's glue/dataset_infos.json give the same. */
function glue(file: string, sha256: string, folder: string): Archive {
  return { url: `https://dl.fbaipublicfiles.com/glue/data/${file}`, sha256, folder };
}

const FILES = { evaluation: 'dev.tsv', training: 'train.tsv' } as const;
const SENTIMENT = ['negative', 'positive'] as const;
const ENTAILMENT = ['entailment', 'not_entailment'] as const;
const INFERENCE = ['entailment', 'neutral', 'contradiction'] as const;
const MNLI = glue('MNLI.zip', 'e7c1d896d26ed6caf700110645df426cc2d8ebf02a5ab743d5a5c68ac1c83633', 'MNLI');

export const TASK_TABLE: readonly TaskEntry[] = [
  {
    name: 'sst2',
    folders: ['sst2', 'SST-2'],
    ...FILES,
    columns: { text: 'sentence', label: 'label' },
    labels: SENTIMENT,
    metrics: ['accuracy'],
    composable: true,
    archive: glue('SST-2.zip', 'd67e16fb55739c1b32cdce9877596db1c127dc322d93c082281f64057c16deaa', 'SST-2'),
  },
  {
    name: 'mrpc',
    folders: ['mrpc', 'MRPC'],
    ...FILES,
    columns: { text: '#1 String', pair: '#2 String', label: 'Quality' },
    labels: ['not_equivalent', 'equivalent'],
    metrics: ['f1', 'accuracy'],
    composable: false,
    get: "GLUE's own script makes MRPC/dev.tsv and MRPC/train.tsv from the Microsoft Research Paraphrase Corpus (its terms forbid passing it on)",
  },
  {
    name: 'rte',
    folders: ['rte', 'RTE'],
    ...FILES,
    columns: { text: 'sentence1', pair: 'sentence2', label: 'label' },
    labels: ENTAILMENT,
    metrics: ['accuracy'],
    composable: false,
    archive: glue('RTE.zip', '6bf86de103ecd335f3441bd43574d23fef87ecc695977a63b82d5efb206556ee', 'RTE'),
  },
  {
    name: 'qnli',
    folders: ['qnli', 'QNLI'],
    ...FILES,
    columns: { text: 'question', pair: 'sentence', label: 'label' },
    labels: ENTAILMENT,
    metrics: ['accuracy'],
    composable: false,
    archive: glue('QNLIv2.zip', 'e634e78627a29adaecd4f955359b22bf5e70f2cbd93b493f2d624138a0c0e5f5', 'QNLI'),
  },
  {
    name: 'stsb',
    folders: ['stsb', 'STS-B'],
    ...FILES,
    columns: { text: 'sentence1', pair: 'sentence2', label: 'score' },
    labels: null,
    metrics: ['pearson', 'spearman'],
    composable: false,
    archive: glue('STS-B.zip', 'e60a6393de5a8b5b9bac5020a1554b54e3691f9d600b775bd131e613ac179c85', 'STS-B'),
  },
  {
    name: 'cola',
    folders: ['cola', 'CoLA'],
    ...FILES,
    columns: { text: 3, label: 1 }, // source, label, the author's star, sentence; no header
    labels: ['unacceptable', 'acceptable'],
    metrics: ['matthews', 'accuracy'],
    composable: false,
    archive: glue('CoLA.zip', 'f212fcd832b8f7b435fb991f101abf89f96b933ab400603bf198960dfc32cbff', 'CoLA'),
  },
  {
    name: 'qqp',
    folders: ['qqp', 'QQP'],
    ...FILES,
    columns: { text: 'question1', pair: 'question2', label: 'is_duplicate' },
    labels: ['not_duplicate', 'duplicate'],
    metrics: ['f1', 'accuracy'],
    composable: false,
    lenient: true,
    // Only Hugging Face gives this one's hash: the archive was cleaned of broken rows after the other's record.
    archive: glue('QQP-clean.zip', '40e7c862c04eb26ee04b67fd900e76c45c6ba8e6d8fab4f8f1f8072a1a3fbae0', 'QQP'),
  },
  {
    name: 'mnli',
    folders: ['mnli', 'MNLI'],
    evaluation: 'dev_matched.tsv',
    training: 'train.tsv',
    columns: { text: 'sentence1', pair: 'sentence2', label: 'gold_label' },
    labels: INFERENCE,
    metrics: ['accuracy'],
    composable: false,
    unlabelled: '-',
    archive: MNLI,
  },
  {
    name: 'mnli-mm',
    folders: ['mnli', 'MNLI'],
    evaluation: 'dev_mismatched.tsv',
    training: 'train.tsv',
    columns: { text: 'sentence1', pair: 'sentence2', label: 'gold_label' },
    labels: INFERENCE,
    metrics: ['accuracy'],
    composable: false,
    unlabelled: '-',
    archive: MNLI,
  },
  {
    name: 'imdb',
    folders: ['imdb'],
    ...FILES,
    columns: { text: 'text', label: 'label' },
    labels: SENTIMENT,
    metrics: ['accuracy'],
    composable: false,
    get: 'the Large Movie Review Dataset v1.0 (ai.stanford.edu/~amaas/data/sentiment), a row a review: columns label (0, 1) and text, tabs and line ends replaced by spaces',
  },
];
