// Azure Databricks workspaces attached as computes, as subjects of the databricks rules: one finding for each compute.

import { computes, roleOf } from '../../../facts/needs.ts';
import { valueAt } from '../../../model/pointer.ts';
import type { Resource } from '../../../model/resource.ts';
import { sameId } from '../../../model/resource-id.ts';
import {
  type DatabricksView,
  databricksPointers,
  databricksType,
  databricksView,
} from '../../../resource-types/databricks-workspace.ts';
import { computeView } from '../../../resource-types/workspace-view.ts';
import { derived } from '../../define.ts';
import { aloneOf, resourcesOr } from '../../parts/subjects.ts';
import { displayName, evidenceAt, notApplicable, unknown } from '../../parts/verdict.ts';
import type { Subjects } from '../../rule.ts';

export interface AttachedDatabricks {
  readonly compute: Resource;
  readonly resource: Resource;
  readonly view: DatabricksView;
}
/** One in a virtual network of the customer (VNet injection). */
export interface InjectedDatabricks extends AttachedDatabricks {
  readonly network: string;
}
/** One that names both of its subnets. */
export interface DatabricksWithSubnets extends InjectedDatabricks {
  readonly subnets: readonly [string, string];
}

/** Throws UnreadableError where the list of computes, or the Databricks workspace, could not be read. */
export const attachedDatabricks: Subjects<AttachedDatabricks> = derived(
  resourcesOr('No Databricks workspace is attached.', (context) => {
    const attached = computes(context.index).filter((compute) => roleOf(compute) === 'databricks');
    const isFree = (id: string) => !attached.some((compute) => sameId(computeView(compute).resourceId, id));
    return [...attached, ...aloneOf(databricksType, context).filter(({ id }) => isFree(id))];
  }),
  (compute, { index }) => {
    if (sameId(compute.type, databricksType)) return { compute, resource: compute, view: databricksView(compute) };
    const { resourceId } = computeView(compute);
    if (resourceId === undefined) {
      return unknown(`Compute ${displayName(compute.id)} does not show the resource ID of its Databricks workspace.`, [
        evidenceAt(compute, '/properties/resourceId', 'resource ID (resourceId)'),
      ]);
    }
    const resource = index.get(resourceId);
    return resource
      ? { compute, resource, view: databricksView(resource) }
      : notApplicable(`Databricks workspace ${displayName(resourceId)} does not exist.`);
  },
);

export const networkEvidence = ({ resource }: AttachedDatabricks) =>
  evidenceAt(resource, databricksPointers.network, 'customer virtual network');

/** The result where the ID of the virtual network is not a text; undefined for any other. */
export function oddNetwork(attached: AttachedDatabricks) {
  const { resource, view } = attached;
  const value = valueAt(resource.body, databricksPointers.network) ?? null;
  return view.network === undefined && value !== null && value !== ''
    ? unknown(`The virtual network ID of Databricks workspace ${displayName(resource.id)} has an unexpected value.`, [
        networkEvidence(attached),
      ])
    : undefined;
}

export const injectedDatabricks: Subjects<InjectedDatabricks> = derived(attachedDatabricks, (attached) => {
  const { network } = attached.view;
  if (network !== undefined) return { ...attached, network };
  return (
    oddNetwork(attached) ??
    notApplicable(
      `Databricks workspace ${displayName(attached.resource.id)} is not in a customer network (see databricks.vnet-injected).`,
      [networkEvidence(attached)],
    )
  );
});

export const subnetEvidence = ({ resource }: AttachedDatabricks) => [
  evidenceAt(resource, databricksPointers.host, 'public (host) subnet'),
  evidenceAt(resource, databricksPointers.container, 'private (container) subnet'),
];

/** Adds the IDs of both subnets, or explains that they are not shown. */
export function withSubnets(injected: InjectedDatabricks) {
  const { network, resource, view } = injected;
  const { hostName, containerName } = view;
  if (hostName === undefined || containerName === undefined) {
    return unknown(
      `Databricks workspace ${displayName(resource.id)} does not name both subnets.`,
      subnetEvidence(injected),
    );
  }
  return { ...injected, subnets: [`${network}/subnets/${hostName}`, `${network}/subnets/${containerName}`] as const };
}
export const databricksWithSubnets: Subjects<DatabricksWithSubnets> = derived(injectedDatabricks, withSubnets);
