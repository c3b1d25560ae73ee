// Raised when a record of an older version can no longer be read.
export const SCHEMA_VERSION = 1;
