// The steps of a plan as deployments: a template holds each resource once and belongs to one resource group, so a plan that
// changes a resource twice, or continues in another group, needs several in sequence.
import type { JsonObject } from '../../model/json.ts';
import { distinctIds, fold, groupIdOf, resourceGroupOf, subscriptionOf } from '../../model/resource-id.ts';
import type { Requested } from '../../plan/index.ts';

export interface TemplatePart {
  readonly id: string;
  readonly apiVersion: string;
  readonly body: JsonObject;
}

export interface DeploymentStage {
  readonly subscription: string;
  readonly group: string;
  readonly parts: readonly TemplatePart[];
}

export interface Staged {
  readonly stages: readonly DeploymentStage[];
  /** Ids of resources that are included whole though only a part of them changes. */
  readonly whole: readonly string[];
}

export function stagesOf(steps: readonly Requested[]): Staged {
  const stages: { subscription: string; group: string; parts: TemplatePart[] }[] = [];
  const whole: string[] = [];
  for (const { step, request } of steps) {
    const home = groupIdOf(step.change.resource);
    if ('why' in request || request.body === null || home === undefined) continue;
    if (step.change.kind === 'edit') whole.push(step.change.resource);
    const last = stages.at(-1);
    const fits =
      last !== undefined &&
      fold(`/subscriptions/${last.subscription}/resourceGroups/${last.group}`) === fold(home) &&
      !last.parts.some(({ id }) => fold(id) === fold(request.id));
    const stage = fits
      ? last
      : { subscription: subscriptionOf(home) ?? '', group: resourceGroupOf(home) ?? '', parts: [] };
    if (!fits) stages.push(stage);
    stage.parts.push({ id: request.id, apiVersion: request.apiVersion, body: request.body });
  }
  return { stages, whole: distinctIds(whole) };
}
