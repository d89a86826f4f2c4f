// Words with links. A URL comes from a rule or is made of an id with each part encoded; foreign text never becomes one.
import type { Word } from '../../command/definition.ts';
import { wrapLine } from './text.ts';

const shape = /^https:\/\/[a-z0-9.-]+(\/[\x21-\x7e]*)?$/;

/** Does it have the shape of a URL that may be sent to a terminal? */
export const isAddress = (text: string): boolean => text.length <= 2000 && shape.test(text);

export const linkTo = (text: string, role: string, address: string | null): Word =>
  address !== null && isAddress(address) ? { text, role, href: address } : { text, role };

/** A URL as a text that links to itself; each row of it links to the whole. */
export const addressLines = (address: string, width: number) => wrapLine([linkTo(address, 'link', address)], width);

/** The text as a link of a terminal (OSC 8). */
export const asLink = (text: string, address: string): string =>
  isAddress(address) ? `\x1b]8;;${address}\x07${text}\x1b]8;;\x07` : text;
