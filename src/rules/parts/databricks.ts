// Databricks workspaces that are attached as computes: one finding for each compute, and where its clusters sit.
import { type DatabricksView, databricksPointers, databricksView } from '../../kinds/databricks-workspace.ts';
import { computeView } from '../../kinds/workspace-view.ts';
import { valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { computes, computesOf, roleOf } from '../../posture/needs.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';
import { notApplicable, seen, shown, unknown } from './verdict.ts';

/** An attached Databricks workspace. */
export interface Attached {
  readonly compute: Resource;
  readonly resource: Resource;
  readonly view: DatabricksView;
}
/** One in a network of the customer. */
export interface Injected extends Attached {
  readonly network: string;
  /** Ids of the subnets of hosts and of containers, where it names both. */
  readonly subnets: readonly [string, string] | undefined;
}

/** Each such compute; the workspace where there is none, or where nobody can tell. */
export function databricksSubjects({ world }: Judgement): Subject[] {
  const { workspace } = world.snapshot;
  if (workspace === null) return [];
  const known = world.hasList(computesOf(workspace)) ? computes(world) : [];
  const found = known.filter((compute) => roleOf(compute) === 'databricks').map(({ id }) => ({ resource: id }));
  return found.length > 0 ? found : [{ resource: workspace }];
}

/** Throws GapRead where the list of computes, or the Databricks workspace, was not read. */
export function attachedJudged(
  { resource: id }: Subject,
  { world }: Judgement,
  judge: (attached: Attached) => Verdict,
): Verdict {
  if (id === world.snapshot.workspace) {
    const [one] = computes(world).filter((compute) => roleOf(compute) === 'databricks');
    return one
      ? notApplicable('Each attached Databricks workspace is judged by itself.')
      : notApplicable('No Databricks workspace is attached.');
  }
  const compute = world.get(id);
  if (!compute) return notApplicable(`${shown(id)} does not exist.`);
  const { resourceId } = computeView(compute);
  if (resourceId === undefined) {
    return unknown(`The compute ${shown(id)} does not say which Databricks workspace it is.`, [
      seen(compute, '/properties/resourceId', 'the attached resource'),
    ]);
  }
  const resource = world.get(resourceId);
  if (!resource) return notApplicable(`The Databricks workspace ${shown(resourceId)} does not exist any more.`);
  return judge({ compute, resource, view: databricksView(resource) });
}

export const networkEvidence = ({ resource }: Attached) =>
  seen(resource, databricksPointers.network, 'the customer’s network');

/** Does something stand where the network's id should, and is no text? */
export function hasOddNetwork({ resource, view }: Attached): boolean {
  const value = valueAt(resource.body, databricksPointers.network) ?? null;
  return view.network === undefined && value !== null && value !== '';
}

/** Judges one that sits in a network of the customer; of any other, `databricks.vnet-injected` speaks. */
export const injectedJudged = (
  subject: Subject,
  judgement: Judgement,
  judge: (injected: Injected) => Verdict,
): Verdict =>
  attachedJudged(subject, judgement, (attached) => {
    const injected = injectedOf(attached);
    if (injected) return judge(injected);
    const name = shown(attached.resource.id);
    return hasOddNetwork(attached)
      ? unknown(`The network of ${name} is not in a form that can be judged.`, [networkEvidence(attached)])
      : notApplicable(`${name} is in a network of Microsoft’s; databricks.vnet-injected speaks of that.`, [
          networkEvidence(attached),
        ]);
  });

function injectedOf(attached: Attached): Injected | undefined {
  const { network, hostName, containerName } = attached.view;
  if (network === undefined) return undefined;
  const subnets =
    hostName === undefined || containerName === undefined
      ? undefined
      : ([`${network}/subnets/${hostName}`, `${network}/subnets/${containerName}`] as const);
  return { ...attached, network, subnets };
}

/** The injected workspace behind a finding's compute, for fixes; a sentence where there is none. */
export function injectedBehind(compute: Resource, { world }: Judgement): Injected | string {
  const { resourceId } = computeView(compute);
  const resource = resourceId === undefined ? undefined : world.get(resourceId);
  const injected = resource && injectedOf({ compute, resource, view: databricksView(resource) });
  return injected ?? `The Databricks workspace of ${shown(compute.id)} sits in no network of yours.`;
}

/** Judges its two subnets, or says that it does not name them. */
export function subnetsJudged(injected: Injected, judge: (subnets: readonly [string, string]) => Verdict): Verdict {
  if (injected.subnets) return judge(injected.subnets);
  const { resource } = injected;
  const evidence = [
    seen(resource, databricksPointers.host, 'the subnet of hosts'),
    seen(resource, databricksPointers.container, 'the subnet of containers'),
  ];
  return unknown(`${shown(resource.id)} does not name both of its subnets.`, evidence);
}
