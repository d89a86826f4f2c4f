// firewall.inbound-dnat: where all traffic crosses the firewall, its DNAT rules must forward what the service sends to compute.

import { firewallContext, firewallRulesOf } from '../../facts/firewall.ts';
import { publicComputesIn } from '../../facts/training-subnets.ts';
import { broughtIn } from '../../net/firewall/index.ts';
import { computeView } from '../../resource-types/workspace-view.ts';
import { defineRule, isVerdict } from '../define.ts';
import { regional } from '../nsg/parts/flows.ts';
import { regionOf } from '../nsg/parts/place.ts';
import { classicRetired } from '../nsg/parts/required-flows.ts';
import { links } from '../parts/links.ts';
import { displayName, fail, listed, notApplicable, noted, pass, subnetShown, unknown } from '../parts/verdict.ts';
import type { CheckResult, Subjects } from '../rule.ts';
import { bypassesFirewall, type FirewallPlace, firewallPlaces, ruleSeen } from './parts/place.ts';

const noPublicIp = (subnet: string): CheckResult =>
  notApplicable(`No compute in ${subnetShown(subnet)} has a public IP address; no service connects to it.`);

/** An appliance that is no Azure Firewall matters only where the service connects to compute. */
const subjects: Subjects<FirewallPlace> = {
  list: firewallPlaces.list,
  resolve(subject, context) {
    const found = firewallPlaces.resolve(subject, context);
    const isForeign = isVerdict(found) && found.outcome === 'unknown';
    return isForeign && publicComputesIn(subject.resource, context.index).length === 0
      ? noPublicIp(subject.resource)
      : found;
  },
};

const machineLearning = 'AzureMachineLearning';
/** A service that connects to compute, and the ports it uses. */
interface Caller {
  readonly tag: string;
  readonly ports: readonly number[];
}
/** Azure Batch connected to nodes until 31 March 2026: it counts where the article of 2020 alone is held to. */
function callersOf(place: FirewallPlace): Caller[] {
  const found = publicComputesIn(place.subnet, place.context.index);
  const instances = found.some((compute) => computeView(compute).computeType === 'ComputeInstance');
  const batch = { tag: regional(place, 'BatchNodeManagement', regionOf(place)), ports: [29876, 29877] };
  return [
    ...(place.today || found.length === 0 ? [] : [batch]),
    ...(instances ? [{ tag: machineLearning, ports: [44224] }] : []),
  ];
}

function check(place: FirewallPlace): CheckResult {
  const { index } = place.context;
  const [name, firewall] = [subnetShown(place.subnet), displayName(place.firewall.id)];
  const callers = callersOf(place);
  if (callers.length === 0) {
    const isCalled = publicComputesIn(place.subnet, index).length > 0;
    return isCalled
      ? notApplicable(`${classicRetired} No compute instance in ${name} is public.`)
      : noPublicIp(place.subnet);
  }
  const through = callers.filter(({ tag }) => !bypassesFirewall(tag, place.subnet, index));
  if (through.length === 0)
    return notApplicable(
      `Exception routes of ${name} send service traffic past ${firewall}, directly to the Internet.`,
    );
  const { nat } = firewallRulesOf(place.firewall, index);
  const found = through.flatMap(({ tag, ports }) =>
    broughtIn(nat, [tag], ports, firewallContext(index)).map((one) => ({ tag, ...one })),
  );
  const of = (outcome: string) => found.filter((one) => one.outcome === outcome);
  const portsOf = (some: typeof found) => `TCP ${listed(some.map(({ port }) => `${port}`))}`;
  const [missing, unsure] = [of('no'), of('unknown')];
  const evidence = [
    noted(
      place.firewall.id,
      missing.map(({ port, tag }) => `TCP ${port} from ${tag}`),
      'ports without a DNAT rule',
    ),
    ...[...new Set(found.flatMap(({ by }) => by))].slice(0, 6).map((rule) => ruleSeen(rule, index, 'DNAT rule')),
  ];
  if (missing.length > 0) {
    const isHistory = missing.every(({ tag }) => tag !== machineLearning);
    return fail(
      `${firewall} has no DNAT rule to ${name} for ${portsOf(missing)}.`,
      evidence,
      isHistory ? 'info' : undefined,
    );
  }
  if (unsure.length > 0) {
    return unknown(
      `Whether ${firewall} has a DNAT rule to ${name} for ${portsOf(unsure)} is unknown: its source could not be resolved.`,
      evidence,
    );
  }
  return pass(`${firewall} has DNAT rules to ${name} for ${portsOf(found)}.`, evidence);
}

export const firewallInboundDnat = defineRule({
  id: 'firewall.inbound-dnat',
  title: 'Inbound service traffic has a DNAT rule',
  problem: 'Inbound service traffic has no DNAT rule',
  severity: 'high',
  profiles: ['article-2020'],
  for: ['service-endpoint', 'private-endpoint'],
  explain: {
    why: 'Azure Machine Learning connects to compute instances with a public IP address, and Azure Batch did to all nodes until 31 March 2026. A firewall drops replies to connections that did not come in through it.',
    fix: 'None. The DNAT rule needs the address of a load balancer that exists only with the compute. Prefer exception routes: udr.azureml-prefixes adds them.',
    links: [links.firewallRules, links.securedTraffic, links.batchSimplified],
  },
  subjects,
  check,
});
