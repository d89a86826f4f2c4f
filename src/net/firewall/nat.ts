// Inbound NAT rules of an Azure Firewall: connections to its public addresses, translated to the address of a rule.
import { both, either, noAddress, nowhere, without } from '../addresses.ts';
import type { NetworkContext } from '../context.ts';
import { resolveFlow } from '../flow.ts';
import { resolver } from '../operands.ts';
import { holds } from '../sets.ts';
import type { FirewallRule } from './rules.ts';

export interface BroughtIn {
  readonly port: number;
  /** `unknown`: a rule with unknown sources, or an unreadable rule, may do it. */
  readonly outcome: 'yes' | 'no' | 'unknown';
  readonly by: readonly FirewallRule[];
}

/** Is TCP from all these callers (addresses, tags) to a port translated to the same port? One answer per port. */
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
