// The online endpoints of a workspace as evidence: each with its public network access, or that their list was not read.
import { endpointAccessPointer } from '../../kinds/online-endpoint.ts';
import type { Evidence } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import type { World } from '../../model/world.ts';
import { onlineEndpoints, onlineEndpointsOf } from '../../posture/online-endpoints.ts';
import { few, noted, seen, shown } from './verdict.ts';

/** `which`: those that matter to the rule. */
export function endpointEvidence(
  workspace: Resource,
  world: World,
  which: (endpoint: Resource) => boolean,
  note: string,
): readonly Evidence[] {
  const all = onlineEndpoints(workspace.id, world);
  if (all === undefined) {
    return [noted(onlineEndpointsOf(workspace.id), null, 'online endpoints could not be read')];
  }
  return all.filter(which).map((endpoint) => seen(endpoint, endpointAccessPointer, note));
}

/** `the online endpoints churn and fraud`; undefined where there is none, or they could not be read. */
export function endpointsNamed(
  workspace: Resource,
  world: World,
  which: (endpoint: Resource) => boolean,
): string | undefined {
  const names =
    onlineEndpoints(workspace.id, world)
      ?.filter(which)
      .map(({ id }) => shown(id)) ?? [];
  return names.length === 0 ? undefined : `the online endpoint${names.length === 1 ? '' : 's'} ${few(names)}`;
}
