// Policy assignments: hang on any scope and are inherited downwards.
import { fold, within } from '../../gateway/address.ts';
import { isAtScope } from '../../gateway/filter.ts';
import { parameter } from '../../gateway/request.ts';
import type { JsonObject } from '../../json.ts';
import { idOf } from '../../store/store.ts';
import type { Call, ProviderType } from '../provider.ts';

function assignments(type: string, versions: readonly string[]): ProviderType {
  const scopeOf = (body: JsonObject): string => {
    const id = idOf(body);
    return id.slice(0, fold(id).lastIndexOf(`/providers/${fold(type)}/`));
  };
  return {
    type,
    versions,
    provisions: false,
    extension: true,
    items: ({ store, address, request }: Call) =>
      store.ofType(type).filter((body) => {
        const scope = scopeOf(body);
        return (
          within(address.scope, scope) || (!isAtScope(parameter(request, '$filter')) && within(scope, address.scope))
        );
      }),
  };
}

export const policyAssignments = assignments('Microsoft.Authorization/policyAssignments', [
  '2024-05-01',
  '2023-04-01',
  '2019-09-01',
]);
