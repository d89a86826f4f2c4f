// `accept` and the selection of an audit: what is refused, and why; what is taken from a file of an earlier audit.
import { describe, expect, test } from 'vitest';
import { accept } from '../../commands/accept.ts';
import { readBaseline, selectionOf } from '../../commands/parts/selection.ts';
import type { CommandContext, ProjectPort } from '../../src/command/definition.ts';
import { exitStatus, isFailure } from '../../src/model/failure.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Acceptance, ProjectConfig } from '../../src/model/project-config.ts';
import { plainText } from '../../src/model/words.ts';
import { rules } from '../../src/rules/index.ts';
import { fakeOptions } from '../support/fake-options.ts';
import { openInProcess } from '../support/in-process.ts';

const rule = 'acr.build-cluster-cpu';
const session = openInProcess('mixed');
const config = (accepted: readonly Acceptance[]): ProjectConfig => ({
  ...{ path: 'bastide.yaml', accepted, rulesOff: [], severities: {}, assumptions: {}, production: false },
});
const standing: Acceptance = { finding: 'nsg.*@*', reason: 'old', until: '2026-01-01', by: null };

/** Runs `accept` on the world `mixed`; the clock stands on 2026-11-28. */
async function accepting(
  args: { findings?: string[]; list?: boolean; remove?: boolean } & Partial<Acceptance>,
  dryRun = false,
) {
  const { context } = fakeOptions();
  const calls: unknown[] = [];
  let known = config([standing]);
  const project: ProjectPort = {
    path: 'bastide.yaml',
    config: () => known,
    async accept(entries, dry) {
      calls.push([entries, dry]);
      known = config([...known.accepted, ...entries]);
      return known;
    },
    async remove(findings, dry) {
      calls.push([findings, dry]);
      known = config(known.accepted.filter(({ finding }) => !findings.includes(finding)));
      return known;
    },
  };
  const own = {
    ...{ ...context, rules, session: async () => session, signal: new AbortController().signal },
    flags: { ...context.flags, dryRun },
    now: () => new Date('2026-11-28T12:00:00Z'),
    host: { ...context.host, project: async () => project },
  } satisfies Partial<CommandContext> as unknown as CommandContext;
  const given = { findings: [], list: false, remove: false, ...args };
  try {
    accept.check?.(given as never);
    const running = accept.run(own, given as never);
    for (;;) {
      const next = await running.next();
      if (next.done) return { calls, result: next.value, text: accept.text(next.value).map(plainText).join('\n') };
    }
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { calls, exit: error.exit, text: `${error.message} ${error.next}` };
  }
}

describe('accept', () => {
  test('a rule stands for its findings; what it names is counted', async () => {
    const { calls, result, text } = await accepting({
      findings: [rule],
      reason: ' r ',
      until: '2026-11-28',
      by: 'ann',
    });
    const entry = { finding: `${rule}@*`, reason: 'r', until: '2026-11-28', by: 'ann' };
    expect(calls).toEqual([[[entry], false]]);
    expect(result?.changed).toMatchObject([{ ...entry, expired: false, findings: [expect.stringContaining(rule)] }]);
    expect(text).toContain('1 failing finding');
    const dry = await accepting({ findings: [rule], reason: 'r' }, true);
    expect(dry.calls).toMatchObject([[[{ until: null, by: null }], true]]);
    expect(dry.text).toContain('Dry run: bastide.yaml is not changed.');
  });

  test('the list says what has expired; removing needs the line itself', async () => {
    const { text } = await accepting({ list: true });
    expect(text).toMatch(/^! nsg\.\*@\* {2}expired$/m);
    expect((await accepting({ findings: ['nsg.*'], remove: true })).calls).toEqual([[['nsg.*@*'], false]]);
    expect((await accepting({ findings: ['nsg.inbound-ssh'], remove: true })).text).toMatch(
      /is not accepted in bastide\.yaml\. It is accepted by nsg\.\*@\*; remove that acceptance\./,
    );
  });

  test.each([
    [{ findings: ['nsg.nothing'], reason: 'r' }, 'is not a finding'],
    [{ findings: ['workspace.exists'], reason: 'r' }, 'only a failing finding can be accepted'],
    [{ findings: [rule] }, 'needs --reason'],
    [{ findings: [rule], reason: ' ' }, 'needs --reason'],
    [{ findings: [rule], reason: 'r', until: '1.2.2099' }, 'such as 2027-03-31'],
    [{ findings: [rule], reason: 'r', until: '2026-11-27' }, 'and today is 2026-11-28'],
    [{ findings: [rule], remove: true }, 'is not accepted in'],
    [{ findings: [rule], remove: true, reason: 'r' }, '--remove and --reason'],
    [{}, 'needs FINDING'],
    [{ findings: [rule], list: true }, 'takes no findings'],
  ])('%j is refused', async (args, words) => {
    const { calls, exit, text } = await accepting(args);
    expect([exit, text, calls]).toEqual([exitStatus.usage, expect.stringContaining(words), []]);
  });
});

describe('the selection of an audit', () => {
  const context = { rules } as unknown as CommandContext;
  const select = (change: object) =>
    selectionOf(context, { rule: [], skipRule: [], area: [], resource: [], ...change });
  const finding = (id: string, resource = '/s/a', where: string | null = null) =>
    ({ rule: id, resource, where }) as unknown as Finding;

  test('rules, areas and resources together', () => {
    expect(select({})).toBeNull();
    const chosen = select({ rule: ['nsg.*', 'storage.shared-key-access'], skipRule: ['nsg.inbound-*'] });
    const wanted = (one: Finding) => chosen?.isWanted(one);
    expect(
      ['nsg.outbound-mcr', 'nsg.inbound-ssh', 'storage.shared-key-access', 'acr.resolved'].map((id) =>
        wanted(finding(id)),
      ),
    ).toEqual([...[true, false, true, false]]);
    const about = select({ area: ['nsg'], resource: ['SNET', '/s/b'] });
    expect(about?.isWanted(finding('nsg.outbound-mcr', '/s/a', '/v/snet'))).toBe(true);
    expect(about?.isWanted(finding('nsg.outbound-mcr', '/S/B'))).toBe(true);
    expect(about?.isWanted(finding('nsg.outbound-mcr'))).toBe(false);
    expect(about?.isWanted(finding('acr.resolved', '/s/b'))).toBe(false);
  });

  test.each([
    { rule: ['nope.*'] },
    { skipRule: ['nope'] },
    { area: ['nope'] },
    { rule: ['nsg.*'], skipRule: ['nsg.*'] },
  ])('%j matches no known rule', (change) => {
    expect(() => select(change)).toThrow(expect.objectContaining({ exit: exitStatus.usage }));
  });

  test('a baseline is the JSON of an audit of this workspace; what was accepted then is new', async () => {
    const read = (text: string) =>
      readBaseline(
        { host: { readFile: async () => text } } as unknown as CommandContext,
        'base.json',
        { workspace: '/w/One', intents: {} },
        null,
      );
    const findings = [
      { id: 'a', outcome: 'fail', accepted: null },
      { id: 'b', outcome: 'fail', accepted: { reason: 'r' } },
      { id: 'c', outcome: 'unknown' },
      { id: 'd', outcome: 'pass' },
    ];
    const snapshot = { workspace: '/w/one', takenAt: '2026-11-28T00:00:00Z' };
    for (const json of [{ result: { snapshot, findings } }, { snapshot, findings }]) {
      expect(await read(JSON.stringify(json))).toMatchObject({
        earlier: { failing: ['a'], unknowns: ['c'] },
        against: { kind: 'baseline', file: 'base.json', at: '2026-11-28T00:00:00Z' },
      });
    }
    for (const bad of ['x', '[]', '{"result":{}}', JSON.stringify({ snapshot: { workspace: '/w/two' }, findings })]) {
      await expect(read(bad)).rejects.toMatchObject({ exit: exitStatus.usage });
    }
  });
});
