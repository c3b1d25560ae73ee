// What parquet.ts and its thread say to each other.
import type { MessagePort } from 'node:worker_threads';

export interface ParquetTable {
  readonly columns: readonly string[];
  /** Values of the asked columns, in the order asked; empty if one is not there. */
  readonly rows: readonly (readonly unknown[])[];
  /** Names of the classes that numbers of a column stand for, as `datasets` stores them. */
  readonly classNames: Readonly<Record<string, readonly string[]>>;
}

export interface ParquetRequest {
  readonly file: ArrayBuffer;
  readonly asked: string[];
  /** Set to 1 and woken when the reply is sent. */
  readonly done: Int32Array;
  readonly port: MessagePort;
}

export type ParquetReply = ParquetTable | { readonly problem: string };
