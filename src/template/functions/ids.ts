// Functions that build resource ids (template-functions-resource, -scope). An id whose deployment, or one of whose names, is not
// known is open and keeps its text.
import type { Json } from '../../model/json.ts';
import { type DeploymentScope, textIn } from '../ambient.ts';
import { TemplateError } from '../limits.ts';
import { isOpen, open, wantText } from '../values.ts';
import type { FunctionCall } from './function.ts';

/** `Microsoft.Network/virtualNetworks/subnets` and its names: `Microsoft.Network/virtualNetworks/vnet/subnets/snet`. */
function typed(type: Json | undefined, names: readonly Json[]): string {
  // Azure takes a type with a slash at its end as well.
  const [namespace, ...types] = wantText(type).replace(/\/$/, '').split('/');
  const given = names.flatMap((name) => (isOpen(name) ? [name.text] : wantText(name).split('/')));
  if (types.length === 0 || types.length !== given.length) {
    throw new TemplateError('the type and the names of the resource do not fit together');
  }
  return [namespace, ...types.flatMap((segment, index) => [segment, given[index]])].join('/');
}

function idOf(text: string, parts: readonly (Json | undefined)[], call: FunctionCall): Json {
  const unknown = parts.filter((part) => part !== undefined).filter(isOpen);
  const [first] = unknown;
  if (!first) return text;
  return open(
    call.print(),
    first.because,
    text,
    unknown.every(({ ambient }) => ambient),
  );
}

const isType = (arg: Json): boolean => typeof arg === 'string' && arg.includes('/');
const typeIndex = (args: readonly Json[], most: number): number => {
  const at = args.findIndex(isType);
  if (at < 0 || at > most) throw new TemplateError('the resource type is not known');
  return at;
};

/** `resourceId([subscription], [group], type, name, ...)`; without a group in the place, as {@link subscriptionResourceId}. */
export function resourceId(args: readonly Json[], place: DeploymentScope, call: FunctionCall): Json {
  const at = typeIndex(args, 2);
  const [type, ...names] = args.slice(at);
  const group = at > 0 ? args[at - 1] : place.group;
  const subscription = at > 1 ? args[0] : place.subscription;
  if (subscription === undefined) return tenantResourceId(args.slice(at), call);
  const above = `/subscriptions/${textIn(subscription)}`;
  const base = group === undefined ? above : `${above}/resourceGroups/${textIn(group)}`;
  return idOf(`${base}/providers/${typed(type, names)}`, [subscription, group, ...names], call);
}

/** `subscriptionResourceId([subscription], type, name, ...)`. */
export function subscriptionResourceId(args: readonly Json[], place: DeploymentScope, call: FunctionCall): Json {
  const at = typeIndex(args, 1);
  const [type, ...names] = args.slice(at);
  const subscription = at > 0 ? args[0] : place.subscription;
  const text = `/subscriptions/${textIn(subscription ?? '')}/providers/${typed(type, names)}`;
  return idOf(text, [subscription, ...names], call);
}

/** `tenantResourceId(type, name, ...)`. */
export function tenantResourceId([type, ...names]: readonly Json[], call: FunctionCall): Json {
  return idOf(`/providers/${typed(type, names)}`, names, call);
}

/** `extensionResourceId(scope, type, name, ...)`. */
export function extensionResourceId([scope, type, ...names]: readonly Json[], call: FunctionCall): Json {
  if (scope === undefined) throw new TemplateError('the scope is not given');
  const above = (isOpen(scope) ? scope.text : wantText(scope)).replace(/\/$/, '');
  return idOf(`${above}/providers/${typed(type, names)}`, [scope, ...names], call);
}

/** `managementGroupResourceId([group], type, name, ...)`. */
export function managementGroupResourceId(args: readonly Json[], call: FunctionCall): Json {
  const at = typeIndex(args, 1);
  const [type, ...names] = args.slice(at);
  const group = at > 0 ? args[0] : open('managementGroup().name', 'the management group is not in the file');
  const text = `/providers/Microsoft.Management/managementGroups/${textIn(group ?? '')}/providers/${typed(type, names)}`;
  return idOf(text, [group, ...names], call);
}
