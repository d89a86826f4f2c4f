// What the check of rendered sentences finds, and what it leaves alone: each kind of bug is planted once.
import { describe, expect, test } from 'vitest';
import { flawsIn, flawsOf } from '../support/sentences.ts';

const names = new Set(['snet-train', 'stmlsim', 'has-has', 'door-1']);

describe('a planted bug is found', () => {
  test.each([
    ['retired word', 'The firewall shuts the subnet out.'],
    ['number and noun', 'The storage account has 1 IP rules.'],
    ['number and noun', '1 findings'],
    ['number and noun', 'resolves 3 · 2 warning'],
    ['number and noun', 'All 1 virtual network rules are valid.'],
    ['number and noun', '1,024 address in the subnet'],
    ['number and noun', '3 of 11 change would succeed.'],
    ['subject and verb', 'It does not resolve: zone a.azure.net and b.azure.net does not exist.'],
    ['subject and verb', 'The subnets has no NSG.'],
    ['a value of the code', 'The limit is undefined.'],
    ['a value of the code', 'NaN free addresses'],
    ['a value of the code', 'The rule allows [object Object].'],
    ['null in prose', 'The route table is null.'],
    ['a passed day told as future', 'Scripts use SDK v1, supported until 30 June 2026.'],
    ['a passed day told as future', 'The Basic load balancer will be retired on 30 September 2025.'],
    ['doubled word', 'The subnet is is not associated.'],
    ['doubled punctuation', 'It cannot be read: no permission..'],
    ['doubled punctuation', 'IP rules accept IPv4 only.: 2001:db8::77'],
    ['internal state', '1/11 kv-mlsim sent'],
    ['internal state', 'Step 2 of 11, stmlsim, running'],
    ['internal state', '3. stmlsim  Undo: exact'],
    ['no full stop at the end', 'The account denies by default. Nothing else is known'],
    ['more than 25 words', `${'one two three four five '.repeat(5)}six.`],
  ])('%s: %s', (name, text) => {
    expect(flawsOf(text, names).map((flaw) => flaw.split(':')[0])).toContain(name);
  });

  test('wherever it was shown: the flaw, the text and the place are named, once a text', () => {
    const text = 'Scan\n  1 findings  high';
    const json = { findings: [{ because: 'The limit is undefined.', evidence: [{ value: 'undefined is a name' }] }] };
    expect(
      flawsIn(
        [
          { where: 'audit', kind: 'lines', text },
          { where: 'audit again', kind: 'lines', text },
          { where: 'json', kind: 'json', text: '', json },
          { where: 'html', kind: 'markup', text: '<p title="x">2 finding</p>' },
          { where: 'csv', kind: 'csv', text: '"a","2 warning","b"' },
        ],
        names,
      ).map((flaw) => flaw.replace(/\s+/g, ' ')),
    ).toEqual([
      'number and noun: "1 findings": singular and plural in: 1 findings at: audit',
      'a value of the code: undefined in: The limit is undefined. at: json',
      'number and noun: "2 finding": singular and plural in: 2 finding at: html',
      'number and noun: "2 warning": singular and plural in: 2 warning at: csv',
    ]);
  });
});

test.each([
  'Azure Batch connected to nodes until 31 March 2026, and stopped on 31 March 2026.',
  'Flow logs will be retired on 30 September 2099.',
  'The storage account stmlsim has 1 IP rule and 2 virtual network rules.',
  'Security admin rule deny-smb-out (Deny, priority 110) applies to 1 of 3 subnets.',
  'Compute in snet-a and snet-b loses access.',
  'The resource door-1 and the tag AzureFrontDoor.Frontend are names.',
  '/properties/ipAllowlist/2 is 2001:db8::77; IP rules accept IPv4 only.',
  'has-has has 251 addresses, 249 free.',
  'Type mlw-sim to apply 11 changes',
  'TCP 443 network rules and port 22 rules',
  'A rule for ports 80, 443 and 8080 exists; Azure Machine Learning on TCP 443 is one name.',
])('good: %s', (text) => {
  expect(flawsOf(text, names)).toEqual([]);
});
