// Azure Monitor private link scopes: who may send to and query Azure Monitor from the networks that have an endpoint of one.
// Their access modes are written with the whole of them.
import { writeVersionOf } from '../model/api-versions.ts';
import type { JsonObject } from '../model/json.ts';
import { valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { isUnder } from './parts/bodies.ts';
import { line } from './parts/shell.ts';
import { listAt, textAt } from './read.ts';

const scopeType = 'Microsoft.Insights/privateLinkScopes';
export const accessModesPointer = '/properties/accessModeSettings';
/** Group of the private endpoints that lead to a scope. */
export const monitorGroup = 'azuremonitor';

export const accessModes = ['ingestionAccessMode', 'queryAccessMode'] as const;
export type AccessMode = (typeof accessModes)[number];

/** The mode for networks of one endpoint: an exclusion of its connection, else that of the scope. */
export function accessModeFor(scope: Resource, mode: AccessMode, endpoint: string): string | undefined {
  const connection = listAt(scope.body, '/properties/privateEndpointConnections').find(
    (one) => fold(textAt(one, '/properties/privateEndpoint/id') ?? '') === fold(endpoint),
  );
  const name = textAt(connection, '/name');
  const excluded = listAt(scope.body, `${accessModesPointer}/exclusions`).find(
    (one) => name !== undefined && fold(textAt(one, '/privateEndpointConnectionName') ?? '') === fold(name),
  );
  return textAt(excluded, `/${mode}`) ?? textAt(scope.body, `${accessModesPointer}/${mode}`);
}

export const privateLinkScope = defineResourceType({
  type: scopeType,
  label: 'Azure Monitor private link scope',
  plural: 'Azure Monitor private link scopes',
  computed: ['provisioningState', 'privateEndpointConnections'],
  columns: accessModes.map((mode) => ({
    title: mode === 'queryAccessMode' ? 'Query' : 'Ingestion',
    value: ({ body }: Resource) => textAt(body, `${accessModesPointer}/${mode}`) ?? '',
  })),
  effects({ id, before, after }) {
    return accessModes.flatMap((mode) => {
      const [from, to] = [before, after].map((one) => textAt(one?.body, `${accessModesPointer}/${mode}`));
      if (before === null || after === null || from === to) return [];
      const what = mode === 'queryAccessMode' ? 'query' : 'send to';
      return [
        fold(to ?? '') === 'open'
          ? {
              kind: 'relaxes' as const,
              detail: `Networks with an endpoint of ${nameOf(id)} may ${what} Azure Monitor outside the scope.`,
              subject: mode,
            }
          : {
              kind: 'restricts' as const,
              detail: `Networks with an endpoint of ${nameOf(id)} may ${what} resources of the scope only.`,
              subject: mode,
            },
      ];
    });
  },
  write: {
    edits: (edit) => isUnder(edit, accessModesPointer),
    body: (body): JsonObject => ({
      location: body.location ?? 'global',
      ...(body.tags === undefined ? {} : { tags: body.tags }),
      properties: { accessModeSettings: valueAt(body, accessModesPointer) ?? {} },
    }),
    refused: 'Azure Monitor private link scope as a whole',
  },
  az(change) {
    if (change.kind !== 'edit') return '';
    const sets = change.edits.flatMap((edit) =>
      edit.op === 'set' ? [`${edit.pointer.slice(1).replaceAll('/', '.')}=${String(edit.after ?? '')}`] : [],
    );
    return line('az', 'resource', 'update', '--ids', change.resource, '--api-version', writeVersionOf(scopeType), [
      '--set',
      ...sets,
    ]);
  },
});
