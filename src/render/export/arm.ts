// A plan as a deployment template of Azure Resource Manager, in JSON. Each resource waits for the one before it, so that the
// order of the plan holds.
import { writeVersionOf } from '../../model/api-versions.ts';
import { isArray, isObject, type Json, type JsonObject, memberName, stringifyJson } from '../../model/json.ts';
import { nameInParent, parseId, resourceGroupOf, sameId, subscriptionOf } from '../../model/resource-id.ts';
import { type ExportShape, missingNotes } from './shape.ts';
import { type DeploymentStage, stagesOf, type TemplatePart } from './stages.ts';

const deploymentType = 'Microsoft.Resources/deployments';
const deployments = { type: deploymentType, apiVersion: writeVersionOf(deploymentType) };
/** Members that a template has elsewhere, or that Azure sets. */
const elsewhere = ['id', 'name', 'type', 'apiVersion', 'etag', 'systemData'];

export const arm: ExportShape = {
  name: 'arm',
  title: 'ARM deployment template (JSON)',
  speaks: 'wholes',
  render({ plan, steps, readAt }) {
    const { stages, whole } = stagesOf(steps);
    const notes = [...missingNotes(steps), ...wholeNotes(whole, readAt)];
    const metadata = { plan: plan.id, workspace: plan.workspace, notes };
    const [only] = stages;
    const home = plan.workspace === null ? undefined : resourceGroupOf(plan.workspace);
    const isAtHome =
      only !== undefined &&
      stages.length === 1 &&
      sameId(only.group, home) &&
      sameId(only.subscription, subscriptionOf(plan.workspace ?? ''));
    const resources = isAtHome ? resourcesOf(only) : nested(stages);
    const where = home === undefined ? [] : [`Deploy the template to resource group ${home}.`];
    return {
      text: `${inAscii(stringifyJson({ ...template(resources), metadata }, 2))}\n`,
      notes: [...where, ...notes],
    };
  },
};

/** Letters outside ASCII as escapes, so that no terminal, file or option changes them. */
export const inAscii = (text: string): string =>
  text.replaceAll(/[\u007f-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);

const wholeNotes = (ids: readonly string[], readAt: string): string[] =>
  ids.length === 0
    ? []
    : [
        `The template writes these resources as they were read at ${readAt}, and overwrites later changes: ${ids.map(nameInParent).join(', ')}.`,
      ];

const template = (resources: readonly Json[]): JsonObject => ({
  $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
  contentVersion: '1.0.0.0',
  resources,
});

const nested = (stages: readonly DeploymentStage[]): Json[] =>
  stages.map((stage, index) => ({
    ...deployments,
    name: stageName(index),
    subscriptionId: stage.subscription,
    resourceGroup: stage.group,
    ...(index === 0 ? {} : { dependsOn: [stageName(index - 1)] }),
    properties: {
      mode: 'Incremental',
      expressionEvaluationOptions: { scope: 'inner' },
      template: template(resourcesOf(stage)),
    },
  }));
const stageName = (index: number): string => `bastide-${index + 1}`;

const resourcesOf = ({ parts }: DeploymentStage): Json[] =>
  parts.map((part, index) => {
    const before = parts[index - 1];
    return { ...resourceOf(part), ...(before === undefined ? {} : { dependsOn: [literal(before.id)] }) };
  });

function resourceOf({ id, apiVersion, body }: TemplatePart): JsonObject {
  const { type = '', names } = parseId(id);
  const above = id.slice(0, id.toLowerCase().lastIndexOf('/providers/'));
  const rest = Object.entries(body).filter(([key]) => !elsewhere.includes(memberName(key)));
  return {
    ...{ type, apiVersion, name: literal(names.join('/')) },
    // An extension resource names its scope.
    ...(above.toLowerCase().includes('/providers/') ? { scope: literal(above) } : {}),
    ...Object.fromEntries(rest.map(([key, value]) => [key, plain(value)])),
  };
}

/** A value whose texts are escaped, so that none is evaluated as an expression. */
function plain(value: Json): Json {
  if (typeof value === 'string') return literal(value);
  if (isArray(value)) return value.map(plain);
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)])) : value;
}
const literal = (text: string): string => (text.startsWith('[') && text.endsWith(']') ? `[${text}` : text);
