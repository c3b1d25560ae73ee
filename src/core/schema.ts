// Every record that is written to disk or passed between processes, declared once with zod; types, keys and
// table columns are derived from here. A record read back is parsed by the same schema at the border.
export * from './schema/block.ts';
export * from './schema/cost.ts';
export * from './schema/doubt.ts';
export * from './schema/group.ts';
export * from './schema/machine.ts';
export * from './schema/peer.ts';
export * from './schema/reading.ts';
export * from './schema/row.ts';
export * from './schema/run.ts';
export * from './schema/scenario.ts';
export * from './schema/summary.ts';
export * from './schema/taskFile.ts';
export * from './schema/timedVariant.ts';
export * from './schema/version.ts';
