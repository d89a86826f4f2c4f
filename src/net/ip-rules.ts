// Which addresses a service firewall accepts in its IP rules (docs/reference/address-plans.md). Pure: returns the reason,
// writes nothing.
import { type Addresses, both, count4, count6, either, nowhere, parseAddresses } from './addresses.ts';
import { publicSpace } from './facts.ts';
import {
  type Block,
  blocksOf,
  contains,
  formatBlock,
  type Ipv4Range,
  overlaps,
  type ParsedRange,
  parseBlock,
  parseRange,
} from './ipv4.ts';

interface Family {
  readonly name: string;
  readonly blocks: readonly Block[];
}

const family = (name: string, ...blocks: readonly string[]): Family => ({
  name,
  blocks: blocks.flatMap((text) => {
    const parsed = parseBlock(text);
    return parsed.ok ? [parsed.value] : [];
  }),
});

/** Addresses that never reach a public endpoint untranslated. */
export const reservedFamilies: readonly Family[] = [
  family('private (RFC 1918)', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'),
  family('shared with carriers (CGNAT, RFC 6598)', '100.64.0.0/10'),
  family('loopback', '127.0.0.0/8'),
  family('link-local', '169.254.0.0/16'),
  family('"this network"', '0.0.0.0/8'),
  family('multicast or reserved', '224.0.0.0/3'),
];

export type Legality =
  | { readonly legal: true; readonly block: Block }
  | { readonly legal: false; readonly reason: string };

const no = (reason: string): Legality => ({ legal: false, reason });
const familyOf = (block: Block) =>
  reservedFamilies.find((one) => one.blocks.some((reserved) => overlaps(reserved, block)));
/** Addresses from here on are more than one operator's: an IP rule of as many is called wide. */
export const wideRange = 2 ** 16;
/** As many IPv6 addresses as 65,536 networks have. */
const wideRange6 = 2n ** 80n;

/** More than one operator's: a /16 of IPv4, or as many networks of IPv6. */
export const isWide = ({ v4, v6 }: Addresses): boolean => count4(v4) >= wideRange || count6(v6) >= wideRange6;

/** `The address is private (RFC 1918)`; of a range that has others as well, what it contains. */
export const reservedWords = ({ name, blocks }: Family, range: Ipv4Range, subject?: string): string =>
  blocks.some((block) => contains(block, range))
    ? `${subject ?? 'The address'} is ${name}`
    : `${subject ?? 'The range'} contains addresses that are ${name}`;

const familyHolding = (block: Block) =>
  reservedFamilies.find((one) => one.blocks.some((reserved) => contains(reserved, block)));

/** Is this valid in a storage account's `ipRules[].value`? Public IPv4, a bare address or a block of /0 < prefix <= /30. */
export function storageIpLegality(value: string): Legality {
  const parsed = parseBlock(value);
  if (!parsed.ok) {
    return no(value.includes(':') ? 'IP rules (ipRules) accept IPv4 only.' : parsed.reason);
  }
  const block = parsed.value;
  if (block.prefix === 0) return no('0.0.0.0/0 covers all addresses and is not accepted.');
  const reserved = familyOf(block);
  if (reserved) return no(`${reservedWords(reserved, block)}: the service only sees public addresses.`);
  if (!block.bare && block.prefix >= 31) {
    return no(
      `Storage rejects /${block.prefix}: use the ${block.prefix === 32 ? 'address without a prefix length' : 'two single addresses'}.`,
    );
  }
  return { legal: true, block };
}

/**
 * Is this valid in a vault's `ipRules[].value`? Public IPv4; `/31` and `/32` are accepted, and so is a block that merely
 * contains a reserved family (seen in recorded answers: `0.0.0.0/2`).
 */
export function vaultIpLegality(value: string): Legality {
  const parsed = parseBlock(value);
  if (!parsed.ok) {
    return no(value.includes(':') ? 'IP rules (ipRules) accept IPv4 only.' : parsed.reason);
  }
  const block = parsed.value;
  if (block.prefix === 0) return no('0.0.0.0/0 covers all addresses and is not accepted.');
  const reserved = familyHolding(block);
  if (reserved) return no(`The address is ${reserved.name}: the service only sees public addresses.`);
  return { legal: true, block };
}

/** The values to write instead: `/32` as its address, `/31` as two, others as they are; [] when no valid value remains. */
export function legalizeStorageIp(value: string): string[] {
  const parsed = parseBlock(value);
  if (!parsed.ok) return [];
  const { first, last, prefix } = parsed.value;
  const values =
    prefix >= 31
      ? Array.from({ length: last - first + 1 }, (_, index) => formatBlock({ first: first + index, prefix: 32 }))
      : [value];
  return values.filter((one) => storageIpLegality(one).legal);
}

/**
 * The blocks of an operator's `--ip`: an address, a CIDR block or `first-last`. Refused with the reason when any of it is not
 * public; a block of /31 or /32 is split into single addresses.
 */
export function parseClientAddress(text: string): ParsedRange<readonly string[]> {
  const trimmed = text.trim();
  if (trimmed.includes(':')) return { ok: false, reason: `${trimmed} is IPv6; IP rules accept IPv4 addresses only.` };
  const range = parseRange(trimmed);
  if (!range.ok) return { ok: false, reason: `${trimmed}: ${range.reason}` };
  const values = trimmed.includes('-') ? blocksOf(range.value).map(formatBlock) : [trimmed];
  const legal: string[] = [];
  for (const value of values) {
    const parts = legalizeStorageIp(value);
    const [first] = parts;
    if (first === undefined) {
      const verdict = storageIpLegality(/\/3[12]$/.test(value) ? value.slice(0, -3) : value);
      return { ok: false, reason: `${value}: ${verdict.legal ? 'it is not a public address.' : verdict.reason}` };
    }
    legal.push(...parts);
  }
  return { ok: true, value: legal };
}

/** Why these cannot be declared as the addresses of an operator's own clients; undefined where they can. */
export interface RefusedClients {
  readonly reason: 'no-address' | 'wide';
  /** The value; of several that are too wide together, all. */
  readonly value: string;
  readonly says: string;
}

/** Each must be an address or a range, and all of them together fewer public addresses than are called wide. */
export function refusedClients(values: readonly string[]): RefusedClients | undefined {
  let all = nowhere;
  for (const value of values) {
    const parsed = parseAddresses(value);
    if (!parsed.ok) return { reason: 'no-address', value, says: parsed.reason };
    // What is not public is told by the rules that need public addresses.
    const own = both(parsed.value, publicSpace);
    if (isWide(own)) return { reason: 'wide', value, says: `It has ${countWords(own)}. ${mostDeclared}` };
    all = either(all, own);
  }
  if (!isWide(all)) return undefined;
  return { reason: 'wide', value: values.join(', '), says: `Together they have ${countWords(all)}. ${mostDeclared}` };
}

const mostDeclared = `Fewer than ${wideRange.toLocaleString('en-US')} can be declared, of IPv6 fewer than a /48 has.`;
const countWords = ({ v4, v6 }: Addresses): string =>
  `${(count4(v4) >= wideRange ? count4(v4) : count6(v6)).toLocaleString('en-US')} public addresses`;

/** May it be allowed as the address of a client? */
export const isClientAddress = (text: string): boolean => parseClientAddress(text).ok;
