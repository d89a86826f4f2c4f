// The sentence of each effect, and who or what it is about. The one place that words them. A sentence is made from lists, so that
// effects that differ in one list only are said as one. Pure.
import {
  type ChangedFlow,
  type CurrentEffect,
  type Effect,
  type EffectEnd,
  type EffectKind,
  type EffectReason,
  effectCounts,
  effectKinds,
} from './effect.ts';
import { fold, nameInParent, nameOf, parentId, subscriptionOf } from './resource-id.ts';
import { clean, counted } from './text.ts';

/** An effect with its words. `resource`: id of the resource that the change writes. */
export const effectOf = (resource: string, reason: EffectReason, automatic = false): CurrentEffect => ({
  ...reason,
  resource,
  detail: clean(detailOf(resource, reason)),
  subject: clean(subjectOf(resource, reason)),
  automatic,
});

type Lists = readonly (readonly string[])[];

export interface EffectWording {
  /** Effects with the same of these differ in their lists only. */
  readonly frame: readonly string[];
  readonly lists: Lists;
  /** One sentence; of a list so many are named at most. */
  readonly says: (lists: Lists, most: number) => string;
}

/** One sentence. */
export function detailOf(resource: string, effect: EffectReason): string {
  const { lists, says } = wordingOf(resource, effect);
  return says(lists, mostInDetail);
}
const mostInDetail = 4;

export const perhaps = (certain: boolean): string =>
  certain ? '' : ' What could not be read decides whether this holds.';
const unknownWords = (why: string): string => `Not known: ${why}`;

/** So many words of names are in one list at most. */
const mostWords = 15;

/** `a, b and c`, `a, b and 4 more`. */
export function listed(names: readonly string[], longest: number): string {
  let words = 0;
  const fit = names.findIndex((name) => {
    words += name.split(' ').length;
    return words > mostWords;
  });
  const most = Math.min(longest, fit < 0 ? longest : Math.max(1, fit));
  if (names.length > most) return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

export function wordingOf(resource: string, effect: EffectReason): EffectWording {
  switch (effect.kind) {
    case 'opens':
      if (effect.reason === 'flow') return flowWording(effect.data, 'allowed');
      if (effect.reason === 'approval') return approvalWording(effect.data);
      return effect.reason === 'setting'
        ? saying(resource, effect.data.says)
        : saying(resource, unknownWords(effect.data.why));
    case 'cutsOff':
      if (effect.reason === 'flow') return flowWording(effect.data, 'blocked');
      if (effect.reason === 'user') return userWording(effect.data);
      if (effect.reason === 'named') return namedWording(effect.data);
      if (effect.reason === 'identity') return identityWording(effect.data);
      return effect.reason === 'setting'
        ? saying(resource, effect.data.says)
        : saying(resource, unknownWords(effect.data.why));
    case 'interrupts':
      return interruptWording(resource, effect);
    case 'overrides':
      return overrideWording(resource, effect);
    case 'bypasses': {
      if (effect.reason === 'unknown') return saying(resource, unknownWords(effect.data.why));
      const { from, to, appliance } = effect.data;
      return {
        frame: [appliance],
        lists: [[from.name], to],
        says: ([sources = [], targets = []], most) =>
          `Traffic of ${listed(sources, most)} to ${listed(targets, most)} no longer passes ${nameOf(appliance)}.`,
      };
    }
    case 'deletes':
      return deletionWording(resource, effect.data);
    case 'oneWay':
    case 'costs':
      return saying(resource, effect.data.says);
    case 'otherScope': {
      const place = effect.reason === 'subscription' ? 'subscription' : 'resource group';
      const { own } = effect.data;
      const other = effect.reason === 'subscription' ? effect.data.subscription : effect.data.group;
      return {
        frame: [place, other, own],
        lists: [[nameInParent(effect.data.beside ?? resource)]],
        says: ([names = []], most) =>
          `${listed(names, most)} ${names.length === 1 ? 'is' : 'are'} in the ${place} ${other}, the workspace in ${own}.`,
      };
    }
  }
}

/** A loss is one only to those who are there. */
const ifUsed = ({ from, use, onlyFor }: ChangedFlow): string => {
  if (use === undefined) return '';
  if (onlyFor !== undefined)
    return use === 'none'
      ? ' The assumption usesBatchEndpoints is false, or nothing was read that sends from there.'
      : ' Only batch endpoints need it: whether they are used is not known; if not: `bastide assume usesBatchEndpoints false`.';
  if (from.kind !== 'serverless')
    return use === 'none'
      ? ' Nothing was read that sends from there.'
      : ' Not known: whether anything sends from there.';
  return use === 'none'
    ? ' The assumption usesServerless is false.'
    : ' Whether jobs run there is not known; if none do: `bastide assume usesServerless false`.';
};

const flowWording = (flow: ChangedFlow, becomes: string): EffectWording => ({
  frame: [String(flow.certain), ifUsed(flow)],
  lists: [[flow.from.name], [flow.to.name], [flow.traffic]],
  says: ([sources = [], targets = [], what = []], most) =>
    `${listed(sources, most)} to ${listed(targets, most)}, ${listed(what, most)}: ${becomes} from now on.${perhaps(flow.certain)}${ifUsed(flow)}`,
});

const approvalWording = ({
  endpoint,
  target,
  isRead,
}: {
  readonly endpoint: string | null;
  readonly target: string;
  readonly isRead: boolean;
}): EffectWording => ({
  frame: [subscriptionOf(endpoint ?? '') ?? '', target, String(isRead)],
  lists: [[endpoint === null ? 'an endpoint without an id' : nameOf(endpoint)]],
  says: ([names = []], most) => {
    const [many, scope] = [names.length > 1, subscriptionOf(endpoint ?? '')];
    const from = scope === undefined ? '' : ` of subscription ${scope}`;
    const unread = isRead ? '' : ` Not known: what sends through ${many ? 'them' : 'it'}, not read.`;
    return `Approves ${many ? 'the private endpoints' : 'the private endpoint'} ${listed(names, most)}${from} at ${nameOf(target)}.${unread}`;
  },
});

const userWording = ({
  user,
  service,
  certain,
}: {
  user: EffectEnd;
  service: EffectEnd;
  certain: boolean;
}): EffectWording => ({
  frame: [String(certain)],
  lists: [[user.name], [service.name]],
  says: ([users = [], services = []], most) => {
    const [many, it] = [users.length > 1, services.length > 1 ? 'them' : 'it'];
    const uses = `${listed(users, most)} ${many ? 'use' : 'uses'} ${listed(services, most)}`;
    return certain
      ? `${uses} and ${many ? 'lose' : 'loses'} access to ${it}.`
      : `${uses}; whether ${many ? 'they keep' : 'it keeps'} access is not known.`;
  },
});

const namedWording = ({
  user,
  named,
  pointer,
}: {
  readonly user: EffectEnd;
  readonly named: string;
  readonly pointer: string;
}): EffectWording => ({
  frame: [pointer],
  lists: [[user.name], [nameOf(named)]],
  says: ([users = [], names = []], most) => {
    const setting = pointer.slice('/properties/'.length).replaceAll('/', '.');
    const verbs = users.length > 1 ? ['name', 'lose'] : ['names', 'loses'];
    const it = names.length > 1 ? 'them' : 'it';
    return `${listed(users, most)} ${verbs[0]} ${listed(names, most)} (${setting}) and ${verbs[1]} ${it}.`;
  },
});

const identityWording = ({ holder }: { readonly holder: string }): EffectWording => ({
  frame: [],
  lists: [[nameInParent(holder)]],
  says: ([names = []], most) =>
    names.length === 1
      ? `The system-assigned identity of ${names[0]} is deleted: its role assignments and access policies end.`
      : `The system-assigned identities of ${listed(names, most)} are deleted: their role assignments and access policies end.`,
});

function interruptWording(resource: string, effect: EffectReason & { readonly kind: 'interrupts' }): EffectWording {
  switch (effect.reason) {
    case 'connections-reset':
      return {
        frame: [],
        lists: [[nameInParent(effect.data.subnet)], [effect.data.service]],
        says: ([subnets = [], services = []], most) =>
          `Open connections from ${listed(subnets, most)} to ${listed(services, most)} are reset.`,
      };
    case 'recreated':
      return {
        frame: [],
        lists: [[nameInParent(effect.data.resource)]],
        says: ([names = []], most) =>
          `${listed(names, most)} ${names.length === 1 ? 'is' : 'are'} deleted and created again.`,
      };
    case 'name-unresolved': {
      const { zone, networks, services } = effect.data;
      return {
        frame: [zone],
        lists: [services.map(nameOf), networks.map(nameOf)],
        says: ([names = [], where = []], most) =>
          `${listed(names, most)} ${names.length === 1 ? 'has' : 'have'} no address in ${listed(where, most)} until ${nameOf(zone)} has a record.`,
      };
    }
    case 'connections-evaluated': {
      const { group } = effect.data;
      return {
        frame: [],
        lists: [[nameOf(group)]],
        says: ([groups = []], most) =>
          `Open connections through ${listed(groups, most)} that its rules now deny end (flushConnection).`,
      };
    }
    case 'connections-moved': {
      const { subnet, hop } = effect.data;
      return {
        frame: [],
        lists: [[nameInParent(subnet)], [hop.startsWith('/') ? nameInParent(hop) : hop]],
        says: ([subnets = [], hops = []], most) =>
          `Open connections from ${listed(subnets, most)} to public addresses that enter or leave ${listed(hops, most)} end: their source address changes.`,
      };
    }
    case 'setting':
      return saying(resource, effect.data.says);
  }
}

function overrideWording(resource: string, effect: EffectReason & { readonly kind: 'overrides' }): EffectWording {
  switch (effect.reason) {
    case 'rule': {
      const { group, rules, traffic, certain } = effect.data;
      return {
        frame: [group, ...rules, String(certain)],
        lists: [[traffic]],
        says: ([what = []], most) =>
          `${listed(rules, most)} of ${nameOf(group)} no longer ${rules.length === 1 ? 'decides' : 'decide'} ${listed(what, most)}.${perhaps(certain)}`,
      };
    }
    case 'route': {
      const { table, routes, prefixes } = effect.data;
      return {
        frame: [table, ...routes],
        lists: [prefixes],
        says: ([all = []], most) =>
          `${listed(routes, most)} of ${nameOf(table)} no longer ${routes.length === 1 ? 'applies' : 'apply'} to ${listed(all, most)}.`,
      };
    }
    case 'record': {
      const { record, addresses } = effect.data;
      const zone = nameOf(parentId(record) ?? '');
      return {
        frame: [zone, ...addresses],
        lists: [[nameOf(record)]],
        says: ([names = []], most) =>
          `${listed(names, most)} in ${zone} no longer ${names.length === 1 ? 'resolves' : 'resolve'} to ${listed(addresses, most)}: Azure writes over ${names.length === 1 ? 'the record' : 'the records'}.`,
      };
    }
    case 'unknown':
      return saying(resource, unknownWords(effect.data.why));
  }
}

const deletionWording = (
  resource: string,
  { label, losesRoles, beside }: { readonly label: string; readonly losesRoles: boolean; readonly beside?: string },
): EffectWording => ({
  frame: [label, String(losesRoles)],
  lists: [[nameInParent(beside ?? resource)]],
  says: ([names = []], most) => {
    const roles = losesRoles ? ` Undo does not restore role assignments on ${names.length === 1 ? 'it' : 'them'}.` : '';
    return names.length === 1
      ? `The ${label} ${names[0]} is deleted; this history did not create it.${roles}`
      : `Deleted (${label}), and not created by this history: ${listed(names, most)}.${roles}`;
  },
});

/** A sentence of a resource type. Where it has the name of the resource once, it is the same sentence of another resource. */
function saying(resource: string, says: string): EffectWording {
  for (const name of [nameInParent(resource), nameOf(resource)]) {
    const [before = '', after = '', ...more] = says.split(name);
    const isWhole = !/[\w/-]$/.test(before) && !/^[\w/-]/.test(after);
    if (name === '' || !says.includes(name) || more.length > 0 || !isWhole) continue;
    return {
      frame: [before, after],
      lists: [[name]],
      says: ([[first, ...others] = [name]], most) => {
        const said = `${before}${first ?? name}${after}`;
        return others.length === 0 ? said : `${said.replace(/\.$/, '')}; the same for ${listed(others, most)}.`;
      },
    };
  }
  return { frame: [says], lists: [], says: () => says };
}

const endWords = ({ id, name }: EffectEnd): string => id ?? name;

function subjectOf(resource: string, effect: EffectReason): string {
  switch (effect.kind) {
    case 'opens':
    case 'cutsOff':
      if (effect.reason === 'flow') return endWords(effect.data.from);
      if (effect.reason === 'approval') return effect.data.endpoint ?? resource;
      return effect.reason === 'user' || effect.reason === 'named' ? endWords(effect.data.user) : resource;
    case 'interrupts':
      return effect.reason === 'connections-reset' || effect.reason === 'connections-moved'
        ? effect.data.subnet
        : effect.reason === 'recreated'
          ? effect.data.resource
          : resource;
    case 'overrides':
      if (effect.reason === 'unknown') return resource;
      if (effect.reason === 'record') return effect.data.record;
      return (effect.reason === 'rule' ? effect.data.rules : effect.data.routes).join(', ');
    case 'bypasses':
      return effect.reason === 'unknown' ? resource : effect.data.appliance;
    case 'costs':
      return effect.data.meter;
    case 'otherScope':
      return effect.reason === 'subscription' ? effect.data.subscription : effect.data.group;
    default:
      return resource;
  }
}

/** Kinds that a summary names where there are none of them, too. */
const alwaysCounted: readonly EffectKind[] = ['opens', 'cutsOff', 'interrupts', 'overrides', 'deletes', 'costs'];
const countWords: Readonly<Record<EffectKind, string>> = {
  ...{ opens: 'opens', cutsOff: 'cuts off', interrupts: 'interrupts', overrides: 'overrides', bypasses: 'bypasses' },
  ...{ deletes: 'deletes', oneWay: 'one-way', costs: 'costs', otherScope: 'other scope' },
};

export interface EffectNumber {
  readonly kind: EffectKind;
  readonly count: number;
  /** `interrupts 2 subnets` */
  readonly text: string;
}

/** How many effects there are of each kind, in order. */
export function effectNumbers(effects: readonly Effect[]): EffectNumber[] {
  const counts = effectCounts(effects);
  return effectKinds
    .filter((kind) => counts[kind] > 0 || alwaysCounted.includes(kind))
    .map((kind) => {
      const subnets = kind === 'interrupts' ? subnetsReset(effects) : 0;
      const count = subnets === 0 ? counts[kind] : subnets;
      return { kind, count, text: `${countWords[kind]} ${subnets === 0 ? count : counted(subnets, 'subnet')}` };
    });
}

/** `opens 1 · cuts off 0 · interrupts 2 subnets · overrides 0 · deletes 0 · costs 0` */
export const effectSummary = (effects: readonly Effect[]): string =>
  effectNumbers(effects)
    .map(({ text }) => text)
    .join(' · ');

/** How many subnets lose their open connections; 0 where there are other interruptions too. */
function subnetsReset(effects: readonly Effect[]): number {
  const subnets = new Set<string>();
  for (const one of effects) {
    if (one.kind !== 'interrupts') continue;
    if (one.reason !== 'connections-reset' && one.reason !== 'connections-moved') return 0;
    subnets.add(fold(one.data.subnet));
  }
  return subnets.size;
}
