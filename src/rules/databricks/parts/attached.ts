// Azure Databricks workspaces attached as computes, as subjects of the databricks rules: one finding for each compute.
import { type DatabricksView, databricksPointers, databricksView } from '../../../kinds/databricks-workspace.ts';
import { computeView } from '../../../kinds/workspace-view.ts';
import { valueAt } from '../../../model/pointer.ts';
import type { Resource } from '../../../model/resource.ts';
import { computes, roleOf } from '../../../posture/needs.ts';
import { derived } from '../../define.ts';
import { resourcesOr } from '../../parts/subjects.ts';
import { notApplicable, seen, shown, unknown } from '../../parts/verdict.ts';
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

/** Throws GapRead where the list of computes, or the Databricks workspace, could not be read. */
export const attachedDatabricks: Subjects<AttachedDatabricks> = derived(
  resourcesOr('No Databricks workspace is attached.', ({ world }) =>
    computes(world).filter((compute) => roleOf(compute) === 'databricks'),
  ),
  (compute, { world }) => {
    const { resourceId } = computeView(compute);
    if (resourceId === undefined) {
      return unknown(`Compute ${shown(compute.id)} does not show the resource ID of its Databricks workspace.`, [
        seen(compute, '/properties/resourceId', 'resource ID (resourceId)'),
      ]);
    }
    const resource = world.get(resourceId);
    return resource
      ? { compute, resource, view: databricksView(resource) }
      : notApplicable(`Databricks workspace ${shown(resourceId)} does not exist.`);
  },
);

export const networkEvidence = ({ resource }: AttachedDatabricks) =>
  seen(resource, databricksPointers.network, 'customer virtual network');

/** The result where the ID of the virtual network is not a text; undefined for any other. */
export function oddNetwork(attached: AttachedDatabricks) {
  const { resource, view } = attached;
  const value = valueAt(resource.body, databricksPointers.network) ?? null;
  return view.network === undefined && value !== null && value !== ''
    ? unknown(`The virtual network ID of Databricks workspace ${shown(resource.id)} has an unexpected value.`, [
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
      `Databricks workspace ${shown(attached.resource.id)} is not in a customer network (see databricks.vnet-injected).`,
      [networkEvidence(attached)],
    )
  );
});

export const subnetEvidence = ({ resource }: AttachedDatabricks) => [
  seen(resource, databricksPointers.host, 'public (host) subnet'),
  seen(resource, databricksPointers.container, 'private (container) subnet'),
];

/** Adds the IDs of both subnets, or explains that they are not shown. */
export function withSubnets(injected: InjectedDatabricks) {
  const { network, resource, view } = injected;
  const { hostName, containerName } = view;
  if (hostName === undefined || containerName === undefined) {
    return unknown(`Databricks workspace ${shown(resource.id)} does not name both subnets.`, subnetEvidence(injected));
  }
  return { ...injected, subnets: [`${network}/subnets/${hostName}`, `${network}/subnets/${containerName}`] as const };
}
export const databricksWithSubnets: Subjects<DatabricksWithSubnets> = derived(injectedDatabricks, withSubnets);
