// Files of JSON that are read when they are asked for, so that what nobody asks for costs a start nothing.
import { readFileSync } from 'node:fs';

/** Text of a file in `worlds`; the build puts that folder beside the bundle. */
export const worldText = (name: string): string =>
  readFileSync(new URL(`./worlds/${name}.json`, import.meta.url), 'utf8');
