// Command lines for a POSIX shell. Foreign names are quoted, so that none of them can end a word or start a command.

/** A word as it is typed: bare where that is safe, else in single quotes. */
export const word = (text: string): string =>
  /^[A-Za-z0-9_./:=,@%+-]+$/.test(text) && text !== '' ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** Words of one command line, quoted where needed. */
export const line = (...words: readonly (string | readonly string[])[]): string => words.flat().map(word).join(' ');

/** Lines that run one after another, each only when the one before succeeded. */
export const lines = (commands: readonly string[]): string => commands.join(' && ');
