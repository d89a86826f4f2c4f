// Names of what a plan makes, and lists of ids without doubles.
import { sameId } from '../../model/resource-id.ts';

/** Each id once, in the order and the casing first met. */
export const onceEach = (ids: readonly string[]): string[] =>
  ids.filter((id, index) => ids.findIndex((one) => sameId(one, id)) === index);

/** Parts joined by dashes as a name Azure takes: letters, digits, dots, dashes and underscores, at most `most` of them. */
export const legalName = (parts: readonly string[], most: number): string =>
  parts
    .join('-')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .slice(0, most)
    .replace(/[^A-Za-z0-9_]+$/, '');
