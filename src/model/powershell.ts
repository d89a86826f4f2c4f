// Azure CLI lines as PowerShell reads them. On Windows `az` is a batch file: cmd takes its arguments apart a second time, with rules of
// its own.

/** A word as PowerShell reads it back unchanged. It takes typographic quotes for quotes. */
export const powershellWord = (word: string): string => `'${word.replaceAll(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;

/** What cmd would act on, or PowerShell's old passing of arguments lose: such a line cannot be given safely. */
const unsafe = /[%"\r\n^&|<>]/;

/**
 * Lines for PowerShell from one for a POSIX shell, one for each command; undefined where a word would not arrive as it is. Of the
 * POSIX line it knows what Bastide writes: bare words, single quotes and `&&`.
 */
export function powershellLines(posix: string): string[] | undefined {
  const commands: string[][] = [[]];
  let rest = posix.trim();
  while (rest !== '') {
    const [whole, operator] = /^(?:(&&)|(?:[^\s'\\&|;<>$`"]|'[^']*'|\\')+)(?=\s|$)/.exec(rest) ?? [];
    if (whole === undefined) return undefined;
    rest = rest.slice(whole.length).trimStart();
    if (operator !== undefined) commands.push([]);
    else {
      const word = whole.replaceAll(/'([^']*)'|\\'/g, (part, quoted: string | undefined) => quoted ?? part.slice(1));
      if (unsafe.test(word)) return undefined;
      commands.at(-1)?.push(/^[\w./:=-]+$/.test(word) ? word : powershellWord(word));
    }
  }
  return commands.map((words) => words.join(' '));
}
