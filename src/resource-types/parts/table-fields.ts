// Columns of tables by the pointers of their values, and what several tables share. Reads only; never throws.
import { isArray, isNumberText, isObject, type Json } from '../../model/json.ts';
import { type Pointer, valueAt } from '../../model/pointer.ts';
import { fold, nameOf } from '../../model/resource-id.ts';
import type { ResourceTable, TableColumn, TableRow } from '../../model/table.ts';
import { isUnresolved } from '../../model/unresolved.ts';

/** A column with the pointers of its values; `*` in a pointer stands for every item of a list. */
export interface TableField extends TableColumn {
  readonly at: Pointer | readonly Pointer[];
  /** Only the name of an id. */
  readonly name?: true;
}

/** A value as text; a list with commas. An object has none, and a value that a file leaves open is unknown. */
export function cellOf(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  if (isUnresolved(value)) return 'unknown';
  if (isArray(value)) return value.map(cellOf).filter(Boolean).join(', ');
  if (isNumberText(value)) return value.rawJSON;
  return isObject(value) ? '' : String(value);
}

export const shortId = (text: string): string => (text.startsWith('/') ? nameOf(text) : text);

function valuesAt(item: Json, pointer: Pointer): Json[] {
  const [first = '', ...rest] = pointer.split('/*');
  const value = valueAt(item, first);
  if (value === undefined || rest.length === 0) return value === undefined ? [] : [value];
  if (isUnresolved(value)) return [value];
  return isArray(value) ? value.flatMap((one) => valuesAt(one, rest.join('/*'))) : [];
}

export function fieldOf(item: Json, { at, name }: Pick<TableField, 'at' | 'name'>): string {
  const values = (typeof at === 'string' ? [at] : at).flatMap((pointer) => valuesAt(item, pointer)).map(cellOf);
  const texts = values.filter((text) => text !== '');
  // Azure gives a single value both ways.
  return [...new Set(name === true ? texts.map(shortId) : texts)].join(', ');
}

export const tableOf = (
  title: string,
  fixed: number,
  fields: readonly TableField[],
  items: readonly Json[],
  more: (item: Json) => Partial<TableRow> = () => ({}),
): ResourceTable => ({
  title,
  fixed,
  columns: fields.map(({ title: head, keep, right }) => ({ title: head, keep, ...(right ? { right } : {}) })),
  rows: items.map((item) => ({ cells: fields.map((field) => fieldOf(item, field)), ...more(item) })),
});

export const both = (singular: string, plural: string): Pointer[] => [
  `/properties/${singular}`,
  `/properties/${plural}`,
];
export const numberOf = (item: Json, pointer: Pointer): number => Number(cellOf(valueAt(item, pointer))) || 0;
export const nameAt = (item: Json): string => cellOf(valueAt(item, '/name'));

/** The columns of security rules, whose members are at `base`. */
export function ruleFields(base: Pointer): readonly TableField[] {
  const at = (...names: string[]): Pointer[] => names.map((name): Pointer => `${base}/${name}`);
  const side = (name: string): Pointer[] =>
    at(`${name}AddressPrefix`, `${name}AddressPrefixes`, `${name}ApplicationSecurityGroups/*/id`);
  return [
    { title: 'Priority', keep: 9, at: at('priority'), right: true },
    { title: 'Name', keep: 8, at: '/name' },
    { title: 'Direction', keep: 3, at: at('direction') },
    { title: 'Access', keep: 7, at: at('access') },
    { title: 'Protocol', keep: 2, at: at('protocol') },
    { title: 'Source', keep: 5, at: side('source'), name: true },
    { title: 'Source ports', keep: 1, at: at('sourcePortRange', 'sourcePortRanges') },
    { title: 'Destination', keep: 6, at: side('destination'), name: true },
    { title: 'Destination ports', keep: 4, at: at('destinationPortRange', 'destinationPortRanges') },
  ];
}

/** Inbound rules, then outbound ones, each by priority. */
export function ruleOrder(items: readonly Json[], base: Pointer): Json[] {
  const isOutbound = (item: Json) => Number(fold(cellOf(valueAt(item, `${base}/direction`))) === 'outbound');
  const priority = (item: Json) => numberOf(item, `${base}/priority`);
  return [...items].sort((a, b) => isOutbound(a) - isOutbound(b) || priority(a) - priority(b));
}
