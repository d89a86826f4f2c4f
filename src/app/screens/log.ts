// Log: every request that was sent, as an Azure CLI line, with its response.
import type { Line } from '../../command/definition.ts';
import type { Entry } from '../../model/entry.ts';
import { sameId, typeOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { resourceTypeOf } from '../../resource-types/index.ts';
import { line, word, wrapLine, wrapText } from '../draw/text.ts';
import { rowsOf } from '../rows/rows.ts';
import type { RequestRecord, State } from '../state/state.ts';
import { type Column, defineList } from './list/index.ts';

const look = ({ status }: RequestRecord): string =>
  status === 0 ? 'bad' : status < 300 ? 'ok' : status === 404 ? 'dim' : status < 500 ? 'warn' : 'bad';
const answer = ({ status }: RequestRecord): string => (status === 0 ? 'none' : String(status));
const writes = ({ method }: RequestRecord): boolean => method !== 'GET';

const columns: readonly Column<RequestRecord>[] = [
  {
    title: 'Time',
    letter: 'I',
    width: 8,
    text: ({ at }) => word(new Date(at).toISOString().slice(11, 19), 'dim'),
    rank: ({ at }) => at,
  },
  { title: 'Method', letter: 'H', width: 8, text: (one) => word(one.method, writes(one) ? 'accent' : 'text') },
  {
    title: 'Status',
    letter: 'A',
    width: 8,
    text: (one) => word(answer(one), look(one)),
    rank: ({ status }) => status,
  },
  {
    title: 'ms',
    letter: 'M',
    width: 6,
    text: ({ ms }) => word(String(ms).padStart(6), 'dim'),
    rank: ({ ms }) => ms,
  },
  { title: 'Path', letter: 'P', width: 'rest', text: ({ path }) => word(what(path)) },
];

/** The significant part of a path: from the provider on. */
const what = (path: string): string => clean(path.replace(/^.*\/providers\//i, ''), 300) || clean(path);

export const log = defineList<RequestRecord>({
  name: 'log',
  title: 'Log',
  summary: 'API requests and responses, with the equivalent Azure CLI command',
  key: ({ number }) => String(number),
  of: ({ requests }) => [requests],
  rows: ({ requests }) => rowsOf(requests.toReversed()),
  columns,
  details: [{ title: 'Request', lines: told }],
  detailOf: (_row, { entries }) => [entries],
  empty: () => line(word('  No requests yet', 'dim')),
  always: true,
});

function told(request: RequestRecord, state: State, width: number): Line[] {
  const fact = (name: string, text: string, role?: string) =>
    text === '' ? [] : wrapLine(line(word(name.padEnd(12), 'dim'), word(text, role)), width, 12);
  const status = request.status === 0 ? 'no response' : answer(request);
  return [
    ...fact('Request', `${request.method} ${clean(request.path, 4000)}`, 'heading'),
    ...fact('Response', `${status} after ${request.ms} ms`, look(request)),
    ...fact('Request ID', clean(request.requestId ?? ''), 'dim'),
    [],
    line(word('Azure CLI', 'heading')),
    ...wrapText(twin(request, state.entries), width, 'accent', 2),
  ];
}

/** The line for the change that the history holds under this request; else the raw one. */
function twin(request: RequestRecord, entries: readonly Entry[]): string {
  const steps = entries.flatMap((entry) => entry.steps);
  const step = writes(request)
    ? (steps.findLast(({ requestId }) => requestId !== null && requestId === request.requestId) ??
      steps.findLast(({ resource }) => sameId(resource, request.path)))
    : undefined;
  if (step !== undefined) return clean(resourceTypeOf(typeOf(step.resource)).az(step.change), 4000);
  const url = `${request.path}${request.apiVersion === null ? '' : `?api-version=${request.apiVersion}`}`;
  return clean(`az rest --method ${request.method.toLowerCase()} --url "${url}"`, 4000);
}
