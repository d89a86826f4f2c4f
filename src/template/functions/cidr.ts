// Functions about address ranges (template-functions-cidr), for IPv4 and IPv6. Addresses are counted as big integers.
import type { Json } from '../../model/json.ts';
import { TemplateError } from '../limits.ts';
import { wantNumber, wantText } from '../values.ts';
import { type FunctionBody, type FunctionTable, strict } from './function.ts';

interface Range {
  /** The first address. */
  readonly first: bigint;
  readonly prefix: number;
  readonly bits: 32 | 128;
}

const size = ({ bits, prefix }: Range): bigint => 1n << BigInt(bits - prefix);

function parseFour(text: string): bigint | undefined {
  const parts = text.split('.');
  const fine = parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
  return fine ? parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n) : undefined;
}

function parseSix(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...new Array<string>(missing).fill('0'), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

function parseRange(text: string): Range {
  const [address = '', length = '', ...more] = text.split('/');
  const bits = address.includes(':') ? 128 : 32;
  const value = bits === 128 ? parseSix(address) : parseFour(address);
  const prefix = /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  if (more.length > 0 || value === undefined || !(prefix <= bits)) {
    throw new TemplateError('the address range is not in CIDR notation');
  }
  const host = BigInt(bits - prefix);
  return { first: (value >> host) << host, prefix, bits };
}

/** IPv6 as RFC 5952 writes it: lower case, the longest run of zeros (the first of several) left out. */
function formatSix(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - index * 16)) & 0xffffn).toString(16));
  const runs = groups.map((_, at) => {
    const end = groups.findIndex((group, index) => index >= at && group !== '0');
    return (end < 0 ? 8 : end) - at;
  });
  const longest = Math.max(...runs);
  if (longest < 2) return groups.join(':');
  const at = runs.indexOf(longest);
  return `${groups.slice(0, at).join(':')}::${groups.slice(at + longest).join(':')}`;
}

function format(value: bigint, bits: Range['bits']): string {
  if (bits === 128) return formatSix(value);
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
}

/** `cidrSubnet(network, prefix, index)`. */
const cidrSubnet: FunctionBody = ([network, prefix, index]) => {
  const whole = parseRange(wantText(network));
  const [length, at] = [wantNumber(prefix), wantNumber(index)];
  if (length < whole.prefix || length > whole.bits || at < 0)
    throw new TemplateError('there is no such part of the range');
  const part: Range = { ...whole, prefix: length };
  const first = whole.first + size(part) * BigInt(at);
  if (first >= whole.first + size(whole)) throw new TemplateError('there is no such part of the range');
  return `${format(first, whole.bits)}/${length}`;
};

/** `cidrHost(network, index)`: 0 is the first usable address, the one after the network's own. */
const cidrHost: FunctionBody = ([network, index]) => {
  const whole = parseRange(wantText(network));
  const first = whole.first + BigInt(wantNumber(index)) + (size(whole) > 2n ? 1n : 0n);
  if (wantNumber(index) < 0 || first >= whole.first + size(whole)) {
    throw new TemplateError('there is no such address in the range');
  }
  return format(first, whole.bits);
};

const parseCidr: FunctionBody = ([network]) => {
  const whole = parseRange(wantText(network));
  const { first, bits, prefix } = whole;
  const last = first + size(whole) - 1n;
  const full = (1n << BigInt(bits)) - 1n;
  const edge = size(whole) > 2n ? 1n : 0n;
  const common: Record<string, Json> = {
    network: format(first, bits),
    netmask: format(full ^ (size(whole) - 1n), bits),
    ...(bits === 32 ? { broadcast: format(last, bits) } : {}),
    firstUsable: format(first + edge, bits),
    lastUsable: format(bits === 32 ? last - edge : last, bits),
    cidr: prefix,
  };
  return common;
};

export const cidrFunctions: FunctionTable = {
  cidrsubnet: strict(cidrSubnet),
  cidrhost: strict(cidrHost),
  parsecidr: strict(parseCidr),
};
