// Settings that say who can reach a resource, whatever its type: which of them a change relaxes. By the names of members, which Azure's
// types share; nothing is known here of what else stands in the way. Pure.
import { isArray, isObject, type Json } from '../../model/json.ts';
import { fold } from '../../model/resource-id.ts';
import { textAt } from '../read.ts';

/** Values that let nothing or less in; any other, an absent one too, lets more in. */
const closedValues: Readonly<Record<string, readonly string[]>> = {
  publicnetworkaccess: ['disabled', 'securedbyperimeter'],
  publicnetworkaccessforingestion: ['disabled', 'securedbyperimeter'],
  publicnetworkaccessforquery: ['disabled', 'securedbyperimeter'],
  defaultaction: ['deny'],
  accessmode: ['enforced'],
  ingestionaccessmode: ['privateonly'],
  queryaccessmode: ['privateonly'],
  isolationmode: ['allowonlyapprovedoutbound'],
  remoteloginportpublicaccess: ['disabled'],
  sshpublicaccess: ['disabled'],
  enableprivatecluster: ['true'],
  enablenopublicip: ['true'],
  enableprivateclusterpublicfqdn: ['false'],
  enablenodepublicip: ['false'],
  allowpublicaccesswhenbehindvnet: ['false'],
  allowblobpublicaccess: ['false'],
  anonymouspullenabled: ['false'],
};

/** Lists of sources, or of what may be reached. `true`: an empty one lets everything in. */
const sourceLists: Readonly<Record<string, boolean>> = {
  iprules: false,
  ipv6rules: false,
  virtualnetworkrules: false,
  resourceaccessrules: false,
  addressprefixes: false,
  ipaddresses: false,
  subscriptions: false,
  authorizedipranges: true,
  ipallowlist: true,
  bypass: false,
  networkrulebypassoptions: false,
};

/** Either end of a range of addresses that a rule resource allows. */
const ends = ['startipaddress', 'endipaddress'];

export interface RelaxedMember {
  readonly name: string;
  /** What a list of sources has afterwards and had not. */
  readonly added: readonly Json[];
}

/** The members of reach that are relaxed from one body to the next; `before`: undefined for what is made. */
export function relaxedMembers(before: Json | undefined, after: Json | undefined): readonly RelaxedMember[] {
  if (before === after || after === undefined) return [];
  if (isArray(after)) {
    const was = isArray(before) ? before : [];
    return after.flatMap((item, at) => relaxedMembers(was.find((one) => isSameItem(one, item)) ?? was[at], item));
  }
  if (!isObject(after)) return [];
  const was = isObject(before) ? before : {};
  const names = new Set([...Object.keys(was), ...Object.keys(after)]);
  return [...names].flatMap((name) => {
    const own = relaxed(name, was[name], after[name]);
    return own === undefined ? relaxedMembers(was[name], after[name]) : own;
  });
}

const isSameItem = (one: Json, other: Json): boolean => {
  const [key, own] = [one, other].map((item) => textAt(item, '/id') ?? textAt(item, '/name'));
  return key !== undefined && own !== undefined && fold(key) === fold(own);
};

/** Undefined for a member that is none of reach. */
function relaxed(name: string, was: Json | undefined, is: Json | undefined): RelaxedMember[] | undefined {
  const key = fold(name);
  const closed = Object.hasOwn(closedValues, key) ? closedValues[key] : undefined;
  if (closed !== undefined) {
    const isClosed = (value: Json | undefined) => value !== undefined && closed.includes(fold(String(value)));
    return isClosed(was) && !isClosed(is) ? [{ name, added: [] }] : [];
  }
  if (ends.includes(key)) return was === is || is === undefined ? [] : [{ name, added: [is] }];
  const isOpenEmpty = Object.hasOwn(sourceLists, key) ? sourceLists[key] : undefined;
  const [old, fresh] = [itemsOf(was), itemsOf(is)];
  if (isOpenEmpty === undefined || old === undefined || fresh === undefined) return undefined;
  const known = new Set(old.map(asText));
  const added = fresh.filter((one) => !known.has(asText(one)));
  if (isOpenEmpty) {
    if (old.length === 0) return [];
    return fresh.length === 0 || added.length > 0 ? [{ name, added }] : [];
  }
  return added.length > 0 ? [{ name, added }] : [];
}

/** Of a bypass the names of its text; undefined for what is no list of sources. */
function itemsOf(value: Json | undefined): readonly Json[] | undefined {
  if (value === undefined || value === null) return [];
  if (isArray(value)) return value;
  if (typeof value !== 'string') return undefined;
  return value.split(',').flatMap((one) => (fold(one.trim()) === 'none' ? [] : [one.trim()]));
}
const asText = (item: Json): string => fold(JSON.stringify(item));
