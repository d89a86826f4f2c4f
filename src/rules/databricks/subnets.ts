// The subnets of a Databricks network: the two that Databricks uses, and the one named default.

import { needSentence } from '../../model/plan-need.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, isWithin, nameOf, sameId } from '../../model/resource-id.ts';
import { contains, parseBlock } from '../../net/ipv4.ts';
import { databricksDelegation, databricksView } from '../../resource-types/databricks-workspace.ts';
import { findSubnet, showsSubnets, subnetView, vnetView } from '../../resource-types/network-view.ts';
import { listAt, textAt } from '../../resource-types/read.ts';
import { defineRule } from '../define.ts';
import { freeRange, newSubnet } from '../parts/choose-subnet.ts';
import { links } from '../parts/links.ts';
import {
  displayName,
  evidenceAt,
  fail,
  listed,
  notApplicable,
  noted,
  pass,
  quoted,
  subnetShown,
  unknown,
  worstOf,
} from '../parts/verdict.ts';
import { isOdd } from '../parts/workspace.ts';
import type { CheckResult } from '../rule.ts';
import {
  type AttachedDatabricks,
  databricksWithSubnets,
  injectedDatabricks,
  subnetEvidence,
} from './parts/attached.ts';

export const databricksWorkspaceSubnets = defineRule({
  id: 'databricks.workspace-subnets',
  title: 'Both Databricks subnets exist',
  problem: 'Databricks subnet does not exist',
  severity: 'high',
  explain: {
    why: 'Each Databricks node uses one subnet for its host and one for its container. No cluster starts without both subnets.',
    fix: 'None: the subnets of a Databricks workspace cannot be changed. Create the missing subnet with the same name and a delegation to Microsoft.Databricks/workspaces, or deploy Databricks again.',
    links: [links.databricksNetwork],
  },
  subjects: databricksWithSubnets,
  check(injected, { index }) {
    const { resource, subnets } = injected;
    const missing = subnets.filter((id) => findSubnet(index, id) === undefined);
    const evidence = [...subnetEvidence(injected), ...missing.map((id) => noted(id, null, 'not found'))];
    const name = `Databricks workspace ${displayName(resource.id)}`;
    if (missing.length === 0) return pass(`Both subnets of ${name} exist.`, evidence);
    const verb = missing.length === 1 ? 'does' : 'do';
    return fail(`${name} uses ${listed(missing.map(subnetShown))}, which ${verb} not exist.`, evidence);
  },
});

const defaultName = 'default';
const hasDefault = (network: Resource): boolean =>
  vnetView(network).subnets.some(({ id }) => sameId(nameOf(id), defaultName));

export const databricksDefaultSubnet = defineRule({
  id: 'databricks.default-subnet',
  answers: { prefix: 'RANGE' },
  title: 'Databricks network has a subnet named default',
  problem: 'Databricks network has no subnet named default',
  severity: 'medium',
  explain: {
    why: 'The documentation of Azure Machine Learning requires the subnet named default, in addition to the two Databricks subnets. It gives no reason.',
    fix: 'Creates the subnet default in the range that you give (answer prefix=RANGE). The range must not overlap another subnet or a range of a Kubernetes cluster.',
    breaks: 'None. The subnet is empty; an undo deletes it while it is still empty.',
    links: [links.secureTraining, links.manageSubnet],
  },
  fixKind: 'guided',
  undo: 'partial',
  subjects: injectedDatabricks,
  check({ network }, { index }) {
    const found = index.get(network);
    const name = displayName(network);
    if (!found) return notApplicable(`Virtual network ${name} does not exist (see databricks.workspace-subnets).`);
    if (!showsSubnets(found)) {
      return unknown(`The response for virtual network ${name} does not include its subnets.`, [
        evidenceAt(found, '/properties', 'no list of subnets'),
      ]);
    }
    const names = vnetView(found).subnets.map(({ id }) => displayName(id));
    const evidence = [noted(network, names, 'subnet names')];
    return hasDefault(found)
      ? pass(`Virtual network ${name} has a subnet named ${defaultName}.`, evidence)
      : fail(`Virtual network ${name} has no subnet named ${defaultName}, which Databricks requires.`, evidence);
  },
  fix({ network }, { index }, answers) {
    const found = index.get(network);
    if (!found) return `Virtual network ${displayName(network)} does not exist.`;
    if (hasDefault(found)) return `${displayName(network)} already has a subnet named ${defaultName}.`;
    const range = answers.prefix?.trim();
    const free = freeRange(found, index);
    const need = needSentence({ kind: 'text', name: 'prefix', what: 'RANGE', suggestion: free ?? null });
    if (range === undefined) {
      const none = free === undefined ? ' No free range was found in its address space.' : '';
      return `${need} It is a free range of ${displayName(network)}.${none}`;
    }
    const advice = `Uses ${range} of the address space of ${displayName(network)}; the new subnet stays empty.`;
    const made = newSubnet({ network: found, name: defaultName, range, more: {}, advice }, index);
    return typeof made === 'string' ? `${made} ${need}` : made;
  },
});

/** Prefix lengths: the longest of a subnet, and those of the address space (Microsoft Learn, read 2026). */
const [longestSubnet, shortestSpace, longestSpace] = [26, 16, 24];
const [delegationsAt, configurationsAt] = ['/properties/delegations', '/properties/ipConfigurations'];

function checkDelegation(subnet: Resource): CheckResult {
  const name = subnetShown(subnet.id);
  const evidence = [evidenceAt(subnet, delegationsAt, 'delegations')];
  if (isOdd(subnet, delegationsAt, 'list')) {
    return unknown(`The delegations of ${name} have an unexpected value.`, evidence);
  }
  return subnetView(subnet).delegations.some((service) => fold(service) === fold(databricksDelegation))
    ? pass(`${name} is delegated to Databricks.`, evidence)
    : fail(`${name} is not delegated to ${databricksDelegation}.`, evidence);
}

function checkSize(subnet: Resource, network: Resource): CheckResult {
  const name = subnetShown(subnet.id);
  const evidence = [
    evidenceAt(subnet, '/properties/addressPrefix', 'address prefix of the subnet'),
    evidenceAt(network, '/properties/addressSpace/addressPrefixes', 'address space of the virtual network'),
  ];
  const own = blocksIn(subnetView(subnet).prefixes);
  const spaces = blocksIn(vnetView(network).prefixes);
  const [block] = own ?? [];
  if (!own || !spaces || !block) return unknown(`The address prefix of ${name} has an unexpected value.`, evidence);
  if (own.every(({ prefix }) => prefix > longestSubnet)) {
    return fail(`${name} is a /${block.prefix}; Databricks needs a /${longestSubnet} or larger.`, evidence);
  }
  const space = spaces.find((one) => contains(one, block));
  if (!space) return unknown(`The address prefix of ${name} is not in the address space of its network.`, evidence);
  return space.prefix < shortestSpace || space.prefix > longestSpace
    ? fail(
        `${name} is in a /${space.prefix} of ${displayName(network.id)}; Databricks supports /${shortestSpace} to /${longestSpace}.`,
        evidence,
      )
    : pass(`${name} is large enough.`, evidence);
}

/** Undefined where one of them is not an IPv4 block; IPv6 blocks are ignored. */
function blocksIn(prefixes: readonly string[]) {
  const blocks = prefixes.filter((prefix) => !prefix.includes(':')).map(parseBlock);
  return blocks.length > 0 && blocks.every((block) => block.ok) ? blocks.map(({ value }) => value) : undefined;
}

/** Databricks machines are in its managed resource group; anything else with an address in the subnet is foreign. */
function checkShared(subnet: Resource, { resource }: AttachedDatabricks): CheckResult {
  const name = subnetShown(subnet.id);
  const evidence = [
    evidenceAt(subnet, configurationsAt, 'IP configurations in the subnet'),
    evidenceAt(resource, '/properties/managedResourceGroupId', 'managed resource group'),
  ];
  if (isOdd(subnet, configurationsAt, 'list')) {
    return unknown(`The IP configurations of ${name} have an unexpected value.`, evidence);
  }
  const users = listAt(subnet.body, configurationsAt).map((item) => textAt(item, '/id'));
  if (users.length === 0) return pass(`${name} has no other resources.`, evidence);
  const { managedGroup } = databricksView(resource);
  if (managedGroup === undefined || users.includes(undefined)) {
    return unknown(`Whether ${name} is used only by Databricks is not known.`, evidence);
  }
  const foreign = users.find((id) => id !== undefined && !isWithin(id, managedGroup));
  return foreign === undefined
    ? pass(`${name} is used only by Databricks.`, evidence)
    : fail(`${name} is also used by ${quoted(foreign)}; it must be used only by Databricks.`, evidence);
}

export const databricksSubnetShape = defineRule({
  id: 'databricks.subnet-shape',
  title: 'Databricks subnets are delegated, large enough, not shared',
  problem: 'Databricks subnet is not delegated, too small, or shared',
  severity: 'medium',
  explain: {
    why: 'In a subnet that does not meet the requirements, clusters do not start, or only a few nodes do. Databricks manages its NSG rules there itself: do not edit them.',
    fix: 'None: the range of a subnet in use cannot be changed, and Databricks cannot use other subnets. Add a missing delegation by hand, and move other resources out of the subnet.',
    links: [links.databricksNetwork],
  },
  subjects: databricksWithSubnets,
  check(injected, { index }) {
    const network = index.get(injected.network);
    if (!network) return notApplicable(`Virtual network ${displayName(injected.network)} does not exist.`);
    return worstOf(
      'medium',
      injected.subnets.flatMap((id) => {
        const subnet = findSubnet(index, id);
        return subnet
          ? [() => checkDelegation(subnet), () => checkSize(subnet, network), () => checkShared(subnet, injected)]
          : [() => notApplicable(`${subnetShown(id)} does not exist (see databricks.workspace-subnets).`)];
      }),
    );
  },
});
