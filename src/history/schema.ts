// The shape of the index on disk. A file that does not fit is an error to be shown, never a reason to begin anew.

const text = { type: 'string' } as const;
const textOrNull = { type: ['string', 'null'] } as const;
const texts = { type: 'array', items: text } as const;

const step = {
  type: 'object',
  required: [
    'resource',
    'change',
    'findings',
    'state',
    'verified',
    'requestId',
    'operation',
    'message',
    'before',
    'after',
  ],
  properties: {
    resource: text,
    change: {
      type: 'object',
      required: ['kind', 'resource', 'edits'],
      properties: { kind: { enum: ['edit', 'create', 'delete'] }, resource: text, edits: { type: 'array' } },
    },
    findings: texts,
    found: {
      type: 'object',
      required: ['besides', 'pointer', 'says'],
      properties: { besides: texts, pointer: text, says: text },
    },
    state: { enum: ['waiting', 'intended', 'sent', 'done', 'failed', 'skipped', 'unknown'] },
    verified: { type: 'boolean' },
    requestId: textOrNull,
    operation: textOrNull,
    message: textOrNull,
    before: textOrNull,
    after: textOrNull,
  },
} as const;

const rehearsedStep = {
  type: 'object',
  required: ['resource', 'state', 'refusal', 'message', 'unread'],
  properties: {
    resource: text,
    state: { enum: ['done', 'refused', 'unknown', 'skipped'] },
    refusal: { type: ['object', 'null'] },
    message: textOrNull,
    unread: texts,
  },
} as const;

const rehearsal = {
  type: ['object', 'null'],
  required: ['at', 'snapshot', 'outcome', 'steps', 'resolves', 'introduces', 'persists', 'unknown'],
  properties: {
    at: text,
    snapshot: text,
    outcome: { enum: ['done', 'refused', 'unknown'] },
    steps: { type: 'array', items: rehearsedStep },
    resolves: texts,
    introduces: texts,
    persists: texts,
    unknown: texts,
    differences: { type: 'array' },
    limits: texts,
  },
} as const;

const entry = {
  type: 'object',
  required: [
    'id',
    'at',
    'by',
    'verb',
    'findings',
    'resources',
    'steps',
    'state',
    'undoes',
    'undoneBy',
    'redoes',
    'line',
  ],
  properties: {
    id: { type: 'string', minLength: 1 },
    at: text,
    by: text,
    verb: { enum: ['fix', 'undo', 'redo'] },
    findings: texts,
    resources: texts,
    steps: { type: 'array', items: step },
    state: { enum: ['open', 'done', 'partial', 'failed'] },
    undoes: textOrNull,
    undoneBy: textOrNull,
    redoes: textOrNull,
    line: text,
    workspace: textOrNull,
    rehearsal,
  },
} as const;

export const indexSchema = {
  source: text,
  workspace: text,
  entries: { type: 'array', items: entry },
} as const;
