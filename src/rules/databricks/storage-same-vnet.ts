// databricks.storage-same-vnet: the storage account of the workspace allows access from the Databricks clusters.

import { strategyOf } from '../../facts/architecture.ts';
import { accountGroups } from '../../facts/groups.ts';
import { defaultAccountId } from '../../facts/links.ts';
import { peersOf } from '../../facts/path/connection.ts';
import { reachedPrivately } from '../../facts/reach.ts';
import type { Resource } from '../../model/resource.ts';
import { listAt } from '../../resource-types/read.ts';
import { defineRule, derived, isVerdict } from '../define.ts';
import { chooseSubnet, endpointSubnets, freeAddresses } from '../parts/choose-subnet.ts';
import { type ServiceFirewall, storageFirewalls, subnetRuleFor, switchPointer } from '../parts/firewall.ts';
import { allowsSubnet } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { onceEach } from '../parts/naming.ts';
import { endpointProposals, orBlocked, unreachedSentence } from '../parts/private-link.ts';
import { allowSubnet, inTurn } from '../parts/proposals.ts';
import { noDefaultAccount } from '../parts/subjects.ts';
import { displayName, evidenceAt, fail, notApplicable, pass, worstOf } from '../parts/verdict.ts';
import { connectionsPointer } from '../parts/workspace.ts';
import type { Answers, CheckResult, Proposal, RuleContext, Subjects } from '../rule.ts';
import { type InjectedDatabricks, injectedDatabricks, withSubnets } from './parts/attached.ts';

interface DatabricksAndStorage {
  readonly injected: InjectedDatabricks;
  readonly firewall: ServiceFirewall;
}

/** Each compute with the account, so that a fix of the account also shows this finding. */
const subjects: Subjects<DatabricksAndStorage> = {
  ...derived(injectedDatabricks, (injected, context, { where }) => {
    if (where === undefined) return noDefaultAccount(context.index);
    const firewall = storageFirewalls.resolve({ resource: where }, context);
    return isVerdict(firewall) ? firewall : { injected, firewall };
  }),
  list(context) {
    const id = defaultAccountId(context.index);
    if (id === undefined) return injectedDatabricks.list(context);
    const found = context.index.peek(id);
    const where = found.state === 'read' ? found.resource.id : id;
    return injectedDatabricks.list(context).map((subject) => ({ ...subject, where }));
  },
};

function checkSubnets(firewall: ServiceFirewall, injected: InjectedDatabricks, { index }: RuleContext): CheckResult {
  const found = withSubnets(injected);
  if (isVerdict(found)) return found;
  return worstOf(
    'high',
    found.subnets.map((subnet) => () => allowsSubnet(firewall, subnet, index, 'high')),
  );
}

/** Private endpoints for what clusters read by (blob, dfs) and for what else the workspace uses of the account. */
function endpointsFor(
  { resource, name }: ServiceFirewall,
  injected: InjectedDatabricks,
  context: RuleContext,
  answers: Answers,
): readonly Proposal[] | string {
  const { index } = context;
  const { network } = injected;
  const candidates = endpointSubnets([network], index);
  const subnet =
    answers.subnet === undefined
      ? (roomiest(candidates) ??
        `No subnet of ${displayName(network)} supports a private endpoint: the Databricks subnets are delegated. Create a subnet for private endpoints first.`)
      : chooseSubnet(answers, candidates);
  const groups = [...new Set([...accountGroups(resource.id, index), 'blob', 'dfs'])];
  const within = onceEach([network, ...peersOf(network, index)]);
  const made = endpointProposals({ target: resource, groups, subnet, vnets: [network], within }, context);
  const both = withSubnets(injected);
  const subnets = isVerdict(both) ? [] : both.subnets.filter((one) => !reachedPrivately(resource.id, one, index));
  return orBlocked(made, { id: resource.id, name }, subnets, index);
}

/** A subnet that already has private endpoints, else the one with the most free addresses. */
function roomiest(subnets: readonly Resource[]): Resource | undefined {
  const ends = ({ body }: Resource) => Math.min(1, listAt(body, '/properties/privateEndpoints').length);
  return subnets.toSorted((a, b) => ends(b) - ends(a) || (freeAddresses(b) ?? 0) - (freeAddresses(a) ?? 0))[0];
}

export const databricksStorageSameVnet = defineRule({
  id: 'databricks.storage-same-vnet',
  answers: { subnet: 'VNET/NAME' },
  title: 'Workspace storage allows the Databricks subnets',
  problem: 'Databricks subnets blocked by workspace storage',
  severity: 'high',
  explain: {
    why: 'Databricks clusters read code and data from the default storage account. A firewall that denies other networks must allow both Databricks subnets.',
    fix: 'With service endpoints: adds a Microsoft.Storage service endpoint to both subnets, and a virtual network rule for each. With private endpoints: creates the missing ones in the Databricks network (answer subnet=VNET/NAME for the subnet).',
    breaks:
      'Adding a service endpoint briefly interrupts open storage connections of the subnet. Databricks may reject changes to its subnets; the plan then stops there.',
    links: [links.databricksNetwork, links.storageSubnets],
  },
  subjects,
  check({ injected, firewall }, context) {
    const { index } = context;
    const { resource, name } = firewall;
    const { network } = injected;
    const evidence = [
      evidenceAt(resource, firewall.at.action, 'default action (defaultAction)'),
      evidenceAt(resource, switchPointer, 'public network access'),
    ];
    if (firewall.access === 'open') return notApplicable(`The ${name} allows all networks.`, evidence);
    const strategy = strategyOf(resource.id, index);
    if (strategy === 'service-endpoint') return checkSubnets(firewall, injected, context);
    const both = withSubnets(injected);
    const isAllowed = !isVerdict(both) && both.subnets.every((subnet) => subnetRuleFor(firewall, subnet));
    const isPublic = firewall.view.publicNetworkAccess !== 'Disabled';
    if (strategy === 'private-endpoint' && isPublic && isAllowed) return checkSubnets(firewall, injected, context);
    const connections = evidenceAt(resource, connectionsPointer, 'private endpoint connections');
    if (isVerdict(both)) return both;
    const cut = both.subnets.find((subnet) => !reachedPrivately(resource.id, subnet, index));
    return cut === undefined
      ? pass(`Databricks network ${displayName(network)} connects to the ${name} by a private endpoint.`, [connections])
      : fail(unreachedSentence({ id: resource.id, name }, cut, index), [...evidence, connections]);
  },
  fix({ injected, firewall }, context, answers) {
    if (strategyOf(firewall.resource.id, context.index) !== 'service-endpoint') {
      return endpointsFor(firewall, injected, context, answers);
    }
    const both = withSubnets(injected);
    if (isVerdict(both)) return both.because;
    return inTurn(
      firewall,
      both.subnets.map((subnet) => (here: ServiceFirewall) => allowSubnet(here, subnet, context)),
    );
  },
});
