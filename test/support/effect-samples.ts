// Effects for tests of what shows or decides by them: one of each kind, with its own sentence.
import type { CurrentEffect, EffectEnd, EffectKind, EffectReason, FlowEndKind } from '../../src/model/effect.ts';
import { effectOf } from '../../src/model/effect-words.ts';

const reasons: Readonly<Record<EffectKind, (says: string) => EffectReason>> = {
  opens: (says) => ({ kind: 'opens', reason: 'setting', data: { says } }),
  cutsOff: (says) => ({ kind: 'cutsOff', reason: 'setting', data: { says } }),
  interrupts: (says) => ({ kind: 'interrupts', reason: 'setting', data: { says } }),
  overrides: (why) => ({ kind: 'overrides', reason: 'unknown', data: { why } }),
  bypasses: (why) => ({ kind: 'bypasses', reason: 'unknown', data: { why } }),
  deletes: (label) => ({ kind: 'deletes', reason: 'not-created-here', data: { label, losesRoles: false } }),
  oneWay: (says) => ({ kind: 'oneWay', reason: 'restored-in-part', data: { says } }),
  costs: (says) => ({ kind: 'costs', reason: 'billed', data: { meter: 'm', says } }),
  otherScope: (group) => ({ kind: 'otherScope', reason: 'resource-group', data: { group, own: 'rg' } }),
};

export const sampleEffect = (kind: EffectKind, says: string, automatic = false, resource = '/r'): CurrentEffect =>
  effectOf(resource, reasons[kind](says), automatic);

export const sampleEnd = (name: string, kind: FlowEndKind = 'subnet'): EffectEnd => ({ kind, id: null, name });

/** `from` gains, or loses, access to `to`. */
export const sampleFlow = (
  kind: 'opens' | 'cutsOff',
  [from, to]: readonly [string, string],
  automatic = false,
  traffic = 'TCP 443',
): CurrentEffect =>
  effectOf(
    `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/${to}`,
    {
      ...{ kind, reason: 'flow' },
      data: { from: sampleEnd(from), to: sampleEnd(to, 'service'), traffic, sample: null, certain: true },
    },
    automatic,
  );
