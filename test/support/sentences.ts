// What is wrong with a text that users read, as one sentence each: words, numbers, grammar, and what code left in it.
import type { Json } from '../../src/model/json.ts';
import type { Shown } from './rendered.ts';
import { retiredIn } from './retired-words.ts';

/** Nouns that the product counts; `1 findings` and `2 finding` are wrong. */
const nouns: readonly string[] = [
  ...['account', 'action', 'change', 'check', 'cluster', 'collection', 'compute', 'connection', 'core', 'datastore'],
  ...['effect', 'endpoint', 'entry', 'error', 'exception', 'failure', 'finding', 'fix', 'flow', 'gateway', 'group'],
  ...[
    'instance',
    'interface',
    'item',
    'line',
    'link',
    'lock',
    'machine',
    'mark',
    'name',
    'network',
    'NIC',
    'node',
    'NSG',
  ],
  ...['packet', 'permission', 'place', 'policy', 'pool', 'port', 'question', 'range', 'read', 'record', 'registry'],
  ...['request', 'resource', 'result', 'route', 'rule', 'scan', 'second', 'service', 'setting', 'step', 'subnet'],
  ...['table', 'tag', 'time', 'vault', 'warning', 'workspace', 'write', 'zone'],
];
const plural = (noun: string): string =>
  /(?:[^aeiou])y$/.test(noun) ? `${noun.slice(0, -1)}ies` : /(?:s|x|ss)$/.test(noun) ? `${noun}es` : `${noun}s`;
const singulars = new Map([...nouns.map((noun) => [noun.toLowerCase(), true] as const), ['address', true]]);
const plurals = new Map([...nouns.map((noun) => [plural(noun).toLowerCase(), true] as const), ['addresses', true]]);
/** Words between a number and its noun. */
const between =
  /^(?:IP|DNS|private|public|virtual|network|service|security|more|other|further|older|auto-fixable|failing|new|free|automatic|compute|resource|storage|key|managed|private-endpoint|API|critical|high|medium|low)$/i;
/** A number after one of these is a name, not a count. */
const named =
  /(?:priority|priorities|port|ports|step|change|line|exit|code|status|version|HTTP|over|cores?|entry|to|of|[A-Za-z]:|[-–/.:#@])\s?$/;

function wrongCount(text: string): string | undefined {
  for (const match of text.matchAll(
    /(?<![\w.,/:#-])(\d{1,3}(?:,\d{3})+|\d+)(?: of (\d+))? (?=([A-Za-z][\w-]*(?: [A-Za-z][\w-]*){0,4}))/g,
  )) {
    if (named.test(text.slice(0, match.index))) continue;
    const words = (match[3] ?? '').split(' ');
    let head: string | undefined;
    let isPlural = false;
    for (const word of words) {
      const low = word.toLowerCase();
      if (plurals.has(low)) {
        [head, isPlural] = [word, true];
        break;
      }
      if (singulars.has(low)) [head, isPlural] = [word, false];
      else if (head !== undefined || !between.test(word)) break;
    }
    if (head === undefined) continue;
    // Of several the whole counts: 1 of 3 changes.
    const one = (match[2] ?? match[1]) === '1';
    if (one === isPlural) return `"${match[0]}${words.join(' ')}": singular and plural`;
  }
  return undefined;
}

const kinds =
  '(?:zone|subnet|account|network|cluster|rule|endpoint|vault|machine|workspace|route|group|NSG|datastore|link)';
const singularVerbs = '(?:is|does|has|was|allows|blocks|denies|loses|needs|uses|contains|keeps|fails)';
const disagrees: readonly RegExp[] = [
  // "zone a and b does not exist"
  new RegExp(
    String.raw`(?:^|[.:;,] )(?:(?:The|the|Private|private|DNS|Storage|storage|Virtual|virtual|network|Network) )*${kinds} \S+(?:, \S+)* and \S+ ${singularVerbs}\b`,
    'i',
  ),
  // "the zones does not exist"
  new RegExp(
    String.raw`(?:^|[.:;,] )(?:(?:The|the|its|their|all|These|these) )(?:\w+ )?${kinds}s ${singularVerbs}\b`,
    'i',
  ),
  /(?:^|[.:;,] )(?:it|this|each|every \w+) (?:are|have|do) /i,
  /(?:^|[.:;,] )(?:they|these|those) (?:is|has|does) /i,
];

const doubled =
  /,,|;;|(?<!:):(?:\s*:)(?!:)|(?<!\.)\.\.(?![./])|\s[,;](?:\s|$)|[a-z)] \.(?:\s|$)|\(\s*\)|[,;:]\.|\.[,;:](?:\s|$)|\?\.|!\./;

const months = 'January|February|March|April|May|June|July|August|September|October|November|December';
/** A sentence of the present or the future before a day: "supported until", "ends on", "will be retired on". */
const ahead = new RegExp(
  String.raw`\b(?:supported|available|allowed|works?|runs?|valid) until (?<until>\d{1,2} (?:${months}) \d{4})|\b(?:ends|retires|stops|expires|will \w+(?: \w+)?|is retired|(?:is|are) (?:to be|being) \w+) (?:on|by|after) (?<on>\d{1,2} (?:${months}) \d{4})`,
);

/** A day that has passed, told as if it were to come. */
function passedDay(text: string): string | undefined {
  const found = ahead.exec(text);
  const day = found?.groups?.until ?? found?.groups?.on;
  return day !== undefined && Date.parse(`${day} UTC`) < Date.now() ? found?.[0] : undefined;
}

interface Flaw {
  readonly name: string;
  find(text: string): string | undefined;
}
const matching = (name: string, pattern: RegExp): Flaw => ({ name, find: (text) => pattern.exec(text)?.[0] });

const inEveryText: readonly Flaw[] = [
  { name: 'retired word', find: (text) => retiredIn(text)[0] },
  { name: 'number and noun', find: wrongCount },
  {
    name: 'subject and verb',
    find: (text) => disagrees.map((pattern) => pattern.exec(text)?.[0]).find((found) => found !== undefined),
  },
  matching('a value of the code', /\bundefined\b|\bNaN\b|\[object\b|\[Object\b|\bInfinity\b|\$\{/),
  matching('null in prose', /(?:^|[a-z,;] )null\b(?![",\]}])/),
  { name: 'a passed day told as future', find: passedDay },
  matching('doubled word', /(?<![\w./-])([A-Za-z]+) \1(?![\w./-])/i),
  {
    name: 'doubled punctuation',
    // What stands in quotes is a value of Azure's.
    find: (text) => doubled.exec(text.replaceAll(/"[^"]*"/g, '""'))?.[0],
  },
  matching(
    'internal state',
    /^\S+ intended\b|, intended\b(?! for)|\bstate:? intended\b|\b[Ss]tep \d+.*, (?:sent|running|waiting)\b|^\d+\/\d+ \S+ (?:sent|running|waiting|verified)\b|\b[Uu]ndo:? exact\b/,
  ),
];

const letters = /[A-Za-z]/;
/** Words of prose: no names, numbers, addresses, paths or settings. */
function wordsIn(sentence: string, known: ReadonlySet<string>): number {
  // A service with its ports is one name.
  const services = sentence
    .replace(/\b(?:Azure|Microsoft)(?: [A-Z]\w+)+/g, 'Azure_')
    .replace(/ on (?:TCP|UDP)(?: \d+,?)+/g, ' ');
  return services.split(/\s+/).filter((token) => {
    const bare = token.replace(/^[("'[]+|[)"'\].,;:!?]+$/g, '');
    return letters.test(bare) && !known.has(bare.toLowerCase()) && !/[/\d@=*_]|\w\.\w|[a-z][A-Z]/.test(bare);
  }).length;
}

/** Sentences of a text. A name may open one, so a capital does not tell; a line that ends with a colon is a heading. */
export const sentencesOf = (text: string): string[] => text.split(/(?<=[.!?])\s+|(?<=:)\n/);

const inSentences = (known: ReadonlySet<string>): readonly Flaw[] => [
  {
    name: 'no full stop at the end',
    find: (text) => (/[a-z)\d]\. [A-Z]/.test(text) && !/[.!?:…)"]$/.test(text.trim()) ? text.slice(-40) : undefined),
  },
  {
    name: 'more than 25 words',
    find: (text) => {
      const long = sentencesOf(text).find((sentence) => wordsIn(sentence, known) > 25);
      return long === undefined ? undefined : `${wordsIn(long, known)} words: ${long}`;
    },
  },
];

/** `names`: of resources, folded. `whole`: the text was not wrapped or cut, so its sentences can be judged. */
export function flawsOf(text: string, names: ReadonlySet<string> = new Set(), whole = true): string[] {
  const plain = text
    .split(/(\s+)/)
    .map((token) =>
      names.has(token.replace(/[.,;:()"]+/g, '').toLowerCase()) ? token.replace(/[A-Za-z0-9_-]+/g, 'NAME') : token,
    )
    .join('')
    .replace(/\bNAME NAME\b/g, 'NAME')
    // IPv6 has doubled colons.
    .replace(/(?<![\w:])[0-9a-f]*(?::[0-9a-f]*){2,}(?:\/\d+)?(?![\w:])/gi, (token) =>
      /\d/.test(token) ? 'NAME' : token,
    );
  return [
    ...inEveryText.flatMap(({ name, find }) => said(name, find(plain))),
    ...(whole ? inSentences(names).flatMap(({ name, find }) => said(name, find(text))) : []),
  ];
}

const said = (name: string, found: string | undefined): string[] => (found === undefined ? [] : [`${name}: ${found}`]);

/** What is no sentence of ours: bodies, values and commands as Azure and its CLI have them, names, command lines. */
const notOurs = new Set([
  ...['value', 'body', 'before', 'after', 'edits', 'key', 'az', 'line', 'arguments', 'links', 'intents', 'example'],
  ...['id', 'resource', 'where', 'name', 'workspace', 'architecture', '$schema', 'artifactLocation'],
]);

/** A text, and whether it is whole: neither wrapped nor cut, so that a sentence ends where it should. */
type Told = readonly [text: string, whole: boolean];

function inJson(value: Json): Told[] {
  if (typeof value === 'string') return /\s/.test(value) ? [[value, true]] : [];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(inJson);
  return Object.entries(value).flatMap(([name, item]) => (notOurs.has(name) ? [] : inJson(item as Json)));
}
const unescaped = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

/** `is [...]`: a value as Azure has it, which accessible mode reads out between its pointer and a note. */
const withoutValue = (line: string): string =>
  line.replace(/^(Evidence \d+: .*?) is [[{"].*?(?=; [^;]*$|$)/, '$1 is set');

/** The texts of what was shown. */
export function textsOf({ kind, text, json }: Shown): Told[] {
  const part = (texts: readonly string[], whole = false): Told[] => texts.map((one) => [one.trim(), whole]);
  switch (kind) {
    case 'json':
      return json === undefined ? [] : inJson(json);
    case 'markup':
      return part(
        text
          .replace(/<(style|script)>.*?<\/\1>/gs, '')
          .split(/<[^>]*?(?:message="([^"]*)")?[^>]*>/)
          .map((one) => unescaped(one ?? '')),
      );
    case 'csv':
      return part(text.split(/","|"\n"/).filter((cell) => /\s/.test(cell)));
    case 'lines':
    case 'screen': {
      // A command of the Azure CLI, and a value by its pointer.
      const ours = text.split('\n').filter((line) => !/^\s*(?:\$|[-+~] \/|[-+~ ] .* → )/.test(line));
      return part(
        ours.map(withoutValue).flatMap((line) => line.split(/\s{2,}|[│├└┌┐┘─┤▸▾]+|<br>/)),
        kind === 'lines',
      );
    }
  }
}

/** Every flaw of what was shown, once a text: the flaw, the text, and where it was. */
export function flawsIn(shown: readonly Shown[], names: ReadonlySet<string>): string[] {
  const seen = new Set<string>();
  return shown.flatMap((one) =>
    textsOf(one).flatMap(([text, whole]) => {
      const key = `${whole} ${text}`;
      if (text === '' || seen.has(key)) return [];
      seen.add(key);
      return flawsOf(text, names, whole).map((flaw) => `${flaw}\n  in: ${text.slice(0, 300)}\n  at: ${one.where}`);
    }),
  );
}
