// Microsoft's own validator (oav) over one folder of documents. What it is known to skip is checked
// here, and what it cannot read is a problem, for everything it is shown is our own.
import { createRequire } from 'node:module';
import path from 'node:path';
import { type DocumentChoice, type DocumentSet, specs } from './documents.ts';

export interface Pair {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly status: number;
  /** Names in lower case. */
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly requestBody: unknown;
  readonly responseBody: unknown;
}
export interface Violation {
  readonly side: 'request' | 'response';
  readonly code: string;
  /** Where in the body, as oav writes it. */
  readonly at: string;
  readonly message: string;
}
export type ProblemSides = readonly Violation['side'][];
export type Validate = (pair: Pair, choice: DocumentChoice, sides: ProblemSides) => Promise<readonly Violation[]>;

interface Found {
  readonly errors?: readonly {
    readonly code: string;
    readonly message: string;
    readonly pathsInPayload?: readonly string[];
  }[];
  readonly runtimeException?: { readonly code: string; readonly message: string };
}
interface Matches {
  readonly matches: readonly { readonly operation: { readonly operationId: string } }[];
}
interface LiveValidator {
  readonly operationSearcher: { getPotentialOperations(request: object): Matches };
  initialize(): Promise<void>;
  validateLiveRequestResponse(pair: object): Promise<{
    readonly requestValidationResult: Found;
    readonly responseValidationResult: Found;
    readonly runtimeException?: Found['runtimeException'];
  }>;
}

/** Loads the documents that the choices name; each operation is compiled when it is first used. */
export async function openValidator(choices: readonly DocumentChoice[]): Promise<Validate> {
  const { LiveValidator } = createRequire(import.meta.url)('oav') as {
    readonly LiveValidator: new (options: object, log: () => void) => LiveValidator;
  };
  let wanted = '';
  const bySet = Map.groupBy(choices, (choice) => choice.set);
  const validators = new Map<DocumentSet, LiveValidator>();
  for (const [set, chosen] of bySet) {
    const validator = new LiveValidator(
      {
        directory: path.join(specs, set),
        git: { shouldClone: false },
        swaggerPathsPattern: [...new Set(chosen.map(({ file }) => file))],
        excludedSwaggerPathsPattern: ['**/examples/**', '**/common-types/**'],
        isPathCaseSensitive: false,
        loadValidatorInBackground: false,
        loadValidatorInInitialize: false,
        isArmCall: true,
      },
      () => {},
    );
    await validator.initialize();
    const { operationSearcher: searcher } = validator;
    const search = searcher.getPotentialOperations.bind(searcher);
    // Where two templates match (`…/virtualNetworkLinks/{}` and `…/{recordType}/{}`) oav gives up: the choice was made before.
    searcher.getPotentialOperations = (request) => {
      const found = search(request);
      if (found.matches.length < 2) return found;
      return { ...found, matches: found.matches.filter(({ operation }) => operation.operationId === wanted) };
    };
    validators.set(set, validator);
  }
  return async (pair, choice, sides) => {
    const validator = validators.get(choice.set);
    if (!validator) throw new Error(`no document of ${choice.set} was loaded`);
    wanted = choice.id;
    const url = new URL(pair.url, 'https://management.azure.com');
    const query = new URLSearchParams({ ...Object.fromEntries(url.searchParams), 'api-version': choice.version });
    const said = await validator.validateLiveRequestResponse({
      liveRequest: {
        method: pair.method,
        url: `${choice.asked}?${query}`,
        headers: { 'content-type': 'application/json' },
        query: Object.fromEntries(query),
        body: pair.requestBody,
      },
      liveResponse: {
        statusCode: `${pair.status}`,
        headers: { 'content-type': 'application/json; charset=utf-8', ...pair.responseHeaders },
        body: pair.responseBody,
      },
    });
    if (said.runtimeException) throw new Error(`oav cannot read the exchange: ${said.runtimeException.message}`);
    const problems = [
      ...problemsOf('request', said.requestValidationResult),
      ...problemsOf('response', said.responseValidationResult),
      ...withoutWay(pair),
    ];
    return problems.filter(({ side }) => sides.includes(side));
  };
}

function problemsOf(side: Violation['side'], found: Found): Violation[] {
  const { runtimeException: broken, errors = [] } = found;
  return [
    ...(broken ? [{ side, code: broken.code, at: '', message: broken.message }] : []),
    ...errors.map(({ code, message, pathsInPayload = [] }) => ({ side, code, at: pathsInPayload.join(', '), message })),
  ];
}

/** oav looks for the way to an operation only where the answer has a schema, which no 202 of a DELETE has. */
function withoutWay({ status, responseHeaders: headers }: Pair): Violation[] {
  if (status !== 202 || headers.location !== undefined || headers['azure-asyncoperation'] !== undefined) return [];
  const message = 'a 202 names neither Location nor Azure-AsyncOperation';
  return [{ side: 'response', code: 'LRO_RESPONSE_HEADER', at: '', message }];
}
