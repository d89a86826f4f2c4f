// The sentence of each effect, and who or what it is about. The one place that words them. Pure.
import type { ChangedFlow, CurrentEffect, EffectReason, FlowEnd } from './effect.ts';
import { nameInParent, nameOf } from './resource-id.ts';
import { clean, counted } from './text.ts';

/** An effect with its words. `resource`: id of the resource that the change writes. */
export const effectOf = (resource: string, reason: EffectReason, automatic = false): CurrentEffect => ({
  ...reason,
  resource,
  detail: clean(detailOf(resource, reason)),
  subject: clean(subjectOf(resource, reason)),
  automatic,
});

const flowWords = ({ from, to, traffic }: ChangedFlow): string => `${from.name} to ${to.name}, ${traffic}`;
const perhaps = (certain: boolean): string => (certain ? '' : ' What could not be read decides whether this holds.');
const listed = (names: readonly string[], most = 4): string =>
  names.length > most ? `${names.slice(0, most).join(', ')} and ${names.length - most} more` : names.join(', ');

/** One sentence. */
export function detailOf(resource: string, effect: EffectReason): string {
  switch (effect.kind) {
    case 'opens':
      if (effect.reason === 'flow') return `${flowWords(effect.data)}: allowed from now on.${perhaps(effect.data.certain)}`;
      return effect.reason === 'setting' ? effect.data.says : unknownWords(effect.data.why);
    case 'cutsOff':
      if (effect.reason === 'flow') return `${flowWords(effect.data)}: blocked from now on.${perhaps(effect.data.certain)}`;
      if (effect.reason === 'user') {
        const { user, service, certain } = effect.data;
        return certain
          ? `${user.name} uses ${service.name} and loses access to it.`
          : `${user.name} uses ${service.name}; whether it keeps access is not known.`;
      }
      return effect.reason === 'setting' ? effect.data.says : unknownWords(effect.data.why);
    case 'interrupts':
      switch (effect.reason) {
        case 'connections-reset':
          return `Open connections from ${nameInParent(effect.data.subnet)} to ${effect.data.service} are reset.`;
        case 'recreated':
          return `${nameInParent(effect.data.resource)} is deleted and created again.`;
        case 'name-unresolved':
          return `Names in ${effect.data.zone} resolve to no address in ${listed(effect.data.networks.map(nameOf))} until their records are written.`;
        case 'setting':
          return effect.data.says;
      }
      break;
    case 'overrides':
      if (effect.reason === 'rule') {
        const { group, rules, traffic } = effect.data;
        return `${listed(rules)} of ${nameOf(group)} no longer ${rules.length === 1 ? 'decides' : 'decide'} ${traffic}.`;
      }
      if (effect.reason === 'route') {
        const { table, routes, prefixes } = effect.data;
        return `${listed(routes)} of ${nameOf(table)} no longer ${routes.length === 1 ? 'applies' : 'apply'} to ${listed(prefixes)}.`;
      }
      return unknownWords(effect.data.why);
    case 'bypasses':
      if (effect.reason === 'unknown') return unknownWords(effect.data.why);
      return `Traffic of ${effect.data.from.name} to ${listed(effect.data.to)} no longer passes ${nameOf(effect.data.appliance)}.`;
    case 'deletes':
      return `The ${effect.data.label} ${nameInParent(resource)} is deleted; this history did not create it.${
        effect.data.losesRoles ? ' Undo does not restore role assignments on it.' : ''
      }`;
    case 'oneWay':
      return effect.data.says;
    case 'costs':
      return effect.data.says;
    case 'otherScope':
      return effect.reason === 'subscription'
        ? `${nameInParent(resource)} is in the subscription ${effect.data.subscription}, the workspace in ${effect.data.own}.`
        : `${nameInParent(resource)} is in the resource group ${effect.data.group}, the workspace in ${effect.data.own}.`;
  }
  return '';
}

const unknownWords = (why: string): string => `Not known: ${why}`;

const endWords = ({ id, name }: FlowEnd): string => id ?? name;

function subjectOf(resource: string, effect: EffectReason): string {
  switch (effect.kind) {
    case 'opens':
    case 'cutsOff':
      if (effect.reason === 'flow') return endWords(effect.data.from);
      return effect.reason === 'user' ? endWords(effect.data.user) : resource;
    case 'interrupts':
      return effect.reason === 'connections-reset'
        ? effect.data.subnet
        : effect.reason === 'recreated'
          ? effect.data.resource
          : resource;
    case 'overrides':
      if (effect.reason === 'unknown') return resource;
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

/** `opens 1 · cuts off 0 · interrupts 2 · overrides 0 · deletes 0 · costs 0`. */
export function effectNumbers(counts: Readonly<Record<CurrentEffect['kind'], number>>): string {
  const always = ['opens', 'cutsOff', 'interrupts', 'overrides', 'deletes', 'costs'] as const;
  const words = { opens: 'opens', cutsOff: 'cuts off', interrupts: 'interrupts', overrides: 'overrides' } as const;
  const more = { bypasses: 'bypasses', deletes: 'deletes', oneWay: 'one-way', costs: 'costs' } as const;
  const all = { ...words, ...more, otherScope: 'other scope' } as const;
  return (Object.keys(all) as (keyof typeof all)[])
    .filter((kind) => counts[kind] > 0 || always.some((one) => one === kind))
    .map((kind) => `${all[kind]} ${counts[kind]}`)
    .join(' · ');
}

/** `3 effects`. */
export const countedEffects = (count: number): string => counted(count, 'effect');
