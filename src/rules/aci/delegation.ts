// Whether a subnet is delegated to container instances, and whether it is the intended one. The fix delegates an empty subnet or
// creates a new one.

import { computeNetworks } from '../../facts/compute-networks.ts';
import { containerSubnets, isDelegatedToContainers, usesAci } from '../../facts/container-instances.ts';
import { subnetUses } from '../../facts/needs.ts';
import { editChange } from '../../model/change.ts';
import { addTo, applyEdits, EditConflict, setMember } from '../../model/edit.ts';
import { needSentence } from '../../model/plan-need.ts';
import type { Resource } from '../../model/resource.ts';
import { nameOf, sameId, subscriptionOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { clean } from '../../model/text.ts';
import { containerDelegation } from '../../resource-types/container-group.ts';
import {
  findSubnet,
  showsSubnets,
  subnetType,
  subnetView,
  vnetOf,
  vnetType,
  vnetView,
} from '../../resource-types/network-view.ts';
import { listAt } from '../../resource-types/read.ts';
import { associationLinks } from '../../resource-types/subnet.ts';
import { workspaceType } from '../../resource-types/workspace-view.ts';
import { defineRule } from '../define.ts';
import { freeRange, newSubnet } from '../parts/choose-subnet.ts';
import { links } from '../parts/links.ts';
import { orElse, workspaces } from '../parts/subjects.ts';
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
} from '../parts/verdict.ts';
import { isOdd } from '../parts/workspace.ts';
import type { Answers, CheckResult, Proposal, RuleContext } from '../rule.ts';
import {
  aciRule,
  delegationKey,
  delegationsAt,
  intendedSubnets,
  isContainerService,
  resourceLists,
  withContainerInstances,
} from './parts/container-instances.ts';

const noWorkspace = 'The workspace does not exist.';
const usualName = 'snet-aci';
const delegation = { name: 'bastide-aci', properties: { serviceName: containerDelegation } };

/** Delegates the intended subnet, or creates it; without one, creates a subnet in the network of the computes. */
const askSubnet = needSentence({ kind: 'text', name: 'subnet', what: 'VNET/NAME', suggestion: null });

function delegateSubnet(context: RuleContext, answers: Answers): Proposal | string {
  const { index } = context;
  const asked = answers.subnet?.trim();
  if (asked !== undefined) {
    const found = index.ofType(subnetType).filter(({ id }) => isNamed(id, asked));
    const [only] = found;
    if (only && found.length === 1) return withDelegation(only, index);
    return `${quoted(asked)} is ${found.length > 1 ? 'the name of several subnets' : 'not a known subnet'}. ${askSubnet}`;
  }
  const [intended] = intendedSubnets(index);
  if (intended !== undefined) return delegateNamed(intended, findSubnet(index, intended), context, answers);
  const network = computeNetwork(index);
  return created(network, network === undefined ? usualName : freeName(network), index, answers);
}

const delegateNamed = (
  id: string,
  subnet: Resource | undefined,
  { index }: RuleContext,
  answers: Answers,
): Proposal | string =>
  subnet ? withDelegation(subnet, index) : created(index.get(vnetOf(id)), nameOf(id), index, answers);

const isNamed = (id: string, wanted: string): boolean =>
  sameId(id, wanted) || sameId(`${nameOf(vnetOf(id))}/${nameOf(id)}`, wanted) || sameId(nameOf(id), wanted);

/** The network of the computes, else the only one known. */
function computeNetwork(index: SnapshotIndex): Resource | undefined {
  const [first] = computeNetworks(index);
  if (first) return index.get(first.vnet);
  const all = index.ofType(vnetType);
  return all.length === 1 ? all[0] : undefined;
}

function freeName(network: Resource): string {
  const names = vnetView(network).subnets.map(({ id }) => nameOf(id));
  const isFree = (name: string) => !names.some((other) => sameId(other, name));
  let count = 2;
  if (isFree(usualName)) return usualName;
  while (!isFree(`${usualName}-${count}`)) count += 1;
  return `${usualName}-${count}`;
}

function created(
  network: Resource | undefined,
  name: string,
  index: SnapshotIndex,
  answers: Answers,
): Proposal | string {
  if (!network) {
    return `${askSubnet} It is an empty subnet: no virtual network was found to create one in.`;
  }
  const range = answers.prefix?.trim() ?? freeRange(network, index);
  if (range === undefined) {
    return `No free range was found in ${displayName(network.id)}: pass one as prefix=RANGE, or an empty subnet as subnet=VNET/NAME.`;
  }
  const advice = `Uses ${range} of the address space of ${displayName(network.id)}. The new subnet accepts only container groups.`;
  return newSubnet({ network, name, range, more: { delegations: [delegation] }, advice }, index);
}

/** The delegation of an existing subnet, which must be empty; it replaces another delegation. */
function withDelegation(subnet: Resource, index: SnapshotIndex): Proposal | string {
  const name = subnetShown(subnet.id);
  if (isDelegatedToContainers(subnet)) return `${name} is already delegated to container instances.`;
  const isUsed = [...resourceLists, associationLinks].some(
    (pointer) => listAt(subnet.body, pointer).length > 0 || isOdd(subnet, pointer, 'list'),
  );
  const computes = subnetUses(index)
    .filter((use) => sameId(use.subnet, subnet.id))
    .flatMap(({ by }) => by.map(displayName));
  if (isUsed || computes.length > 0) {
    const by = computes.length > 0 ? ` by ${listed(computes)}` : '';
    return `${name} is in use${by}. Only an empty subnet can be delegated: use another subnet.`;
  }
  const all = listAt(subnet.body, delegationsAt);
  const before = subnetView(subnet).delegations.map((one) => clean(one, 120));
  const odd = `The delegations of ${name} have an unexpected value and cannot be edited.`;
  if (all.length > 1 || all.length !== before.length || isOdd(subnet, delegationsAt, 'list')) return odd;
  const { body } = subnet;
  try {
    const edit =
      all.length === 0
        ? addTo(body, delegationsAt, delegation, delegationKey)
        : setMember(body, `${delegationsAt}/0/properties/serviceName`, containerDelegation);
    applyEdits(body, [edit]);
    const replaced = before.length === 0 ? '' : ` ${listed(before)} can no longer use it.`;
    const advice = `${name} accepts only container groups.${replaced}`;
    return { change: editChange(subnet.id, [edit]), phase: 2, advice };
  } catch (error) {
    if (error instanceof EditConflict) return odd;
    throw error;
  }
}

function delegatedSubnets(subnets: readonly Resource[]): CheckResult {
  const evidence = subnets.map((subnet) => evidenceAt(subnet, delegationsAt, 'delegations'));
  const verb = subnets.length === 1 ? 'is' : 'are';
  return pass(
    `${listed(subnets.map(({ id }) => subnetShown(id)))} ${verb} delegated to container instances.`,
    evidence,
  );
}

export const aciSubnetDelegated = defineRule({
  ...aciRule,
  id: 'aci.subnet-delegated',
  answers: { subnet: 'VNET/NAME', prefix: 'RANGE' },
  title: 'Subnet is delegated to container instances',
  problem: 'No subnet is delegated to container instances',
  severity: 'high',
  about: workspaceType,
  explain: {
    why: 'Azure deploys a container group only to a subnet delegated to container instances. A deployment to another subnet is rejected, and one without a subnet is public.',
    fix: 'Delegates the empty subnet that you name (answer subnet=VNET/NAME, or bastide assume aciSubnets). Otherwise creates the delegated subnet snet-aci in the network of the computes (answer prefix=RANGE for its range).',
    breaks:
      'The subnet accepts only container groups. After the first deployment, Azure may reject the removal of the delegation.',
    links: [links.secureInference, links.containerNetwork, links.delegation],
  },
  undo: 'partial',
  subjects: withContainerInstances({ list: workspaces, resolve: ({ resource: workspace }) => ({ workspace }) }),
  check({ workspace }, { index }) {
    const found = containerSubnets(index);
    if (found.length > 0) return delegatedSubnets(found);
    // Other networks of the subscription may have one: only the list of networks shows that.
    const networks = index.list(`/subscriptions/${subscriptionOf(workspace) ?? ''}/providers/${vnetType}`);
    const inside = networks.flatMap((network) => vnetView(network).subnets).filter(isDelegatedToContainers);
    if (inside.length > 0) return delegatedSubnets(inside);
    const evidence = [
      noted(workspace, index.snapshot.intents.usesAci ?? null, 'assumption usesAci'),
      ...networks.map((network) => evidenceAt(network, '/properties/subnets', 'subnets and their delegations')),
    ];
    const silent = networks.find((network) => !showsSubnets(network));
    if (silent) return unknown(`The response for ${displayName(silent.id)} does not include its subnets.`, evidence);
    return fail('Models are deployed to container instances, but no subnet is delegated to them.', evidence);
  },
  fix: (_workspace, context, answers) => (context.index.workspace() ? delegateSubnet(context, answers) : noWorkspace),
});

export const aciDelegationServiceExact = defineRule({
  ...aciRule,
  id: 'aci.delegation-service-exact',
  answers: { prefix: 'RANGE' },
  title: 'Intended subnet is delegated to container instances',
  problem: 'Intended subnet is not delegated to container instances',
  severity: 'medium',
  about: subnetType,
  explain: {
    why: 'Only a delegation to Microsoft.ContainerInstance/containerGroups allows container groups. With any other service name, Azure rejects them.',
    fix: 'Replaces the delegation of the subnet while it is empty, or creates the missing subnet (answer prefix=RANGE for its range). The intended subnets are those of the assumption aciSubnets, or otherwise those of deployed container groups.',
    breaks:
      'The previous service can no longer use the subnet. An undo restores its delegation while the subnet is empty.',
    links: [links.containerNetwork, links.delegation],
  },
  undo: 'partial',
  subjects: withContainerInstances({
    /** Each intended subnet; the workspace where there is none, or that is not known. */
    list({ index }) {
      const { workspace } = index.snapshot;
      if (workspace === null) return [];
      const found = orElse<readonly string[]>(() => (usesAci(index) ? intendedSubnets(index) : []), []);
      if (found.length === 0) return [{ resource: workspace }];
      return found.map((id) => {
        const there = index.peek(id);
        return { resource: there.state === 'read' ? there.resource.id : id };
      });
    },
    resolve({ resource: id }, { index }) {
      if (id !== index.snapshot.workspace) return { id, subnet: findSubnet(index, id) };
      return intendedSubnets(index).length === 0
        ? notApplicable(
            'The subnet intended for container instances is not known. Set it with bastide assume aciSubnets.',
          )
        : notApplicable('Each intended subnet is checked separately.');
    },
  }),
  check({ id, subnet }) {
    const name = `The subnet ${subnetShown(id)}, intended for container instances,`;
    if (!subnet) return fail(`${name} does not exist.`, [noted(id, null, 'not found')]);
    const evidence = [evidenceAt(subnet, delegationsAt, 'delegations')];
    const services = subnetView(subnet).delegations;
    if (isOdd(subnet, delegationsAt, 'list') || services.length !== listAt(subnet.body, delegationsAt).length) {
      return unknown(`The delegations of ${subnetShown(id)} have an unexpected value.`, evidence);
    }
    const others = services.filter((service) => !isContainerService(service)).map((service) => clean(service, 120));
    if (others.length > 0) return fail(`${name} is delegated to ${listed(others)}.`, evidence);
    return services.length > 0
      ? pass(`The subnet ${subnetShown(id)} is delegated to container instances.`, evidence)
      : fail(`${name} has no delegation.`, evidence);
  },
  fix: ({ id, subnet }, context, answers) =>
    context.index.workspace() ? delegateNamed(id, subnet, context, answers) : noWorkspace,
});
