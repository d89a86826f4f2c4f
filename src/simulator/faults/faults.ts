// The fault menu: which request goes wrong, how often and how. It must not know what a request means.
import { SimulatorError } from '../error.ts';

const faultNames = [
  '429',
  '503',
  '500',
  '408',
  '409',
  '412',
  '403',
  '401',
  'policy',
  'drop-before',
  'drop-after',
  'hang',
  'async-fail',
  'superseded',
  'slow',
  'late',
  'stale',
  'html502',
  'body',
] as const;
export type FaultName = (typeof faultNames)[number];

export interface Fault {
  readonly name: FaultName;
  /** The text after the colon; may be empty. */
  readonly argument: string;
}

interface Line {
  readonly method: string;
  readonly path: RegExp;
  readonly fault: Fault;
  /** Matching requests that are still let through. */
  spared: number;
  left: number;
}

const form = 'METHOD PATH-GLOB COUNT FAULT[:ARGUMENT], joined by ;, where COUNT@N begins at the Nth request';

export class Faults {
  #lines: Line[] = [];

  constructor(spec: string) {
    this.become(spec);
  }

  /** Replaces the list. */
  become(spec: string): void {
    this.#lines = spec
      .split(';')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map(lineOf);
  }

  /** The fault for this request, which uses it up once. */
  take(method: string, path: string): Fault | undefined {
    const line = this.#lines.find((candidate) => {
      const isMeant =
        candidate.left > 0 && (candidate.method === '*' || candidate.method === method) && candidate.path.test(path);
      if (!isMeant || candidate.spared === 0) return isMeant;
      candidate.spared -= 1;
      return false;
    });
    if (!line) return undefined;
    line.left -= 1;
    return line.fault;
  }
}

/** `retry-after=2` gives 2; undefined when the argument has no such member. */
export function numberIn(argument: string, name: string): number | undefined {
  const found = new RegExp(`(?:^|,)${name}=([0-9]+)(?:,|$)`).exec(argument)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** The answer says nothing of it, or says that it failed, and the write is made all the same. */
export const isAppliedAnyway = ({ name, argument }: Fault): boolean =>
  (name === '408' || name === '500' || name === '503') && /(?:^|,)applied(?:,|$)/.test(argument);

function lineOf(part: string): Line {
  const words = part.split(/\s+/);
  const [method = '', glob = '', count = '', fault = ''] = words;
  if (words.length !== 4) throw bad(part, `has ${words.length} words, not 4`);
  if (!/^([A-Za-z]+|\*)$/.test(method)) throw bad(part, `"${method}" is not a method`);
  const [, times = '', first = '1'] = /^([1-9][0-9]*|\*)(?:@([1-9][0-9]*))?$/.exec(count) ?? [];
  if (times === '') throw bad(part, `"${count}" is neither a number nor *, with or without @FIRST`);
  const colon = fault.indexOf(':');
  const name = colon < 0 ? fault : fault.slice(0, colon);
  const known = faultNames.find((candidate) => candidate === name);
  if (!known) throw bad(part, `"${name}" is not one of ${faultNames.join(', ')}`);
  const argument = colon < 0 ? '' : fault.slice(colon + 1);
  if (known === 'slow' && !/^[0-9]+$/.test(argument)) throw bad(part, 'slow needs milliseconds, as in slow:500');
  if (known === 'late' && !/^[0-9]+$/.test(argument)) throw bad(part, 'late needs a number of reads, as in late:3');
  if (known === 'body' && !/^failed(-applied)?$/.test(argument)) {
    throw bad(part, 'body needs failed, as in body:failed, or failed-applied');
  }
  if (known === '429' && argument !== '' && numberIn(argument, 'retry-after') === undefined) {
    throw bad(part, `"${argument}" is not retry-after=SECONDS`);
  }
  return {
    method: method.toUpperCase(),
    path: globOf(glob),
    fault: { name: known, argument },
    spared: Number(first) - 1,
    left: times === '*' ? Number.POSITIVE_INFINITY : Number(times),
  };
}

function bad(part: string, what: string): SimulatorError {
  return new SimulatorError('faults', `Invalid fault "${part}": ${what}. Expected ${form}.`);
}

/** `*` matches anything, slashes too; letter case is ignored. */
function globOf(glob: string): RegExp {
  const escaped = glob.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`, 'i');
}
