// What the NAT rules of an Azure Firewall bring in: connections to its public addresses, sent on to where a rule says.
import { both, either, noAddress, nowhere, without } from '../addresses.ts';
import type { NetworkContext } from '../context.ts';
import { resolveFlow } from '../flow.ts';
import { resolver } from '../operands.ts';
import { holds } from '../sets.ts';
import type { FirewallRule } from './rules.ts';

export interface BroughtIn {
  readonly port: number;
  /** `unknown`: a rule may do it whose sources are not known, or which cannot be read. */
  readonly outcome: 'yes' | 'no' | 'unknown';
  readonly by: readonly FirewallRule[];
}

/** Is TCP from all these callers (addresses, tags) to a port sent on to the same port? One answer a port. */
export function broughtIn(
  rules: readonly FirewallRule[],
  callers: readonly string[],
  ports: readonly number[],
  context: NetworkContext,
): BroughtIn[] {
  const flow = resolveFlow(
    { direction: 'Inbound', protocol: 'Tcp', source: { of: callers }, destination: { of: ['*'] } },
    context,
  );
  const [world] = context.worlds;
  if (!world) return ports.map((port) => ({ port, outcome: 'unknown', by: [] }));
  const names = resolver(world, flow.symbols);
  const speaks = (rule: FirewallRule, port: number) =>
    rule.protocols.some((one) => one === 'Tcp' || one === '*') &&
    holds(rule.ports, port) &&
    rule.translatedPort === port;
  return ports.map((port): BroughtIn => {
    const fitting = rules.filter((rule) => !rule.doubtful && speaks(rule, port));
    const sides = fitting.map((rule) => names.side(rule.source));
    const sure = sides.reduce((sum, side) => either(sum, side.in), nowhere);
    if (noAddress({ ...without(flow.source, sure), v6: [] })) return { port, outcome: 'yes', by: fitting };
    const maybe = sides.some((side) => !noAddress(both(flow.source, side.maybe)));
    const doubtful = rules.filter((rule) => rule.doubtful);
    return maybe || doubtful.length > 0
      ? { port, outcome: 'unknown', by: [...fitting, ...doubtful] }
      : { port, outcome: 'no', by: [] };
  });
}
