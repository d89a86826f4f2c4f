// The IP allow-list of a workspace, in either of the two forms that preview versions show (rules-catalogue,
// `workspace.ip-allowlist`). No stable version shows it: the scan reads it beside the workspace and notes a gap where Azure
// refuses.
import { enumAt, itemsAt, textAt } from '../../kinds/read.ts';
import type { Json } from '../../model/json.ts';
import { type Pointer, valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { fold } from '../../model/resource-id.ts';
import { GapRead, type World } from '../../model/world.ts';
import { parseRange, sizeOfUnion } from '../../net/ipv4.ts';
import { effectivelyOpen } from './firewall.ts';
import { isOdd } from './workspace.ts';

export interface AllowlistEntry {
  /** Undefined where the entry is no text and names none. */
  readonly value: string | undefined;
  readonly raw: Json;
  readonly pointer: Pointer;
}
export interface Allowlist {
  /** `none`: neither form is there. `odd`: something else than a list stands there. */
  readonly state: 'listed' | 'none' | 'odd';
  /** The list itself, where there is one. */
  readonly pointer: Pointer;
  readonly entries: readonly AllowlistEntry[];
  /** Does it keep the Internet out? A list of more than a /8 does so in name only. */
  readonly restricts: boolean;
}

const plainPointer = '/properties/ipAllowlist';
const aclsPointer = '/properties/networkAcls';

/** The id under which the scan notes that the list was refused. */
export const allowlistGap = (workspace: string): string => `${workspace}/ipAllowlist`;

/** The allow-list of a workspace. Throws GapRead when Azure refused to show it. */
export function allowlistOf(workspace: Resource, world: World): Allowlist {
  const { body } = workspace;
  const shown = (pointer: Pointer) => (valueAt(body, pointer) ?? null) !== null;
  const acls = shown(aclsPointer);
  const pointer = acls && !shown(plainPointer) ? `${aclsPointer}/ipRules` : plainPointer;
  const odd = acls && isOdd(workspace, aclsPointer, 'object') ? aclsPointer : pointer;
  if (odd !== pointer || isOdd(workspace, pointer, 'list')) {
    return { state: 'odd', pointer: odd, entries: [], restricts: false };
  }
  if (!shown(plainPointer) && !acls) {
    const gap = world.snapshot.gaps.find(({ id }) => fold(id) === fold(allowlistGap(workspace.id)));
    if (gap) throw new GapRead(gap);
    return { state: 'none', pointer, entries: [], restricts: false };
  }
  const entries = itemsAt(body, pointer).map(({ item, pointer: at }) => {
    const value = typeof item === 'string' ? item : textAt(item, '/value');
    return { value: value?.trim(), raw: item, pointer: at };
  });
  const action = acls ? enumAt(body, `${aclsPointer}/defaultAction`, ['Allow', 'Deny']) : undefined;
  const restricts = action === 'Deny' || (action === undefined && entries.length > 0);
  return { state: 'listed', pointer, entries, restricts: restricts && !isWide(entries) };
}

function isWide(entries: readonly AllowlistEntry[]): boolean {
  const ranges = entries.flatMap(({ value }) => {
    const range = parseRange(value ?? '');
    return range.ok ? [range.value] : [];
  });
  return sizeOfUnion(ranges) >= effectivelyOpen;
}
