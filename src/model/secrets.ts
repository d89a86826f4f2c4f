// What must never be kept: keys, tokens, passwords, connection strings, signatures, values of environment variables. They are cut
// out by the name of their member and by their form, before anything is stored or shown. Pure.

import { isArray, isObject, type Json, type JsonObject, memberName } from './json.ts';
import { formatPointer, type Pointer } from './pointer.ts';

/** What is in the place of a secret. */
export const cutSecret = '[secret not kept]';

/** Names, in lower case and without separators, whose text is a secret wherever they are. */
const secretNames = new RegExp(
  `(?:${[
    'passw(?:or)?ds?|passphrase|pwd|passcode',
    'secret|secrets|secret(?:value|text|data|string)|secure(?:value|string)|clientsecret',
    '(?:access|refresh|id|sas|bearer|auth|authorization|session|bootstrap|registration|api|personalaccess|security)?tokens?',
    'sas|sas(?:uri|url|key|definition)|sharedaccess(?:key|signature)',
    'connection(?:string|str)s?|connstr',
    '(?:shared|account|access|primary|secondary|primarymaster|secondarymaster|primaryreadonlymaster|secondaryreadonlymaster|master|api|app|auth|authorization|private|client|storage|storageaccount|function|host|encryption|signing|subscription|service|symmetric|instrumentation|workspace|admin|query|license|ssh|sshprivate|decryption|hmac|integrationruntime|batchaccount|webhook)keys?(?:data|value)?',
    'key[12]|accountkeys?value',
    'credentials?|kubeconfig|kubeconfigs|customdata|userdata|protectedsettings?|dockerconfigjson|dockercfg|pfx(?:blob|data)?|pem|privatekeypem|certificatepassword|htpasswd|cookie|authorization',
  ].join('|')})$`,
);
/** Names that end like one of those and are none. */
const plainNames = /public|keyvault|(?:^|.)(?:type|name|id|ids|uri|uris|url|version|enabled|policy|expiry|lifetime)$/;
/** A bare `key` or `value` is a secret only where it looks like one. */
const randomText = /^(?=.*\d)(?=.*[A-Z])(?=.*[a-z])[A-Za-z0-9+/]{40,}={0,2}$/;

/** Members whose items or members are settings of an environment: their values are secrets, their names are not. */
const environments =
  /^(?:environmentvariables|env|environment|environmentsettings|appsettings|siteappsettings|secretenv|variables)$/;

/** Points at a secret instead of being one: an id, a reference to a vault, an expression of a template, an address without a key. */
const reference =
  /^(?:\/subscriptions\/|@Microsoft\.KeyVault\(|\[|\$\{|https:\/\/[^\s@?]*(?:$|\?(?!.*(?:sig|code|key|token)=)))/i;

const value = String.raw`[^\s;"'&,}<>\\]+`;
const forms: readonly (readonly [form: RegExp, instead: string])[] = [
  // The names of connection strings, settings and command lines: `AccountKey=…;`, `"password": "…"`, `--client-secret …`.
  [
    new RegExp(
      String.raw`((?:\b|_)(?:account-?key|shared-?access-?key|shared-?secret(?:-?key)?|access-?key|api-?key|auth-?key|primary-?key|secondary-?key|client-?secret|secret-?key|secret|password|passwd|pwd|passphrase|(?:[a-z]+-?)?token|instrumentation-?key|shared-?access-?signature|signing-?key|private-?key)["']?\s?(?:=|:)\s?["']?)(?!\[)${value}`.replaceAll(
        '-?',
        '[-_ ]?',
      ),
      'gi',
    ),
    `$1${cutSecret}`,
  ],
  [
    new RegExp(
      String.raw`(--?(?:password|passwd|client-secret|secret|token|api-key|account-key|sas-token)[ =]["']?)(?!\[)${value}`,
      'gi',
    ),
    `$1${cutSecret}`,
  ],
  // A shared access signature, the key of a function, a token in an address.
  [/((?:[?&]|\b)(?:sig|access_token|id_token|subscription-key|api_key)=)(?!\[)[^\s&"'<>;]{8,}/gi, `$1${cutSecret}`],
  // The same name is before the code of an error, which is words: `Code=AuthorizationFailed`, `code=AADSTS700016`.
  [
    /((?:[?&]|\b)(?:[Cc]ode|CODE)=)(?!\[|(?:(?:[A-Z]{1,6}[a-z]{1,20})+|[A-Z]{2,20}(?:_[A-Z]{1,20})+|[a-z]{2,20}(?:_[a-z]{1,20})+|AADSTS\d{3,9})(?![^\s&"'<>;,.:)\]]))[^\s&"'<>;]{8,}/g,
    `$1${cutSecret}`,
  ],
  [/((?<=[a-z0-9]):\/\/[^\s/:@]*:)[^\s/@[]+(?=@)/gi, `$1${cutSecret}`],
  [/(\b(?:bearer|basic)\s+)[A-Za-z0-9+/=_~.-]{12,}/gi, `$1${cutSecret}`],
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g, cutSecret],
  // Keys of Azure: 64, 32 or 48 random bytes in base64, and the kinds that say themselves what they are.
  [
    /(?<![A-Za-z0-9+/=_-])(?:[A-Za-z0-9+/_-]{86}==|[A-Za-z0-9+/_-]{43}=|[A-Za-z0-9+/_-]{54}==)(?![A-Za-z0-9+/=_-])/g,
    cutSecret,
  ],
  [/\b[A-Za-z0-9]{42}(?:AzSe|AzCa|ACRD|APIM|ACDb|AzFu)[A-Za-z0-9_+/=-]{5,12}/g, cutSecret],
  [/\b[A-Za-z0-9]{52}JQQJ9[A-Za-z0-9]{26,28}\b/g, cutSecret],
  [/(?<![\w~.-])[\w~.-]{3}[78]Q~[\w~.-]{31,34}/g, cutSecret],
  // Tokens of services that workloads use.
  [
    /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,}|glpat-[\w-]{20,}|dckr_pat_[\w-]{20,}|npm_[A-Za-z0-9]{36}|pypi-[\w-]{16,}|hf_[A-Za-z0-9]{30,}|dapi[0-9a-f]{32}(?:-\d)?)/g,
    cutSecret,
  ],
  [
    /\b(?:sk-(?:proj-|ant-)?[\w-]{20,}|[rs]k_live_[A-Za-z0-9]{16,}|SG\.[\w-]{16,}\.[\w-]{16,}|xox[abeoprs]-[\w-]{10,}|AIza[\w-]{35}|A(?:KIA|SIA)[A-Z0-9]{16})/g,
    cutSecret,
  ],
  [/\b(?:[a-z2-7]{52}|[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4})\b/g, cutSecret],
  [/(\bhooks\.slack\.com\/services\/|\/webhookb2\/)[\w/@-]{20,}/g, `$1${cutSecret}`],
];

/** What no secret is without; nearly all texts end here. */
const suspicious =
  /[=~@:]|[A-Za-z0-9+/_-]{32}|[_-][A-Za-z0-9]{16}|BEGIN|eyJ|Bearer|Basic|--|AKIA|ASIA|AIza|SG\.|xox|sk-|pypi-|dapi|glpat/i;

/** The text with whatever looks like a secret cut out of it. */
export const withoutSecretText = (text: string): string =>
  text.length < 8 || !suspicious.test(text)
    ? text
    : forms.reduce((rest, [form, instead]) => rest.replace(form, instead), withoutTokens(text));

/**
 * Without JSON Web Tokens: `eyJ…` and two more parts, or one. A pattern would go through the characters behind each `eyJ` again; here
 * the end of each run is looked for once.
 */
function withoutTokens(text: string): string {
  const isBase64 = (at: number) => /[\w-]/.test(text.charAt(at));
  let run = { from: 0, to: 0 };
  const endOf = (from: number): number => {
    if (from >= run.from && from < run.to) return run.to;
    let to = from;
    while (isBase64(to)) to += 1;
    run = { from, to };
    return to;
  };
  const kept: string[] = [];
  let done = 0;
  for (let at = text.indexOf('eyJ'); at >= 0; at = text.indexOf('eyJ', Math.max(at + 3, done))) {
    const head = endOf(at);
    if (/\w/.test(text.charAt(at - 1)) || head - at < 11 || text[head] !== '.') continue;
    const body = endOf(head + 1);
    if (body - head < 9) continue;
    kept.push(text.slice(done, at), cutSecret);
    done = text[body] === '.' ? endOf(body + 1) : body;
  }
  return kept.length === 0 ? text : [...kept, text.slice(done)].join('');
}

interface NameKind {
  readonly isSecret: boolean;
  /** `key`, `value`: a secret only where the text looks like one. */
  readonly isBare: boolean;
  readonly isEnvironment: boolean;
  readonly isEnvironmentValue: boolean;
}
/** The same few hundred names stand in every body. */
const known = new Map<string, NameKind>();
const mostKnown = 5000;

function kindOf(key: string): NameKind {
  const before = known.get(key);
  if (before !== undefined) return before;
  const name = memberName(key)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
  const kind: NameKind = {
    isSecret: secretNames.test(name) && !plainNames.test(name),
    isBare: name === 'key' || name === 'value',
    isEnvironment: environments.test(name),
    isEnvironmentValue: name === 'value' || name === 'securevalue',
  };
  if (known.size >= mostKnown) known.clear();
  known.set(key, kind);
  return kind;
}
const noKind: NameKind = { isSecret: false, isBare: false, isEnvironment: false, isEnvironmentValue: false };

function cutText(text: string, kind: NameKind, around: Surroundings, isItem: boolean): string {
  if (text === '' || text === cutSecret || isPlainId(text)) return text;
  const isVariable = around === 'map' || (around === 'list' && kind.isEnvironmentValue);
  const isNamed =
    isVariable || (kind.isSecret && !(isItem && word.test(text))) || (kind.isBare && !isItem && randomText.test(text));
  return isNamed && !reference.test(text) && !instant.test(text) ? cutSecret : withoutSecretText(text);
}

const isPlainId = (text: string): boolean =>
  text.startsWith('/subscriptions/') && !text.includes('=') && !text.includes('?');
const instant = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/;
/** What lists of permissions hold under names like `secrets` and `keys`. */
const word = /^[A-Za-z]{2,20}$/;

/** Whole values, and members of their lists that have an id, of which it is known that nothing is to be cut. */
const clear = new WeakSet<object>();

/** The value without secrets; the value itself where it holds none. */
export function withoutSecrets<T extends Json>(json: T): T {
  if (isObject(json) && clear.has(json)) return json;
  const made = cut(json, noKind, 'none', false) as T;
  if (isObject(made)) clear.add(made);
  return made;
}

/**
 * Says of a body that came out of {@link withoutSecrets}, and was written and read since, that it holds none; so of the resources
 * inside it, such as subnets.
 */
export function knownWithoutSecrets(body: JsonObject): void {
  clear.add(body);
  const { properties } = body;
  if (!isObject(properties)) return;
  for (const [name, list] of Object.entries(properties)) {
    const { isEnvironment, isSecret } = kindOf(name);
    if (!isArray(list) || isEnvironment || isSecret) continue;
    for (const item of list) if (isObject(item) && typeof item.id === 'string') clear.add(item);
  }
}

/** `list`: inside the items of an environment; `map`: its members are variables. */
type Surroundings = 'none' | 'list' | 'map';

function cut(json: Json, kind: NameKind, around: Surroundings, isItem: boolean): Json {
  if (typeof json === 'string') return cutText(json, kind, around, isItem);
  if (isArray(json)) {
    const inside: Surroundings = kind.isEnvironment || kind.isSecret ? 'list' : around;
    let items: Json[] | undefined;
    for (const [at, item] of json.entries()) {
      const made = cut(item, kind, inside, true);
      if (made === item) continue;
      items ??= [...json];
      items[at] = made;
    }
    return items ?? json;
  }
  if (!isObject(json)) return json;
  // A setting by its name: `{"name": "password", "value": "…"}`.
  const isNamed = typeof json.name === 'string' && kindOf(json.name).isSecret;
  const inside: Surroundings = kind.isEnvironment && !isItem ? 'map' : isNamed ? 'list' : around;
  let changed: Map<string, Json> | undefined;
  for (const key of Object.keys(json)) {
    const item = json[key] as Json;
    // Variables by name, each with its own object: `{"HOME": {"value": "…"}}`.
    const made = cut(item, kindOf(key), inside === 'map' && isObject(item) ? 'list' : inside, false);
    if (made === item) continue;
    changed ??= new Map();
    changed.set(key, made);
  }
  if (changed === undefined) return json;
  const made = changed;
  return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, made.get(key) ?? item]));
}

/** Pointers to what was cut out of a value; empty where nothing was. */
export function cutsIn(json: Json | undefined, path: readonly string[] = []): Pointer[] {
  if (typeof json === 'string') return json.includes(cutSecret) ? [formatPointer(path)] : [];
  if (isArray(json)) return json.flatMap((item, index) => cutsIn(item, [...path, String(index)]));
  if (!isObject(json)) return [];
  return Object.entries(json).flatMap(([key, item]) => cutsIn(item, [...path, memberName(key)]));
}

/** Does a value lack something that was cut out of it? Such a value cannot be sent. */
export const holdsCut = (json: Json | undefined): boolean => cutsIn(json).length > 0;

/** The value without the members that were cut, for a request that restores the rest; undefined where nothing is left. */
export function withoutCuts(json: Json): Json | undefined {
  if (typeof json === 'string') return json.includes(cutSecret) ? undefined : json;
  if (isArray(json)) return json.flatMap((item) => withoutCuts(item) ?? []);
  if (!isObject(json)) return json;
  return Object.fromEntries(
    Object.entries(json).flatMap(([key, item]): [string, Json][] => {
      const rest = withoutCuts(item);
      return rest === undefined ? [] : [[key, rest]];
    }),
  );
}
