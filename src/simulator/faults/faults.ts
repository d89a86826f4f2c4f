// The fault menu: which request goes wrong, how often and how. It must not know what a request means.
import { SimulatorError } from '../error.ts';
import { actors, type Caller, isActor } from '../gateway/token.ts';

const faultNames = [
  '429',
  '503',
  '500',
  '408',
  '409',
  '412',
  '502',
  '504',
  '403',
  '401',
  'policy',
  'drop-before',
  'drop-after',
  'lands',
  'hang',
  'async-fail',
  'superseded',
  'slow',
  'late',
  'stale',
  'html502',
  'body',
  'record',
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

/**
 * Seconds after which the write is made all the same, though the answer says nothing of it, or that it failed (`503:applied`,
 * `503:applied=25`), or none comes (`lands:25`); undefined where it is not.
 */
export function appliedAfter({ name, argument }: Fault): number | undefined {
  if (name === 'lands') return Number(argument);
  if (!['408', '500', '502', '503', '504'].includes(name)) return undefined;
  return /(?:^|,)applied(?:,|$)/.test(argument) ? 0 : numberIn(argument, 'applied');
}

/** What a fault makes of the change record of the write that it falls on: the write itself succeeds. */
interface RecordFault {
  readonly caller?: Partial<Caller>;
  readonly record?: 'missing' | 'truncated';
  readonly lateSeconds?: number;
}

const clientNames: Readonly<Record<string, string>> = {
  portal: 'Azure Portal',
  cli: 'Azure CLI',
  powershell: 'Azure PowerShell',
  template: 'ARM Template',
  terraform: 'Terraform',
  unknown: 'Unknown',
};
const recordForm = `missing, truncated, late=SECONDS, as=${Object.keys(actors).join('|')}, client=${Object.keys(clientNames).join('|')}`;

/** `record:missing`, `record:truncated`, `record:late=60`, `record:as=user,client=portal`. */
export function recordFaultOf(fault: Fault | undefined): RecordFault {
  return fault?.name === 'record' ? (recordFaultIn(fault.argument) ?? {}) : {};
}

/** Undefined where the argument is none. */
function recordFaultIn(argument: string): RecordFault | undefined {
  let found: RecordFault = {};
  for (const part of argument.split(',')) {
    const [word = '', value = ''] = part.split('=');
    if (word === 'missing' || word === 'truncated') found = { ...found, record: word };
    else if (word === 'late' && /^[0-9]+$/.test(value)) found = { ...found, lateSeconds: Number(value) };
    else if (word === 'as' && isActor(value)) {
      const actor = actors[value];
      const named =
        'upn' in actor
          ? ({ name: actor.upn, kind: 'User' } as const)
          : ({ name: actor.client, kind: 'Application' } as const);
      found = { ...found, caller: { client: actor.client, ...found.caller, ...named } };
    } else if (word === 'client' && Object.hasOwn(clientNames, value)) {
      found = { ...found, caller: { ...found.caller, client: clientNames[value] ?? value } };
    } else return undefined;
  }
  return found;
}

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
  if (known === 'lands' && !/^[0-9]+$/.test(argument)) throw bad(part, 'lands needs seconds, as in lands:25');
  if (known === 'stale' && argument !== '' && numberIn(argument, 'turns') === undefined) {
    throw bad(part, `"${argument}" is not turns=SECONDS`);
  }
  if (known === 'late' && !/^[0-9]+$/.test(argument)) throw bad(part, 'late needs a number of reads, as in late:3');
  if (known === 'body' && !/^failed(-applied)?$/.test(argument)) {
    throw bad(part, 'body needs failed, as in body:failed, or failed-applied');
  }
  if (known === 'record' && recordFaultIn(argument) === undefined) {
    throw bad(part, `record needs ${recordForm}, joined by commas`);
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
