// A question about a set of packets, and its resolution into boxes.
import { type Addresses, either, looksLiteral, nowhere, parseAddresses, without } from './addresses.ts';
import type { NetworkContext, NetworkPossibility, Operand } from './context.ts';
import { isSpecialTag } from './facts.ts';
import type { Direction } from './nsg.ts';
import { type Resolver, resolver } from './operands.ts';
import { hasPorts, noPort, type Protocol, protocols, readPorts } from './ports.ts';
import type { Intervals } from './sets.ts';

/** Addresses, CIDR blocks, IPv4 ranges `a-b`, `*`, service tags, ids of application security groups; less those of `except`. */
export interface FlowEnd {
  readonly of: readonly string[];
  readonly except?: readonly string[] | undefined;
}

export interface Flow {
  /** The direction in which the connection is opened. */
  readonly direction: Direction;
  /** `*` means each of the five. */
  readonly protocol: Protocol | '*';
  readonly source: FlowEnd;
  readonly destination: FlowEnd;
  /** `*`, `n`, `n-m`; all when omitted. Ignored for protocols without ports. */
  readonly sourcePorts?: readonly string[] | undefined;
  readonly destinationPorts?: readonly string[] | undefined;
  /** Packets of an established connection. */
  readonly established?: boolean | undefined;
  /** None of its packets is for a host or a tag of unknown addresses that a rule names; those that it names itself apart. */
  readonly nameless?: boolean | undefined;
}

/** A flow whose names are replaced by addresses. */
export interface ResolvedFlow {
  readonly source: Addresses;
  readonly destination: Addresses;
  readonly sourcePorts: Intervals<number>;
  readonly destinationPorts: Intervals<number>;
  readonly protocols: readonly Protocol[];
  /** Its service tags with unknown addresses: points beyond the last address. */
  readonly symbols: readonly string[];
  /** Excluded names with unknown addresses, for each side, in lower case. */
  readonly absent: { readonly source: readonly string[]; readonly destination: readonly string[] };
}

const isGroup = (text: string): boolean => text.startsWith('/');
const isUnknownTag = (worlds: readonly NetworkPossibility[], text: string): boolean =>
  !isGroup(text) && !looksLiteral(text) && !isSpecialTag(text) && worlds.every((world) => !world.tag(text));

/** What a name resolves to in a question: every possible address where the name is uncertain. */
function meant(text: string, world: NetworkPossibility, names: Resolver): Addresses {
  if (isGroup(text)) return world.group(text)?.in ?? nowhere;
  if (looksLiteral(text)) {
    const parsed = parseAddresses(text);
    return parsed.ok ? parsed.value : nowhere;
  }
  const operand: Operand = names.prefix(text);
  return isSpecialTag(text) ? either(operand.in, operand.maybe) : operand.in;
}

/** Replaces names by addresses. An invalid literal counts as nothing, so validate questions before. */
export function resolveFlow(flow: Flow, { worlds }: NetworkContext): ResolvedFlow {
  const named = [...flow.source.of, ...flow.destination.of];
  const symbols = [
    ...new Map(named.filter((text) => isUnknownTag(worlds, text)).map((text) => [text.toLowerCase(), text])).values(),
  ];
  const endOf = (end: FlowEnd): Addresses => {
    const sum = (texts: readonly string[]) =>
      worlds.reduce((whole, world) => {
        const names = resolver(world, symbols);
        return texts.reduce((part, text) => either(part, meant(text, world, names)), whole);
      }, nowhere);
    return without(sum(end.of), sum((end.except ?? []).filter((text) => !isUnknownTag(worlds, text))));
  };
  const absentOf = (end: FlowEnd) =>
    (end.except ?? []).filter((text) => isUnknownTag(worlds, text)).map((text) => text.toLowerCase());
  return {
    source: endOf(flow.source),
    destination: endOf(flow.destination),
    sourcePorts: readPorts(flow.sourcePorts ?? ['*']).ports,
    destinationPorts: readPorts(flow.destinationPorts ?? ['*']).ports,
    protocols: flow.protocol === '*' ? protocols : [flow.protocol],
    symbols,
    absent: { source: absentOf(flow.source), destination: absentOf(flow.destination) },
  };
}

export const portsOf = (ports: Intervals<number>, protocol: Protocol): Intervals<number> =>
  hasPorts(protocol) ? ports : ports.length === 0 ? [] : noPort;
