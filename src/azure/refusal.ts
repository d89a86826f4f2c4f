// Reads Azure's error bodies whole: code, message and details, in each of the shapes that services use. Pure.
import { isArray, isObject, type Json, JsonError, type JsonObject, parseJson } from '../model/json.ts';
import { member } from '../model/pointer.ts';
import { withoutSecretText } from '../model/secrets.ts';
import { clean } from '../model/text.ts';
import type { ArmRefusal } from './arm-client.ts';

const text = (object: JsonObject, name: string): string | undefined => {
  const value = member(object, name);
  return typeof value === 'string' && value !== '' ? withoutSecretText(clean(value)) : undefined;
};

/** The error of a body: `{error:{code,message,details}}`, the bare object, or nothing readable. */
export function refusalOf(status: number, body: Json | undefined): ArmRefusal {
  const outer = isObject(body) ? (member(body, 'error') ?? body) : undefined;
  if (!isObject(outer)) return { status, code: `Http${status}`, message: `Azure returned ${status}.`, details: [] };
  const violations = violationsOf(outer);
  const { message, inner } = unwrapped(text(outer, 'message') ?? `Azure returned ${status}.`);
  const details = [...detailsOf(outer, 0), ...inner, ...violations];
  const code = codeOf(outer) ?? `Http${status}`;
  const [first] = details;
  if (first !== undefined && forSupport.test(message)) {
    const [, correlation] = /correlationId = ([\w-]+)/.exec(message) ?? [];
    const said = [...new Set(details.map((one) => one.message))].filter((one) => one !== '');
    if (correlation !== undefined) said.push(`Correlation ID: ${correlation}.`);
    return { status, code: first.code, message: said.join(' '), details };
  }
  return {
    status,
    code,
    // What Azure puts there as JSON inside a sentence is said by the violations in words.
    message: violations.length > 0 ? (message.split("Policy identifiers: '")[0]?.trimEnd() ?? '') : message,
    details,
  };
}

/** A resource provider puts the answer of another one into a sentence, as JSON: that is a detail, in words. */
function unwrapped(message: string): { readonly message: string; readonly inner: ArmRefusal['details'] } {
  const from = message.search(/\{\s{0,9}\\?"error\\?"\s{0,9}:/);
  const to = message.lastIndexOf('}') + 1;
  const found = from < 0 ? '' : message.slice(from, to);
  for (const json of found === '' ? [] : [found, found.replaceAll('\\"', '"')]) {
    const body = bodyIn(json);
    if (!isArmError(body)) continue;
    const { code, message: said, details } = refusalOf(0, body);
    return { message: `${message.slice(0, from)}…${message.slice(to)}`, inner: [{ code, message: said }, ...details] };
  }
  return { message, inner: [] };
}

function bodyIn(json: string): Json | undefined {
  try {
    return parseJson(json);
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}

/** Does a body hold an error as Azure writes it? A gateway or proxy on the way writes none. */
export function isArmError(body: Json | undefined): boolean {
  const outer = isObject(body) ? (member(body, 'error') ?? body) : undefined;
  return isObject(outer) && codeOf(outer) !== undefined;
}

/** The code of an error is words, and no secret, however long it is. */
function codeOf(error: JsonObject): string | undefined {
  const code = member(error, 'code');
  return typeof code === 'string' && code.length <= 120 && isOfWords.test(code) ? code : text(error, 'code');
}
/** `AuthorizationFailed`, `VMExtensionProvisioningError`, `invalid_client`, `SKU_NOT_AVAILABLE`, `AADSTS700016`. */
const isOfWords =
  /^(?:(?:[A-Z]{1,6}[a-z]{1,20}[0-9_.]{0,4})+|[a-z]{2,20}(?:_[a-z]{1,20})*|[A-Z]{2,20}(?:_[A-Z]{1,20})*|AADSTS\d{3,9})$/;

/** Resource Graph says in the details alone what is wrong. */
const forSupport = /^Please provide below info when asking for support/;

/** The policies that forbid the write, each with its assignment and what can be done. */
function violationsOf(error: JsonObject): ArmRefusal['details'] {
  const entries = member(error, 'additionalInfo');
  return (isArray(entries) ? entries : []).filter(isObject).flatMap((entry) => {
    const info = member(entry, 'info');
    if (text(entry, 'type')?.toLowerCase() !== 'policyviolation' || !isObject(info)) return [];
    const called = (kind: string): string => {
      const name = text(info, `${kind}DisplayName`) ?? text(info, `${kind}Name`);
      const id = text(info, `${kind}Id`) ?? 'without an id';
      return name === undefined ? id : `"${name}" (${id})`;
    };
    const message =
      `The policy ${called('policyDefinition')}, assigned as ${called('policyAssignment')}, denies this. ` +
      'Ask the owner of the assignment to exempt the resource, or choose another way to meet the rule.';
    return [{ code: 'PolicyViolation', message }];
  });
}

function detailsOf(error: JsonObject, depth: number): ArmRefusal['details'] {
  const list = member(error, 'details');
  const inner = member(error, 'innererror');
  const items = [...(isArray(list) ? list : []), ...(isObject(inner) ? [inner] : [])];
  return items.filter(isObject).flatMap((item) => {
    const code = codeOf(item);
    const here = code === undefined ? [] : [{ code, message: text(item, 'message') ?? '' }];
    return depth < 4 ? [...here, ...detailsOf(item, depth + 1)] : here;
  });
}

/** `Succeeded`, `Failed`, ... of a body's own `status` member, as an operation shows it. */
export function operationStatus(body: Json | undefined): string | undefined {
  const value = isObject(body) ? member(body, 'status') : undefined;
  return typeof value === 'string' ? value : undefined;
}

export function provisioningState(body: Json | undefined): string | undefined {
  const properties = isObject(body) ? member(body, 'properties') : undefined;
  const value = isObject(properties) ? member(properties, 'provisioningState') : undefined;
  return typeof value === 'string' ? value : undefined;
}

const terminal = new Set(['succeeded', 'failed', 'canceled']);
export const isTerminal = (state: string): boolean => terminal.has(state.toLowerCase());
