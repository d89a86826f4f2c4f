// What the scan reads for container instances and Databricks: the groups that run where models are
// deployed to them, those that may hold a subnet, and networks that nothing else leads to.

import type { Assumptions } from '../model/assumption.ts';
import type { Resource } from '../model/resource.ts';
import { fold, groupIdOf, subscriptionOf } from '../model/resource-id.ts';
import {
  associationLinks,
  containerDelegation,
  containerGroupsOf,
  containerGroupType,
  containerGroupView,
  databricksType,
  databricksView,
  isContainerLink,
  listAt,
  subnetsOf,
  subnetType,
  subnetView,
  vnetOf,
  vnetType,
} from '../resource-types/index.ts';
import type { Collector } from './collector.ts';

export interface ContainerScan {
  readonly collector: Collector;
  readonly workspace: Resource | undefined;
  readonly intents: Assumptions;
}

const ofType = (collector: Collector, type: string): Resource[] =>
  collector.resources().filter((resource) => fold(resource.type) === fold(type));
const isDelegated = (subnet: Resource): boolean =>
  subnetView(subnet).delegations.some((service) => fold(service) === fold(containerDelegation));

/** Networks that Databricks workspaces in hand, and the operator's answer about container instances, name. */
export const networksNamed = ({ collector, intents }: ContainerScan): string[] => [
  ...ofType(collector, databricksType).flatMap((workspace) => databricksView(workspace).network ?? []),
  ...(intents.usesAci === false ? [] : (intents.aciSubnets ?? []).map(vnetOf)),
];

/**
 * To be called once the networks of everything else are in hand. Groups beside the workspace are listed where models go to
 * container instances, those of a subscription where they may hold one of its subnets; all networks where no subnet is found.
 */
export async function containersMet({ collector, workspace, intents }: ContainerScan): Promise<void> {
  const subnets = () => ofType(collector, subnetType);
  const subscription = workspace && subscriptionOf(workspace.id);
  const networks = subscription === undefined ? undefined : `/subscriptions/${subscription}/providers/${vnetType}`;
  if (intents.usesAci === true && networks !== undefined && !subnets().some(isDelegated)) {
    keepSubnets(collector, (await collector.list(networks, vnetType)) ?? []);
  }
  const inUse = intents.usesAci ?? subnets().some(isDelegated);
  const beside = workspace === undefined || !inUse ? undefined : groupIdOf(workspace.id);
  const bound = subnets().filter(({ body }) => listAt(body, associationLinks).some(isContainerLink));
  const subscriptions = new Map(bound.flatMap(({ id }) => subscriptionOf(id) ?? []).map((id) => [fold(id), id]));
  const scopes = [
    ...(beside === undefined ? [] : [beside]),
    ...[...subscriptions.values()].map((id) => `/subscriptions/${id}`),
  ];
  const lists = await Promise.all(scopes.map((scope) => collector.list(containerGroupsOf(scope), containerGroupType)));
  const placements = lists.flatMap((groups) => groups ?? []).flatMap((group) => containerGroupView(group).subnets);
  const unseen = new Map(placements.map((id) => [fold(vnetOf(id)), vnetOf(id)]));
  if (inUse) {
    const read = await Promise.all([...unseen.values()].map((id) => collector.read(id)));
    keepSubnets(
      collector,
      read.filter((network) => network !== undefined),
    );
  }
}

const keepSubnets = (collector: Collector, networks: readonly Resource[]): void =>
  networks.flatMap(subnetsOf).forEach(collector.keep);
