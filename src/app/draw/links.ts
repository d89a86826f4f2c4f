// Words that lead somewhere. An address is one of our own rules' or one made of an id, each part of it encoded; what others
// wrote never becomes one.
import type { Word } from '../../command/definition.ts';
import { wrapLine } from './text.ts';

const shape = /^https:\/\/[a-z0-9.-]+(\/[\x21-\x7e]*)?$/;

/** Has it the shape of an address that may go to a terminal? */
export const isAddress = (text: string): boolean => text.length <= 2000 && shape.test(text);

export const linkTo = (text: string, role: string, address: string | null): Word =>
  address !== null && isAddress(address) ? { text, role, href: address } : { text, role };

/** An address as a text that leads to itself; each row of it leads to the whole. */
export const addressLines = (address: string, width: number) => wrapLine([linkTo(address, 'link', address)], width);

/** The text as a link of a terminal (OSC 8). */
export const asLink = (text: string, address: string): string =>
  isAddress(address) ? `\x1b]8;;${address}\x07${text}\x1b]8;;\x07` : text;
