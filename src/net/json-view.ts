// Reads raw JSON whose members may be missing or of any type. Nothing throws.

/** A member of an object; undefined for anything that is no object or has no such member of its own. */
export const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
export const textsOf = (value: unknown): string[] =>
  listOf(value).filter((item): item is string => typeof item === 'string');

/** A number, also one stored as its source text (`{"rawJSON":"1e2"}`). */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const raw = memberOf(value, 'rawJSON');
  return typeof raw === 'string' && raw !== '' ? Number(raw) : undefined;
}
