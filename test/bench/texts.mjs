// What reads foreign text, over 200 kB of a repeated text and over a log of the same length: the largest ratio of processor time for each,
// and the text that takes it. `node test/bench/texts.mjs [ROUNDS]`. It judges nothing; three times a log is the most that is meant to be.
// test/laws/patterns.law.test.ts counts the steps of every pattern.

import { spoken } from '../../src/accessible/spoken.ts';
import { onScreen } from '../../src/app/draw/screen-words.ts';
import { refusalOf } from '../../src/azure/refusal.ts';
import { parseLine } from '../../src/command/parse-line.ts';
import { readRules } from '../../src/custom-rules/read.ts';
import { diagnose } from '../../src/diagnosis/index.ts';
import { mayKeep } from '../../src/history/lines.ts';
import { commandHosts, pipHosts } from '../../src/job/places.ts';
import { readScope } from '../../src/model/access-scope.ts';
import { matchesGlob } from '../../src/model/glob.ts';
import { parseJson, stringifyJson } from '../../src/model/json.ts';
import { withoutSecrets, withoutSecretText } from '../../src/model/secrets.ts';
import { clean, cleanLines, replaceHidden } from '../../src/model/text.ts';
import { parseAddresses } from '../../src/net/addresses.ts';
import { csvCell } from '../../src/render/csv.ts';
import { markdownText } from '../../src/render/markdown-limit.ts';
import { wrapLines } from '../../src/render/wrap-lines.ts';
import { xmlText } from '../../src/render/xml.ts';
import { linksIn } from '../../src/session/files/deployments.ts';
import { readProjectText } from '../../src/settings/project-text.ts';
import { parseExpression } from '../../src/template/parse.ts';
import { documentIn } from '../../src/yaml/documents.ts';
import { readYaml } from '../../src/yaml/read-yaml.ts';

const rounds = Number(process.argv[2] ?? 3);
const size = 200_000;
const attempt = (work) => (text) => {
  try {
    return work(text);
  } catch (error) {
    return error;
  }
};
const users = {
  withoutSecretText,
  withoutSecrets: (text) => withoutSecrets({ properties: { message: text, list: [text] } }),
  clean: (text) => clean(text, size),
  cleanLines: (text) => cleanLines(text, size),
  replaceHidden: (text) => replaceHidden(text, () => ''),
  diagnose,
  refusalOf: (text) =>
    refusalOf(400, { error: { code: 'X', message: text, details: [{ code: text, message: text }] } }),
  mayKeep,
  parseLine: attempt(parseLine),
  readRules: attempt(readRules),
  commandHosts,
  pipHosts: (text) => pipHosts(text.split('\n')),
  readScope: attempt(readScope),
  matchesGlob: (text) => matchesGlob('*a*b*c*', text),
  parseJson: attempt(parseJson),
  parseJsonText: (text) => parseJson(stringifyJson({ 1: text, properties: [text] })),
  parseAddresses: attempt(parseAddresses),
  csvCell,
  markdownText,
  xmlText,
  linksIn: (text) => linksIn(`templateLink ${text}`),
  readProjectText: attempt((text) => readProjectText(text, 'bastide.yaml', [])),
  parseExpression: attempt((text) => parseExpression(text)),
  readYaml: attempt((text) => readYaml(text, documentIn)),
  wrapLines: (text) => wrapLines([[{ text }]], 80),
  spoken: (text) => spoken([[{ text: text.slice(0, 20_000) }]]),
  onScreen,
};
const log =
  '2026-11-30 12:00:01 INFO job=train node=3: read 12 files from https://stmlsim.blob.core.windows.net/data, "ok"\n';
const pumps = [
  ...[
    'a',
    'Z',
    '0',
    '.',
    ' ',
    '\t',
    '\n',
    '\r\n',
    '"',
    "'",
    '=',
    '-',
    '_',
    '/',
    '\\',
    ':',
    ',',
    ';',
    '|',
    '&',
    '%',
    '$',
    '#',
    '@',
  ],
  ...[
    '[',
    ']',
    '{',
    '}',
    '(',
    ')',
    '<',
    '>',
    '*',
    '+',
    '?',
    '!',
    '~',
    '`',
    '^',
    'é',
    '漢',
    '😀',
    '\u200d',
    '\u202e',
    '\u001b',
    '\u001b[',
  ],
  ...[
    'a.',
    'a ',
    'a=',
    'a-',
    'a_',
    'a/',
    'a:',
    'a\n',
    ' .',
    ' ,',
    '- ',
    '--',
    '["',
    '{"',
    '\\"',
    '${{',
    '}}',
    'eyJ',
    'eyJ-',
    'key=',
    '://a:',
  ],
  ...[
    'QUFB',
    'bearer ',
    'token',
    'token ',
    'connect ',
    'subnet ',
    'curl ',
    'timed out ',
    'ab1.',
    '1.2.3.4 ',
    '::',
    'a: b\n',
    '- a\n',
    'x@y',
  ],
];
const repeated = (pump) => pump.repeat(Math.ceil(size / pump.length)).slice(0, size);

function time(work, text) {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const { user } = process.cpuUsage();
    work(text);
    best = Math.min(best, (process.cpuUsage().user - user) / 1000);
    if (best > 2000) break;
  }
  return best;
}

for (const [name, work] of Object.entries(users)) {
  const plain = Math.max(1, time(work, repeated(log)));
  const all = pumps.map((pump) => ({ pump, ms: time(work, repeated(pump)) })).toSorted((a, b) => b.ms - a.ms);
  const worst = all.slice(0, 3).map(({ pump, ms }) => `${(ms / plain).toFixed(1)}x ${JSON.stringify(pump)}`);
  process.stdout.write(`${name.padEnd(20)} log ${plain.toFixed(1).padStart(7)} ms   ${worst.join('   ')}\n`);
}
