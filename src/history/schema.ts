// The shape of what the history holds. What does not fit is an error to be shown, never a reason to begin anew. Members that a
// newer version adds are kept as they are.
import * as z from 'zod/mini';
import type { Entry, EntryState, EntryStep, StepState } from '../model/entry.ts';
import { isNumberText } from '../model/json.ts';
import { whyNotKnown } from '../model/overwrote.ts';

const text = z.string();
const textOrNull = z.nullable(text);
const texts = z.array(text);
const pointer = text.check(z.regex(/^(\/|$)/));
const json = z.custom((value) => value !== undefined);
const body = z.custom(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value) && !isNumberText(value),
);
const position = z.optional(z.number().check(z.minimum(0)));
const bare = z.optional(z.literal(true));
const key = z.strictObject({ member: textOrNull, fold: z.boolean() });

/** Strict: an undo is made from these. */
const edit = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('set'),
    pointer,
    before: z.optional(json),
    after: z.optional(json),
    at: position,
  }),
  z.strictObject({ op: z.literal('add'), pointer, after: json, key, at: position, bare }),
  z.strictObject({ op: z.literal('remove'), pointer, before: json, key, at: position, bare }),
]);
const found = z.strictObject({ besides: texts, pointer, says: text });
const change = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('edit'),
    resource: text,
    edits: z.array(edit),
    body: z.null(),
    found: z.optional(found),
  }),
  z.looseObject({ kind: z.literal('create'), resource: text, edits: z.tuple([]), body }),
  z.looseObject({ kind: z.literal('delete'), resource: text, edits: z.tuple([]), body, read: z.optional(body) }),
]);

const stepStates = [
  'waiting',
  'intended',
  'sent',
  'done',
  'failed',
  'skipped',
  'unknown',
] as const satisfies readonly StepState[];
const entryStates = ['open', 'done', 'partial', 'failed', 'unreadable'] as const satisfies readonly EntryState[];

const overwrote = z.discriminatedUnion('reason', [
  z.looseObject({
    reason: z.literal('known'),
    data: z.looseObject({
      writes: z.array(z.looseObject({ at: text, by: textOrNull, client: textOrNull })),
      settings: z.number(),
    }),
  }),
  z.looseObject({ reason: z.literal('created-again'), data: z.looseObject({ by: z.enum(['answer', 'record']) }) }),
  z.looseObject({ reason: z.literal('nothing-by-records'), data: z.looseObject({ asked: text }) }),
  z.looseObject({
    reason: z.literal('not-known'),
    data: z.looseObject({
      why: z.enum(whyNotKnown),
      detail: textOrNull,
    }),
  }),
]);

const flaw = z.discriminatedUnion('reason', [
  z.looseObject({ reason: z.literal('error'), data: z.looseObject({ error: text }) }),
  z.looseObject({ reason: z.literal('state'), data: z.looseObject({ state: text }) }),
  z.looseObject({ reason: z.literal('other-value'), data: z.looseObject({ settings: texts }) }),
]);

const refusal = z.looseObject({
  status: z.number(),
  code: text,
  message: text,
  details: z.array(z.looseObject({ code: text, message: text })),
});

const stepMembers = {
  resource: text,
  change,
  bodyLost: z.optional(z.literal(true)),
  found: z.optional(found),
  findings: texts,
  state: z.enum(stepStates),
  verified: z.boolean(),
  begun: z.optional(text),
  correlation: z.optional(text),
  verifiedAt: z.optional(text),
  unanswered: z.optional(text),
  answered: z.optional(z.boolean()),
  requestId: textOrNull,
  operation: textOrNull,
  refusal: z.optional(z.nullable(refusal)),
  message: textOrNull,
  before: textOrNull,
  after: textOrNull,
  origin: z.optional(z.looseObject({ reason: z.enum(['answer', 'evidence', 'record', 'not-known']) })),
  flaw: z.optional(flaw),
  isTaken: z.optional(z.literal(true)),
  isUnproven: z.optional(z.literal(true)),
  unguarded: z.optional(z.boolean()),
  overwrote: z.optional(overwrote),
  vanished: z.optional(z.array(edit)),
};

const whatIf = z.looseObject({
  at: text,
  snapshot: text,
  outcome: z.enum(['done', 'refused', 'unknown']),
  steps: z.array(
    z.looseObject({
      resource: text,
      state: z.enum(['done', 'refused', 'unknown', 'skipped']),
      refusal: z.nullable(z.looseObject({})),
      message: textOrNull,
      unread: texts,
    }),
  ),
  resolves: texts,
  introduces: texts,
  persists: texts,
  unknown: texts,
  differences: z.optional(z.array(json)),
  limits: z.optional(texts),
});

const unreadable = z.looseObject({
  lines: z.array(z.looseObject({ line: z.number(), reason: z.enum(['changed', 'missing', 'misfit', 'follows']) })),
  about: z.nullable(texts),
  since: textOrNull,
});

const entryMembers = {
  at: text,
  by: text,
  verb: z.enum(['fix', 'undo', 'redo', 'unknown']),
  findings: texts,
  resolves: z.optional(texts),
  rollUps: z.optional(texts),
  resolved: z.optional(
    z.looseObject({
      made: z.number().check(z.minimum(0)),
      findings: texts,
      others: z.optional(texts),
      rollUps: z.optional(texts),
    }),
  ),
  resources: texts,
  state: z.enum(entryStates),
  undoes: textOrNull,
  undoneBy: textOrNull,
  redoes: textOrNull,
  partOf: z.optional(text),
  left: z.optional(z.array(z.looseObject({ resource: text, stands: z.boolean() }))),
  line: text,
  imported: z.optional(z.looseObject({ at: text, by: text })),
  workspace: z.optional(textOrNull),
  resumed: z.optional(text),
  rehearsal: z.nullable(whatIf),
  unreadable: z.optional(unreadable),
};
const id = text.check(z.minLength(1));
const entry = z.looseObject({ id, ...entryMembers, steps: z.array(z.looseObject(stepMembers)) });

export const journalSchema = 'bastide/journal/v1';

/** Which workspace of which source the journal is about. Always the first record, and only that. */
export interface JournalHeader {
  readonly kind: 'journal';
  readonly schema: typeof journalSchema;
  readonly source: { readonly kind: string; readonly name: string };
  readonly workspace: string;
}
/** An entry as it was begun, or as an older version kept it; in place of an earlier one of the same id. */
export interface BegunRecord {
  readonly kind: 'entry';
  readonly entry: Entry;
}
/** What became of an entry: the members that have other values now, of itself and of its steps, which are counted from 0. */
export interface ChangeRecord {
  readonly kind: 'change';
  readonly entry: string;
  readonly set: Partial<Omit<Entry, 'id' | 'steps'>>;
  readonly steps: readonly { readonly step: number; readonly set: Partial<EntryStep> }[];
}
/** What happened to the journal itself. */
export interface NoteRecord {
  readonly kind: 'note';
  readonly at: string;
  readonly text: string;
  /** The SHA-256 of the file of an older version that the entries behind this note were read from. */
  readonly converted?: string;
}
export type JournalRecord = JournalHeader | BegunRecord | ChangeRecord | NoteRecord;

const record = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('journal'),
    schema: z.literal(journalSchema),
    source: z.looseObject({ kind: text, name: text }),
    workspace: text,
  }),
  z.looseObject({ kind: z.literal('entry'), entry }),
  z.looseObject({
    kind: z.literal('change'),
    entry: id,
    set: z.partial(z.looseObject(entryMembers)),
    steps: z.array(z.looseObject({ step: z.number().check(z.minimum(0)), set: z.partial(z.looseObject(stepMembers)) })),
  }),
  z.looseObject({ kind: z.literal('note'), at: text, text, converted: z.optional(text) }),
]);

/** Where a value does not fit, as a JSON pointer into it; undefined where it does. The value itself is used as it was parsed. */
const misfit = (schema: z.ZodMiniType, value: unknown): string | undefined => {
  const checked = schema.safeParse(value);
  if (checked.success) return undefined;
  return `/${checked.error.issues[0]?.path.map(String).join('/') ?? ''}`;
};
export const misfitOfRecord = (value: unknown): string | undefined => misfit(record, value);
export const misfitOfEntries = (value: unknown): string | undefined =>
  misfit(z.looseObject({ entries: z.array(entry) }), value);
