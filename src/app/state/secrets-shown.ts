// The names and ids that a screen may show: of resources, people and tenants. A redacted recording replaces them.

import { memoizePerObject } from '../../model/caches.ts';
import { isArray, isObject, type Json } from '../../model/json.ts';
import { member, memberNames } from '../../model/pointer.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { State } from './state.ts';

/** Members of bodies with free text or names of people. */
const named =
  /^(?:createdBy|lastModifiedBy|userName|userId|adminUserName|displayName|friendlyName|description|principalId|tenantId|fqdn|hostName|email)$/i;
/** Names that Azure gives, the same everywhere. */
const common = /^(?:privatelink\..*|azurefirewall(?:management)?subnet|gatewaysubnet|azurebastionsubnet|default)$/i;

function namesOf(id: string, into: Set<string>): void {
  const parts = id.split('/').filter((part) => part !== '');
  for (const [at, part] of parts.entries()) {
    const before = parts[at - 1]?.toLowerCase() ?? '';
    const afterProvider = parts.slice(0, at).lastIndexOf('providers');
    const isName =
      afterProvider < 0 || parts[afterProvider + 1]?.includes('.') !== true
        ? ['subscriptions', 'resourcegroups', 'managementgroups'].includes(before)
        : (at - afterProvider) % 2 === 1 && at > afterProvider + 1;
    if (isName && before !== 'locations' && part.length > 1 && !common.test(part)) into.add(decoded(part));
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function textsIn(value: Json, into: Set<string>, inTags = false): void {
  if (typeof value === 'string') {
    if (inTags && value.length > 1) into.add(value.slice(0, 200));
    else if (value.startsWith('/subscriptions/')) namesOf(value, into);
  } else if (isArray(value)) for (const item of value) textsIn(item, into, inTags);
  else if (isObject(value)) {
    for (const name of memberNames(value)) {
      const inner = member(value, name);
      if (inner !== undefined) textsIn(inner, into, inTags || name === 'tags' || named.test(name));
    }
  }
}

const inSnapshot = memoizePerObject((snapshot: Snapshot): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const { id, body } of snapshot.resources) {
    namesOf(id, names);
    textsIn(body, names);
  }
  for (const { id } of snapshot.gaps) namesOf(id, names);
  return names;
});

/** A function that gives the same set while nothing was added. `own`: names outside Azure, such as the user of this machine. */
export function secretsShown(own: readonly string[]): (state: State) => ReadonlySet<string> {
  let all: ReadonlySet<string> = new Set(own);
  let seen: readonly unknown[] = [];
  return (state) => {
    const now = [state.snapshot, state.requests, state.identity, state.entries, state.recent];
    if (now.every((one, at) => one === seen[at])) return all;
    seen = now;
    const more = new Set(all);
    for (const name of state.snapshot === null ? [] : inSnapshot(state.snapshot)) more.add(name);
    for (const { path } of state.requests) namesOf(path.split('?')[0] ?? '', more);
    for (const { id } of state.recent) namesOf(id, more);
    for (const { by, resources } of state.entries) {
      more.add(by);
      for (const id of resources) namesOf(id, more);
    }
    // An application has only an id for a name, and the header shows its beginning.
    const name = state.identity?.name ?? '';
    for (const text of [name, name.slice(0, 8)]) if (text.length > 1) more.add(text);
    if (more.size > all.size) all = more;
    return all;
  };
}
