// firewall.inbound-dnat: where everything crosses the firewall, what the service opens towards computes must be sent on by it.
import { computeView } from '../../kinds/workspace-view.ts';
import { broughtIn } from '../../net/firewall/index.ts';
import { firewallContext, firewallRulesOf } from '../../posture/firewall.ts';
import { publicComputesIn } from '../../posture/training-subnets.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { azureml, regional } from '../parts/nsg-need.ts';
import { regionOf, subnetType } from '../parts/nsg-place.ts';
import { fail, listed, notApplicable, noted, pass, shown, subnetShown, unknown } from '../parts/verdict.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';
import { leavesPast } from './parts/past.ts';
import { type FirewallPlace, firewallSubjects, isPlace, placeOf, ruleSeen } from './parts/place.ts';

/** Callers and the ports they call. */
interface Called {
  readonly tag: string;
  readonly ports: readonly number[];
}
function calledAt(place: FirewallPlace): Called[] {
  const found = publicComputesIn(place.subnet, place.judgement.world);
  const instances = found.some((compute) => computeView(compute).computeType === 'ComputeInstance');
  const batch = { tag: regional(place, 'BatchNodeManagement', regionOf(place)), ports: [29876, 29877] };
  if (found.length === 0) return [];
  return instances ? [batch, { tag: azureml, ports: [44224] }] : [batch];
}

function check(subject: Subject, judgement: Judgement): Verdict {
  const place = placeOf(subject, judgement);
  if (!isPlace(place)) return unlessUncalled(subject, judgement, place);
  const { world } = judgement;
  const [name, firewall] = [subnetShown(place.subnet), shown(place.firewall.id)];
  const called = calledAt(place);
  if (called.length === 0) return notApplicable(`No compute in ${name} has a public address, so nothing calls in.`);
  const through = called.filter(({ tag }) => !leavesPast(tag, place.subnet, world));
  if (through.length === 0)
    return notApplicable(`Exception routes of ${name} keep the service’s calls off ${firewall}.`);
  const { nat } = firewallRulesOf(place.firewall, world);
  const found = through.flatMap(({ tag, ports }) =>
    broughtIn(nat, [tag], ports, firewallContext(world)).map((one) => ({ tag, ...one })),
  );
  const of = (outcome: string) => found.filter((one) => one.outcome === outcome);
  const portsOf = (some: typeof found) =>
    `${some.length > 1 ? 'ports' : 'port'} ${listed(some.map(({ port }) => `${port}`))}`;
  const evidence = [
    noted(
      place.firewall.id,
      of('no').map(({ port, tag }) => `Tcp ${port} from ${tag}`),
      'ports without a NAT rule',
    ),
    ...[...new Set(found.flatMap(({ by }) => by))].slice(0, 6).map((rule) => ruleSeen(rule, world, 'a NAT rule')),
  ];
  if (of('no').length > 0) {
    return fail(
      `${firewall} sends nothing on to ${name} at ${portsOf(of('no'))}, where the service calls in.`,
      evidence,
    );
  }
  if (of('unknown').length > 0) {
    return unknown(
      `Whether ${firewall} sends on what comes in at ${portsOf(of('unknown'))} hangs on sources that are not known.`,
      evidence,
    );
  }
  return pass(`${firewall} sends on what the service opens towards ${name}: ${portsOf(found)}.`, evidence);
}

/** Somebody else's appliance counts only where somebody calls in. */
function unlessUncalled({ resource }: Subject, { world }: Judgement, verdict: Verdict): Verdict {
  if (verdict.outcome !== 'unknown' || publicComputesIn(resource, world).length > 0) return verdict;
  return notApplicable(`No compute in ${subnetShown(resource)} has a public address, so nothing calls in.`);
}

export const firewallInboundDnat = defineRule({
  id: 'firewall.inbound-dnat',
  title: 'Inbound service traffic is translated to the compute',
  severity: 'high',
  profiles: ['seed-2020'],
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'Azure Batch and Azure Machine Learning open connections to computes that have a public address. Where routes send the answers to a firewall, a connection that did not come in through it is dropped there.',
    fix: 'None that Bastide sends: the NAT rule names the address of a load balancer that is only known once the compute is made. Routes past the firewall are the better remedy; udr.batch-prefixes and udr.azureml-prefixes add them.',
    breaks: 'Nothing is written.',
    links: [links.firewallRules, links.securedTraffic],
  },
  fixKind: 'none',
  subjects: firewallSubjects,
  check,
});
