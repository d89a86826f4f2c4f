// Reference material that belongs to others (Microsoft's documents, recordings, tag data, peers' test inputs). It stays outside
// the repository: in BASTIDE_SHARED, else in the folder `shared` beside the checkout. A test that needs it says so in its name,
// and the end of the run lists what was not run.
import { existsSync } from 'node:fs';
import path from 'node:path';

export const shared = process.env.BASTIDE_SHARED ?? path.resolve(import.meta.dirname, '../../../shared');

export interface Outside {
  readonly place: string;
  readonly isHere: boolean;
  /** For the end of a test's name. */
  readonly note: string;
}

export function outside(name: string): Outside {
  const place = path.join(shared, name);
  const isHere = existsSync(place);
  return { place, isHere, note: isHere ? '' : skippedFor(`no ${name} in ${shared}`) };
}

export const skippedFor = (why: string | null | undefined): string => (why ? ` (skipped: ${why})` : '');

/** Our own inputs: network cases, Azure cases, the index of the rules. */
export const fixture = (name: string): string => path.resolve(import.meta.dirname, '../fixtures', name);
