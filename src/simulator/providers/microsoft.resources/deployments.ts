// Microsoft.Resources/deployments in a resource group: a template's resources are put one after another, each after those it
// depends on, as if the caller had sent them; the first refusal ends the deployment and is recorded in it. Incremental mode only.
import { addressOf, fold } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { type ArmJson, type ArmObject, at, isObject, list, object, text } from '../../json.ts';
import type { ProviderType, Write } from '../provider.ts';
import { invalidTemplate, resolved, type TemplateTextScope } from './template-text.ts';

const type = 'Microsoft.Resources/deployments';
/** Members of a template's resource that say how it is deployed, and are no part of it. */
const directives = [
  'type',
  'apiversion',
  'name',
  'dependson',
  'scope',
  'comments',
  'condition',
  'copy',
  'resourcegroup',
  'subscriptionid',
];

interface Part {
  readonly id: string;
  readonly name: string;
  readonly apiVersion: string;
  readonly body: ArmObject;
  readonly after: readonly string[];
}

export const deployments: ProviderType = {
  type,
  allows: { patch: false },
  created: 201,
  provisions: false,
  replace(write) {
    const template = at(write.body, 'properties', 'template');
    const mode = text(write.body, 'properties', 'mode');
    if (!isObject(template)) throw invalidTemplate('The template is missing');
    if (fold(mode ?? '') !== 'incremental') {
      throw new ArmError(
        400,
        'InvalidDeploymentMode',
        `The mode '${mode ?? ''}' is not one that is deployed here: Incremental.`,
      );
    }
    const parts = partsOf(template, write);
    const failed = carriedOut(parts, write);
    return object({
      properties: {
        provisioningState: failed ? 'Failed' : 'Succeeded',
        correlationId: write.newId(),
        timestamp: write.now,
        duration: 'PT1S',
        mode: 'Incremental',
        ...(failed
          ? {
              error: {
                code: 'DeploymentFailed',
                message:
                  'At least one resource deployment operation failed. Please list deployment operations for details.',
                details: [failed],
              },
            }
          : {}),
        providers: [],
        dependencies: [],
        outputResources: failed ? [] : parts.map(({ id }) => ({ id })),
      },
    });
  },
};

function partsOf(template: ArmObject, write: Write): Part[] {
  const scope = scopeOf(template, write);
  const parts = list(template, 'resources').flatMap((item): Part[] => {
    if (!isObject(item)) throw invalidTemplate('A resource of the template is no object');
    const isNested = fold(text(item, 'type') ?? '') === fold(type);
    // The expressions of a nested template are worked out where it is deployed.
    const inner = isNested ? new Map([...item].filter(([name]) => fold(name) !== 'properties')) : item;
    const known = resolved(inner, scope);
    if (!isObject(known) || at(known, 'condition') === false) return [];
    if (at(known, 'copy') !== undefined) throw invalidTemplate('A copy loop is not deployed here');
    return [partOf(known, isNested ? at(item, 'properties') : undefined, write)];
  });
  const twice = parts.find(({ id }, index) => parts.some((one, at) => at < index && fold(one.id) === fold(id)));
  if (twice) throw invalidTemplate(`The resource '${twice.id}' is defined multiple times in a template`);
  return parts;
}

function partOf(resource: ArmObject, properties: ArmJson | undefined, write: Write): Part {
  const [kind = '', name = '', apiVersion = ''] = ['type', 'name', 'apiVersion'].map(
    (member) => text(resource, member) ?? '',
  );
  const [namespace = '', ...types] = kind.split('/');
  const names = name.split('/');
  if (apiVersion === '') throw invalidTemplate(`The resource '${name}' has no apiVersion`);
  if (types.length === 0 || types.length !== names.length) {
    throw invalidTemplate(`The resource '${name}' of type '${kind}' has incorrect segment lengths`);
  }
  const { scope, subscription } = write.address;
  const there = text(resource, 'resourceGroup');
  const home =
    text(resource, 'scope') ??
    (there === undefined
      ? scope
      : `/subscriptions/${text(resource, 'subscriptionId') ?? subscription}/resourceGroups/${there}`);
  const body: ArmObject = new Map([...resource].filter(([member]) => !directives.includes(fold(member))));
  if (properties !== undefined) body.set('properties', properties);
  return {
    id: `${home}/providers/${namespace}${types.map((one, index) => `/${one}/${names[index] ?? ''}`).join('')}`,
    name,
    apiVersion,
    body,
    after: list(resource, 'dependsOn').filter((one) => typeof one === 'string'),
  };
}

/** Puts all of them; gives back the first refusal. */
function carriedOut(
  parts: readonly Part[],
  write: Write,
): { code: string; message: string; target: string } | undefined {
  const waiting = [...parts];
  while (waiting.length > 0) {
    const index = waiting.findIndex(({ after }) => !after.some((one) => waiting.some((other) => isNamed(other, one))));
    const [next] = index < 0 ? [] : waiting.splice(index, 1);
    if (!next) throw invalidTemplate('Circular dependency detected');
    const answer = write.send('PUT', next.id, next.apiVersion, next.body);
    const refusal = answer.status >= 400 ? at(answer.body, 'error') : at(answer.body, 'properties', 'error');
    if (isObject(refusal)) {
      return { code: text(refusal, 'code') ?? '', message: text(refusal, 'message') ?? '', target: next.id };
    }
  }
  return undefined;
}

/** By its id, or by its name alone. */
const isNamed = ({ id, name }: Part, wanted: string): boolean =>
  [id, name].some((one) => fold(one) === fold(wanted)) || fold(id).endsWith(`/providers/${fold(wanted)}`);

function scopeOf(template: ArmObject, { store, address, body }: Write): TemplateTextScope {
  const given = at(body, 'properties', 'parameters');
  return {
    parameter: (name) => at(given, name, 'value') ?? at(template, 'parameters', name, 'defaultValue'),
    variable: (name) => at(template, 'variables', name),
    group: store.get(address.scope) ?? object({ id: address.scope }),
    subscription: addressOf(address.scope).subscription ?? '',
  };
}
