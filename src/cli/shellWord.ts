// Words of a command as they are printed for people to run again.

/** The word as a POSIX shell reads it back: quoted where it must be. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
