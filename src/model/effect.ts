// What a change means for those who use the network, computed from the snapshot before and after it: who gains and who loses access,
// what is interrupted, whose rules lose force, what is deleted, cannot be undone, is billed or lies elsewhere. Reasons are data; their
// sentences stand in effect-words.ts. Pure.
import { fold } from './resource-id.ts';

/** In the order in which an operator reads them. */
export const effectKinds = [
  'opens',
  'cutsOff',
  'interrupts',
  'overrides',
  'bypasses',
  'deletes',
  'oneWay',
  'costs',
  'otherScope',
] as const;

/**
 * - `opens`: a source reaches a target that it did not reach before;
 * - `cutsOff`: a source no longer reaches a target;
 * - `interrupts`: connections are reset, a resource restarts or is recreated, a name resolves to nothing for a while;
 * - `overrides`: a rule, route or DNS record that this history did not make loses force;
 * - `bypasses`: traffic leaves an appliance or firewall that it passed;
 * - `deletes`: a resource that this history did not create is deleted;
 * - `oneWay`: an undo may be refused, or restores only a part;
 * - `costs`: it is billed from then on;
 * - `otherScope`: the change, what Azure writes with it, or an unread user of what it changes, is in another resource group or subscription.
 */
export type EffectKind = (typeof effectKinds)[number];

/** Kinds of version 0.1, which JSON keeps beside the others until 0.4: what the settings of a change say, without the network. */
export const oldEffectKinds = ['relaxes', 'restricts', 'outage', 'allows'] as const;
export type OldEffectKind = (typeof oldEffectKinds)[number];

/** What a resource type says of the two sides of a change, without the network around it. */
export type SettingKind = OldEffectKind;

export type FlowEndKind =
  | 'internet'
  /** This machine, by the address it was seen with. */
  | 'machine'
  /** An address or range that the operator declared. */
  | 'client'
  /** Public addresses that nobody declared. */
  | 'addresses'
  | 'tag'
  /** A host name, or a pattern of them, that a firewall rule names. */
  | 'host'
  | 'subnet'
  | 'compute'
  | 'virtualMachine'
  | 'cluster'
  | 'serverless'
  | 'onlineEndpoint'
  | 'workspace'
  | 'datastore'
  | 'registry'
  | 'service'
  | 'trustedServices';

/** One end of a flow. `id`: null where it is no resource. */
export interface EffectEnd {
  readonly kind: FlowEndKind;
  readonly id: string | null;
  readonly name: string;
  /** Every prefix of addresses whose name lists some. */
  readonly prefixes?: readonly string[];
  /** The only names of a service that are meant; absent where all are. */
  readonly hosts?: readonly string[];
}

/** Traffic between two ends whose outcome a change decides. */
export interface ChangedFlow {
  readonly from: EffectEnd;
  readonly to: EffectEnd;
  /** `TCP 443`, `any protocol`. */
  readonly traffic: string;
  /** One packet of it, where addresses decide; else null. */
  readonly sample: string | null;
  /** False where what could not be read may decide otherwise. */
  readonly certain: boolean;
  /** Absent where something was seen that sends it. */
  readonly use?: Exclude<Use, 'seen'>;
  /** Only batch endpoints need it. */
  readonly onlyFor?: 'batchEndpoints';
}

/** Was anything seen that sends from a place? `possible`: nothing that is read says that it is not used. */
export type Use = 'seen' | 'possible' | 'none';

interface Reasons {
  readonly opens: {
    readonly flow: ChangedFlow;
    /** A setting outside the packets: a key, a login, an API. */
    readonly setting: SettingReason;
    /** A private endpoint is approved at its target. `endpoint`: null where its id is not known. */
    readonly approval: { readonly endpoint: string | null; readonly target: string; readonly isRead: boolean };
    readonly unknown: UnknownReason;
  };
  readonly cutsOff: {
    readonly flow: ChangedFlow;
    readonly setting: SettingReason;
    /** A workspace, registry or datastore uses the service and has no way to it afterwards, or none that is known. */
    readonly user: { readonly user: EffectEnd; readonly service: EffectEnd; readonly certain: boolean };
    /** A setting of the user names a resource that is deleted, and keeps doing so. `named`: its id. */
    readonly named: { readonly user: EffectEnd; readonly named: string; readonly pointer: string };
    /** The system-assigned identity of a resource ends, with its role assignments and access policies. */
    readonly identity: { readonly holder: string };
    readonly unknown: UnknownReason;
  };
  readonly interrupts: {
    readonly 'connections-reset': { readonly subnet: string; readonly service: string };
    readonly recreated: { readonly resource: string };
    readonly 'name-unresolved': {
      readonly zone: string;
      readonly networks: readonly string[];
      /** Ids of the services whose names they are. */
      readonly services: readonly string[];
    };
    /** A group with `flushConnection` evaluates open connections again. */
    readonly 'connections-evaluated': { readonly group: string };
    /** Packets to public addresses no longer pass a hop that translates them, or pass one from then on. `hop`: its id, else words. */
    readonly 'connections-moved': { readonly subnet: string; readonly hop: string };
    readonly setting: SettingReason;
  };
  readonly overrides: {
    readonly rule: {
      /** Id of the group, and names of the rules that lose force, in the order in which they are evaluated. */
      readonly group: string;
      readonly rules: readonly string[];
      readonly traffic: string;
      /** False where what could not be read decides whether they lose it. */
      readonly certain: boolean;
    };
    readonly route: {
      readonly table: string;
      readonly routes: readonly string[];
      readonly prefixes: readonly string[];
    };
    /** Azure writes over a record of a private DNS zone: its id, and the addresses that it had. */
    readonly record: { readonly record: string; readonly addresses: readonly string[] };
    readonly unknown: UnknownReason;
  };
  readonly bypasses: {
    readonly appliance: {
      readonly from: EffectEnd;
      readonly to: readonly string[];
      /** Address or id of the appliance, gateway or firewall that the traffic passed. */
      readonly appliance: string;
    };
    readonly unknown: UnknownReason;
  };
  readonly deletes: {
    readonly 'not-created-here': { readonly label: string; readonly losesRoles: boolean } & Beside;
  };
  readonly oneWay: {
    readonly 'restored-in-part': { readonly says: string };
    /** Azure refuses the undo once something uses the resource. */
    readonly 'may-be-refused': { readonly says: string };
    readonly 'not-undone': { readonly says: string; readonly lost?: NotRestored };
  };
  readonly costs: { readonly billed: { readonly meter: string; readonly says: string } };
  readonly otherScope: {
    readonly 'resource-group': { readonly group: string; readonly own: string } & Beside;
    readonly subscription: { readonly subscription: string; readonly own: string } & Beside;
  };
}

/**
 * What no undo restores, and why:
 *
 * - `resource`: it is deleted, and is not created again as it was, for the reason of its type; or Bastide creates none of its type;
 * - `settings`: Azure does not take the values before, at these pointers.
 */
export type NotRestored =
  | { readonly what: 'resource'; readonly because: 'of-type'; readonly says: string }
  | { readonly what: 'resource'; readonly because: 'not-created-by-bastide'; readonly plural: string }
  | { readonly what: 'settings'; readonly pointers: readonly string[] };

/**
 * Id of what Azure writes or deletes with the change, of the endpoint that it approves, or of an unread user of what it changes; absent
 * of the resource that the change names.
 */
interface Beside {
  readonly beside?: string;
}

/** What a resource type says of a setting that packets do not decide. */
interface SettingReason {
  readonly says: string;
}

/** What could not be computed, and why. */
interface UnknownReason {
  readonly why: string;
}

type ReasonOf<Kind extends EffectKind> = {
  readonly [Reason in keyof Reasons[Kind]]: {
    readonly kind: Kind;
    readonly reason: Reason;
    readonly data: Reasons[Kind][Reason];
  };
}[keyof Reasons[Kind]];

/** Kind, reason and data of each effect there is. */
export type EffectReason = { readonly [Kind in EffectKind]: ReasonOf<Kind> }[EffectKind];

interface EffectText {
  /** Id of the resource that the change writes. */
  readonly resource: string;
  /** One sentence: who or what, by name and number. */
  readonly detail: string;
  /** Who gains or loses, or what is deleted or billed: an id, a prefix, a service tag, or a few words. */
  readonly subject: string;
}

export type CurrentEffect = EffectText &
  EffectReason & {
    /** The findings of its step name it, and nobody known is harmed: the step may be applied without being asked for. */
    readonly automatic: boolean;
  };

/** An effect as version 0.1 told it; nothing decides on it but JSON's readers. */
export type OldEffect = EffectText & {
  readonly kind: OldEffectKind;
  /** Deny rules that the history did not make and that an Allow rule comes before. */
  readonly overrides?: OverriddenRules;
};

export type Effect = CurrentEffect | OldEffect;

/** What a resource type says of the two sides of a change. */
export interface SettingEffect extends EffectText {
  readonly kind: SettingKind;
  readonly overrides?: OverriddenRules;
  /** The current kind that tells it, null for none; absent where its resource type says whether packets decide. */
  readonly now?: 'opens' | 'cutsOff' | 'interrupts' | null;
}

export interface OverriddenRules {
  /** Names of the rules, in the order in which they are evaluated. */
  readonly rules: readonly string[];
  /** Together they deny `*`, `Internet`, or half of IPv4 or more on the ports that are allowed. */
  readonly wide: boolean;
}

export const effectLabels: Readonly<Record<EffectKind, string>> = {
  opens: 'Opens',
  cutsOff: 'Cuts off',
  interrupts: 'Interrupts',
  overrides: 'Overrides',
  bypasses: 'Bypasses',
  deletes: 'Deletes',
  oneWay: 'One-way',
  costs: 'Costs',
  otherScope: 'Other scope',
};

/** The kinds as values of `--allow-effects`. */
export const effectFlags: Readonly<Record<EffectKind, string>> = {
  opens: 'opens',
  cutsOff: 'cuts-off',
  interrupts: 'interrupts',
  overrides: 'overrides',
  bypasses: 'bypasses',
  deletes: 'deletes',
  oneWay: 'one-way',
  costs: 'costs',
  otherScope: 'other-scope',
};

/** Values of version 0.1, and the kinds that each allows. */
const aliases: Readonly<Record<OldEffectKind, readonly EffectKind[]>> = {
  relaxes: ['opens', 'overrides', 'bypasses'],
  restricts: ['cutsOff'],
  outage: ['interrupts'],
  allows: ['opens'],
};

export const isCurrent = (effect: Effect): effect is CurrentEffect =>
  !oldEffectKinds.includes(effect.kind as OldEffectKind);

/** Must an operator select a step with this effect, or allow it? */
export const isRisky = (effect: Effect): boolean => isCurrent(effect) && !effect.automatic;

/** The kinds of a flag's word, in any of its spellings; undefined for anything else. */
export function readEffectKinds(text: string): readonly EffectKind[] | undefined {
  const wanted = fold(text.trim()).replaceAll('-', '');
  const own = effectKinds.find((kind) => fold(kind) === wanted);
  const old = oldEffectKinds.find((kind) => kind === wanted);
  return own !== undefined ? [own] : old === undefined ? undefined : aliases[old];
}

/** By kind, otherwise in the order given; the same effect once, automatic only where it is so everywhere. */
export function gatheredEffects(effects: readonly Effect[]): Effect[] {
  const once = new Map<string, Effect>();
  for (const one of effects) {
    const key = `${one.kind} ${fold(one.resource)} ${one.detail}`;
    const known = once.get(key);
    if (known === undefined || (isRisky(one) && !isRisky(known))) once.set(key, one);
  }
  const order: readonly string[] = [...effectKinds, ...oldEffectKinds];
  return [...once.values()].toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

/** Those that are shown. */
export const currentEffects = (effects: readonly Effect[]): CurrentEffect[] => effects.filter(isCurrent);

/** The kinds among them, in order. */
export const kindsOf = (effects: readonly Effect[]): EffectKind[] =>
  effectKinds.filter((kind) => effects.some((one) => one.kind === kind));

/** How many effects there are of each kind: the numbers of a plan's summary. */
export const effectCounts = (effects: readonly Effect[]): Readonly<Record<EffectKind, number>> =>
  Object.fromEntries(effectKinds.map((kind) => [kind, effects.filter((one) => one.kind === kind).length])) as Record<
    EffectKind,
    number
  >;
