// Command lines for a POSIX shell. Foreign names are quoted, so that none of them can end a word or start a command.
import type { DeferredChange } from '../../model/change.ts';
import { parsePointer } from '../../model/pointer.ts';
import { parentId } from '../../model/resource-id.ts';
import { replaceHidden } from '../../model/text.ts';

/** A word as typed: unquoted where that is safe, else in single quotes; characters that are not shown by their bytes. */
export const word = (text: string): string =>
  /^[A-Za-z0-9_./:=,@%+-]+$/.test(text) && text !== ''
    ? text
    : `'${replaceHidden(text.replaceAll("'", "'\\''"), (hidden) => (hidden === '\n' ? hidden : `'"$(printf '${octal(hidden)}')"'`))}'`;

const octal = (text: string): string =>
  [...new TextEncoder().encode(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');

/** Words of one command line, quoted where needed. */
export const line = (...words: readonly (string | readonly string[])[]): string => words.flat().map(word).join(' ');

/** Lines that run one after another, each only when the one before succeeded. */
export const lines = (commands: readonly string[]): string => commands.join(' && ');

// The Azure CLI lines for a resource whose name Azure assigns: wait until its parent shows it, then query its id. If there is
// none, or more than one, the query gives `false`, so the next command fails and nothing is guessed.
interface Late {
  /** The command that waits until it exists. */
  readonly wait: string;
  /** A shell substitution for its id. */
  readonly id: string;
}

/** `list`: the words of the command that lists them all; `member`: the member of the parent's `properties` that holds them. */
export function deferredLine(
  change: DeferredChange,
  list: readonly string[],
  member: string,
  apiVersion: string,
): Late {
  const parent = parentId(change.resource) ?? change.resource;
  const { pointer, says } = change.found;
  // An absent text is null, on which JMESPath functions fail.
  const said = `not_null(${parsePointer(pointer).join('.')}, \`""\`)`;
  const own = `[?contains(${said}, \`${JSON.stringify(says).replaceAll('`', '\\`')}\`)]`;
  const patience = ['--timeout', '600', '--custom', `properties.${member}${own}`];
  return {
    wait: line('az', 'resource', 'wait', '--ids', parent, '--api-version', apiVersion, patience),
    id: `"$(${line(list, '--id', parent, '--query', `${own}.id|length(@)==\`1\`&&[0]`, '-o', 'tsv')})"`,
  };
}
