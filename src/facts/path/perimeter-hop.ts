// The hop at the access rules of a network security perimeter, for packets that come to an associated account or vault by its
// public endpoint.
import type { Evidence } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import { either, noAddress, nowhere } from '../../net/addresses.ts';
import { cut } from '../../net/in-turn.ts';
import { allowedAddresses, type Perimeter, perimeterName, throughPerimeter, unclearRules } from '../perimeter.ts';
import type { OutsideEnd, SubnetEnd } from './ends.ts';
import { all, divided, type Journey, type PathStage, quoted } from './stage.ts';

interface PerimeterVisit {
  readonly resource: Resource;
  readonly name: string;
  /** The setting of public network access. */
  readonly setting: Evidence;
  readonly perimeter: Perimeter;
}

/** The access rules of the perimeter; `own`: what the firewall of the service decides where they do not allow the traffic. */
export function byAccessRules(
  source: SubnetEnd | OutsideEnd | undefined,
  { resource, name, setting, perimeter }: PerimeterVisit,
  journey: Journey,
  own?: PathStage,
): PathStage {
  const { index, packets } = journey;
  const here = { hop: 'service', at: `access rules at ${name}` } as const;
  const { shown, rulesPointer } = perimeter;
  const evidence = [...(shown ? [quoted(shown, rulesPointer, 'access rules')] : []), setting];
  const who = perimeterName(perimeter);
  const allowed = allowedAddresses(perimeter);
  const unclear = (because: string) => all(here, 'unknown', because, evidence, packets);
  /** The access rules allow addresses beside those of the firewall. */
  const oneOf = (stage: PathStage): PathStage =>
    stage.hop.verdict === 'unknown' ? { ...stage, oneOf: either(allowed, stage.oneOf ?? nowhere) } : stage;
  if (perimeter.errors.length > 0) return unclear(`Azure reports that ${who} is not fully applied to ${name}.`);
  if (source === undefined) {
    return oneOf(
      own ?? unclear(`${who} decides on access to ${name}, and the source address behind the appliance is not known.`),
    );
  }
  if (source.kind === 'subnet') {
    const { verdict, because, identities } = throughPerimeter(source, resource, perimeter, index);
    if (verdict === 'allowed') return all(here, 'allowed', `${name}: ${because}.`, evidence, packets);
    if (own) return verdict === 'unknown' ? oneOf(own) : own;
    return oneOf(
      identities === undefined
        ? all(here, verdict, `${name} is controlled by ${who}, and ${because}.`, evidence, packets)
        : unclear(
            `${name} is controlled by ${who}: access rule ${identities} allows managed identities of the subscription, and ${because}.`,
          ),
    );
  }
  const doubt = unclearRules(perimeter);
  if (source.scope === 'private' || source.scope === 'managed' || source.scope === 'tag') {
    return oneOf(
      own ??
        (noAddress(allowed) && doubt === undefined
          ? all(
              here,
              'denied',
              `${name} is controlled by ${who}, and no access rule allows an address.`,
              evidence,
              packets,
            )
          : unclear(`The public source address of ${source.asked} is not known, so access rules cannot be checked.`)),
    );
  }
  const { inside, outside } = cut(own?.parts ?? packets.whole, 'source', allowed, 'allowed');
  if (own && inside.length === 0 && doubt === undefined) return own;
  // In Learning mode the firewall decides about the others.
  const closed = doubt === undefined ? 'denied' : 'unknown';
  const others = outside.map((part) =>
    own && part.outcome !== 'denied' ? part : ({ ...part, outcome: closed } as const),
  );
  const words = { allowed: 'allow', denied: 'do not allow', partly: 'allow a part of' };
  return divided(
    here,
    [...inside, ...others] as typeof packets.whole,
    ({ verdict }) =>
      `Access rules of ${who} ${verdict === 'unknown' ? 'may allow' : words[verdict]} the traffic to ${name}.`,
    evidence,
    packets,
  );
}
