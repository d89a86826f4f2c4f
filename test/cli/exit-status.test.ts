// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of scripts.
// The table of exit statuses of the command-line contract, each line met by the real program.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type AuditJson,
  bastide,
  bastideJson,
  bastideProcess,
  freshHome,
  type HistoryJson,
  type Home,
  type OutcomeJson,
} from '../support/bastide.ts';

let home: Home;
const file = (name: string) => path.join(home.folder, name);
const run = (line: string, input = '') => bastide(line.split(' '), home, input);
beforeAll(() => {
  home = freshHome();
});
afterAll(() => home.remove());

describe('0, 1, 3: audits', () => {
  test.each([
    ['audit --demo=open', 1],
    ['audit --demo=open --fail-on never', 0],
    ['audit --demo=closed', 0],
    ['--demo=closed', 0],
    ['--demo --fail-on never', 0],
    ['verify --demo=open', 1],
  ])('%s is %i', async (line, status) => expect((await run(line)).status).toBe(status));

  test('a read failure that leaves a check unknown is 3, also with --fail-on never; a failing finding takes precedence', async () => {
    const { result } = await bastideJson<{ resources: { type: string }[]; gaps: object[] }>(
      ['scan', '--demo=closed'],
      home,
    );
    const refused = result.resources.filter((resource) => /storageAccounts$/i.test(resource.type)) as { id: string }[] &
      { type: string }[];
    const gap = (id: string) => ({
      id,
      reason: 'Refused.',
      action: 'Microsoft.Storage/storageAccounts/read',
      status: 403,
    });
    const ids = (refused as unknown as { id: string }[]).map(({ id }) => id);
    const blind = {
      ...result,
      resources: result.resources.filter((resource) => !/storageAccounts$/i.test(resource.type)),
      gaps: [...result.gaps, ...ids.map(gap)],
    };
    writeFileSync(file('blind.json'), JSON.stringify(blind));
    expect((await run('audit --from blind.json')).status).toBe(3);
    for (const line of ['plan --all', 'what-if --all', 'fix --all --dry-run', 'plan storage.default-action-deny']) {
      const empty = await run(`${line} --from blind.json`);
      expect([empty.status, empty.stdout]).toEqual([3, expect.stringMatching(/[;:] \d+ checks? (?:is|are) unknown\./)]);
    }
    // A file keeps it, whatever can be read when it is applied.
    expect((await run('plan --all --from blind.json --output empty.json')).status).toBe(3);
    const saved = await run('apply empty.json --dry-run --from blind.json');
    expect([saved.status, saved.stdout]).toEqual([3, expect.stringMatching(/[;:] \d+ checks? (?:is|are) unknown\./)]);
    const text = await run('audit --from blind.json --fail-on never');
    expect([text.status, text.stderr]).toEqual([3, '']);
    // Where the result is not shown as text, stderr says why.
    const told = ids.map((id) => `Not accessible: ${path.basename(id)}: Refused.`);
    for (const how of [
      '--format json',
      '--format sarif --quiet',
      '--output blind.txt',
      '--format junit --output b.xml',
    ]) {
      const ran = await run(`audit --from blind.json --fail-on never ${how}`);
      expect([ran.status, ran.stderr.trim().split('\n')]).toEqual([3, expect.arrayContaining(told)]);
    }
    expect((await run('audit --demo=closed --format json')).stderr).toBe('');

    // So do the other commands that end with it.
    writeFileSync(file('whole.json'), JSON.stringify(result));
    const command = { command: 'python train.py', environment: 'azureml:e@latest', compute: 'azureml:cpu-cluster' };
    writeFileSync(file('job.yml'), JSON.stringify(command));
    const account = path.basename(ids[0] ?? '');
    for (const line of [
      'diff whole.json blind.json --fail-on never',
      `path --from blind.json --source snet-train --destination ${account}`,
      `assert --from blind.json storage.default-action-deny ${account} pass`,
      'preflight job.yml --from blind.json',
    ]) {
      const ran = await run(`${line} --format json`);
      const why = expect.stringMatching(/^Not accessible: \w*ml\w*: .*Refused\./m);
      expect([line, ran.status, ran.stderr]).toEqual([line, 3, why]);
      expect(JSON.parse(ran.stdout).failure, line).toBeNull();
      expect((await run(line)).stderr, line).toBe('');
    }
  });
});

describe('2: usage, and nothing is written', () => {
  test.each([
    'adit',
    'audit --nope',
    'audit --format yaml',
    'version --format sarif',
    'fix --all --format html --yes --demo=open',
    'audit --from missing.json',
    'audit --demo=nowhere',
    'audit --demo --output folder',
    'fix --demo',
    'fix storage.dev-client-ip --ip 10.1.2.3 --demo=open --yes',
    'fix storage.dev-client-ip --ip 203.0.113.300 --demo=open --yes',
    'fix storage.nope --demo=open --yes',
    'apply missing.json --demo',
    'config set failOn often',
    'theme nope',
    'audit --theme nope --demo',
    'prove -',
  ])('%s', async (line) => {
    mkdirSync(file('folder'), { recursive: true });
    const ran = await run(line);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).toMatch(/^bastide: /);
    expect(ran.stderr).not.toMatch(/\n\s+at /);
    expect(ran.status).toBe(2);
    expect(readdirSync(file('folder'))).toEqual([]);
  });
});

describe("2: clients that cannot be an operator's own are refused, whatever declares them", () => {
  const own = '203.0.113.7';

  test.each(['0.0.0.0/0', '0.0.0.0/1, 128.0.0.0/1', '64.0.0.0/3', '172.0.0.0/8', '203.0.0.0/16', 'Internet', '"*"'])(
    '%s',
    async (value) => {
      const plain = value.replaceAll('"', '');
      const said = expect.stringContaining(plain.split(', ')[0] ?? '');
      writeFileSync(file('wide.yaml'), `assumptions:\n  sshWanted: true\n  devClientIps: [${value}]\n`);
      for (const line of ['plan --all', 'fix --all --yes', 'audit', 'fleet audit', 'assume']) {
        const ran = await run(`${line} --demo=limited --config wide.yaml`);
        expect([line, ran.status, ran.stderr]).toEqual([line, 2, said]);
        expect(ran.stderr).toContain('wide.yaml');
      }
      // One that is stored goes first.
      const values = plain.split(', ');
      const refused = await bastide(['assume', 'devClientIps', values.join(','), '--demo=limited'], home);
      expect([refused.status, refused.stderr]).toEqual([2, said]);
      // A snapshot of another machine, and what an older version stored.
      const { result } = await bastideJson<{ intents: object }>(['scan', '--demo=limited'], home);
      writeFileSync(file('wide.json'), JSON.stringify({ ...result, intents: { devClientIps: values } }));
      const read = await run('plan --all --from wide.json');
      expect([read.status, read.stderr]).toEqual([2, said]);
      expect((await run(`assume devClientIps ${own} --demo=limited`)).status).toBe(0);
      const stored = path.join(home.folder, 'bastide', 'intents.json');
      writeFileSync(
        stored,
        readFileSync(stored, 'utf8').replace(JSON.stringify(own), values.map((one) => JSON.stringify(one)).join()),
      );
      const later = await run('plan --all --demo=limited');
      expect([later.status, later.stderr]).toEqual([2, said]);
      expect((await run('assume sshWanted true --demo=limited')).status).toBe(2);
      expect((await run(`assume devClientIps ${own} --demo=limited`)).status).toBe(0);
      expect((await run('assume devClientIps --clear --demo=limited')).status).toBe(0);
      expect((await run('audit --demo=limited --fail-on never')).status).not.toBe(2);
    },
    120_000,
  );
});

describe('2: what is not understood is refused, and the valid words are named', () => {
  const job = 'preflight understood.yml --fix --demo=open';
  test.each([
    ['fix nsg.inbound-ssh --answer source=10.0.0.0/8 --yes --demo=limited', /No selected fix takes the answer source/],
    ['fix nsg.inbound-ssh --answer source=10.0.0.0/8 --dry-run --demo=limited', /Remove --answer: it takes none/],
    ['fix --all --answer source=x --yes --demo=open', /Answers: .*subnet/],
    ['fix acr.sku-premium --answer sku=Basic --yes --demo=open', /Valid values: Premium\./],
    ['fix acr.sku-premium --answer SKU=Premium --yes --demo=open', /Did you mean sku\?/],
    ['fix compute.locks --answer lock=nope --yes --demo=crowded', /nope is not a valid value of the answer lock/],
    ['plan acr.sku-premium --answer skuu=Premium --demo=open', /Did you mean sku\?/],
    ['what-if acr.sku-premium --answer sku=Basic --demo=open', /Valid values: Premium\./],
    ['export --all --as az --answer source=x --demo=open', /No selected fix takes/],
    ['guide --yes --answer source=x --demo=open', /No selected fix takes/],
    ['guide --dry-run --answer sku=Basic --demo=open', /Valid values: Premium\./],
    [`${job} --answer source=x --yes`, /No selected fix takes/],
    ['preflight understood.yml --answer sku=Premium --demo=open', /need --fix/],
    ['fix --all --allow-effects nonsense --yes --demo=open', /nonsense is not a kind of effect/],
    ['fix --all --resource stmlsin --yes --demo=open', /Did you mean stmlsim\?/],
    ['audit --rule storage.nope --demo=open', /No rule matches storage\.nope/],
    ['audit --skip-rule nope.* --demo=open', /No rule matches/],
    ['audit --area storag --demo=open', /Did you mean storage\? Areas: /],
    ['audit --resource stmlsin --demo=open', /Did you mean stmlsim\?/],
    ['findings --resource stmlsin --demo=open', /Did you mean stmlsim\?/],
    ['watch --times 1 --resource stmlsin --demo=open', /Did you mean stmlsim\?/],
  ])('%s', async (line, says) => {
    writeFileSync(file('understood.yml'), 'type: command\ncommand: echo\ncompute: azureml:cpu-cluster\n');
    const ran = await run(line.replace('understood.yml', file('understood.yml')));
    expect([ran.status, ran.stderr]).toEqual([2, expect.stringMatching(says)]);
    expect(ran.stderr).not.toMatch(/\n\s+at /);
    const demo = line.match(/--demo=\w+/)?.[0] ?? '';
    const { result } = await bastideJson<HistoryJson>(['history', demo], home);
    expect(result.entries).toEqual([]);
  });

  test.each([
    ['fix nsg.inbound-ssh --yes --demo=closed', /applies to nothing here|No changes needed/],
    ['plan aks.outbound-default --demo=open', /aks\.outbound-default applies to nothing here/],
    ['plan --all --answer subnet=vnet-ml/snet-pe --demo=open', /The answer subnet is not used/],
    ['audit --resource mlw-sim --rule storage.* --fail-on never --demo=open', /No check applies to this selection/],
    ...['json', 'csv', 'junit', 'sarif', 'ocsf'].map((format): [string, RegExp] => [
      `audit --rule databricks.* --format ${format} --demo=open`,
      /No check applies to this selection/,
    ]),
    ['audit --rule databricks.* --new-only --demo=open', /No check applies to this selection/],
    ['watch --times 1 --rule databricks.* --demo=open', /No check applies to this selection/],
  ])('what is known and means nothing here is said: %s', async (line, says) => {
    const ran = await run(line);
    expect([ran.status, ran.stdout + ran.stderr]).toEqual([0, expect.stringMatching(says)]);
  });

  test.each([
    'plan storage.dev-client-ip --ip 203.0.113.50 --demo=limited',
    'plan acr.default-action-deny acr.image-build-compute acr.sku-premium --answer sku=Premium --demo=open',
  ])('what is planned all the same is not: %s', async (line) => {
    const ran = await run(line);
    expect([ran.status, ran.stdout, ran.stderr]).toEqual([0, expect.stringMatching(/^1\. /m), '']);
  });
});

describe('4: nothing was sent', () => {
  test.each([
    'fix --all --demo=open',
    'fix --all --demo=open --yes --read-only',
    'undo --demo=open --yes',
    'redo --demo=open --yes',
  ])('%s', async (line) => {
    expect((await run(line)).status).toBe(4);
    const { result } = await bastideJson<HistoryJson>(['history', '--demo=open'], home);
    expect(result.entries).toEqual([]);
  });

  test('without a confirmation the plan is shown, and is in the JSON', async () => {
    const ran = await bastideJson<null>(['fix', '--all', '--demo=open'], home);
    expect(ran.failure).toMatchObject({ code: 'needs-confirmation' });
    expect(JSON.stringify(ran.failure)).toContain('"steps"');
    expect(ran.stderr).toContain('Apply these');
  });

  test('files are read-only', async () => {
    await run('scan --demo=open --output open.json');
    expect((await run('fix --all --from open.json --yes')).status).toBe(4);
    expect((await run('fix --all --from open.json --dry-run')).status).toBe(0);
  });

  test('a setting that changed since the plan stops it and is named', async () => {
    const at = freshHome();
    try {
      const plan = (line: string) => bastide(line.split(' '), at);
      await plan('plan storage.default-action-deny --demo=open --output plan.json');
      const state = path.join(at.folder, 'bastide/demo/open.json');
      const moved = readFileSync(state, 'utf8')
        .replaceAll('"defaultAction":"Allow"', '"defaultAction":"Audit"')
        .replaceAll('"defaultAction": "Allow"', '"defaultAction": "Audit"');
      writeFileSync(state, moved);
      const ran = await plan('apply plan.json --demo=open --yes');
      expect(ran.status).toBe(4);
      expect(ran.stderr).toMatch(/defaultAction/);
    } finally {
      at.remove();
    }
  });
});

describe('6, 7: sign-in and refusals', () => {
  test('no sign-in method is 6', async () => {
    const ran = await bastide(['audit'], { ...home, env: { ...home.env, PATH: '/nowhere:/usr/bin:/bin' } });
    expect(ran.status).toBe(6);
  });
  test('an endpoint that does not answer is no bug', async () => {
    const ran = await run('audit --endpoint https://127.0.0.1:9');
    expect([6, 7]).toContain(ran.status);
  });
});

describe('70: a bug', () => {
  /** A program whose rules fail in a way that nothing expects. */
  const broken = (words: string[]) => {
    const plant = "process.nextTick(()=>{Map.groupBy=()=>{throw new Error('planted')}})";
    const options = { ...home.env, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(plant)}` };
    return bastideProcess(words, { ...home, env: options });
  };
  test('is one line on stderr, and the one document that JSON promises', async () => {
    const text = await broken(['audit', '--demo=open']);
    expect([text.status, text.stdout]).toEqual([70, '']);
    expect(text.stderr).toBe(
      'bastide: this is a bug in Bastide: planted. Run it again with --debug FILE for details.\n',
    );
    const json = await broken(['audit', '--demo=open', '--format', 'json']);
    expect([json.status, json.stderr]).toEqual([70, text.stderr]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      ...{ schema: 'bastide/v1', command: 'audit', ok: false, result: null },
      failure: { code: 'bug', message: 'This is a bug in Bastide: planted.' },
    });
    const lines = await broken(['plan', '--all', '--demo=open', '--format', 'ndjson']);
    expect(JSON.parse(lines.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ ok: false });
  });
});

describe('files and streams', () => {
  test('--output writes the result whole, and stdout stays empty', async () => {
    const ran = await run('audit --demo=closed --format sarif --output report.sarif');
    expect([ran.status, ran.stdout]).toEqual([0, '']);
    expect(JSON.parse(readFileSync(file('report.sarif'), 'utf8')).version).toBe('2.1.0');
    expect(readdirSync(home.folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
  test('a failure leaves an older file as it was', async () => {
    writeFileSync(file('kept.json'), 'old');
    expect((await run('audit --from missing.json --format json --output kept.json')).status).toBe(2);
    expect(readFileSync(file('kept.json'), 'utf8')).toBe('old');
  });
  test('plan --output is the envelope whatever the format, and apply takes it', async () => {
    await run('plan storage.bypass-azure-services --demo=open --output p.json');
    expect(JSON.parse(readFileSync(file('p.json'), 'utf8'))).toMatchObject({
      schema: 'bastide/v1',
      command: 'plan',
      ok: true,
    });
    writeFileSync(file('bad.json'), '{"schema":"bastide/v1","result":{"steps":[]}}');
    expect((await run('apply bad.json --demo=open --yes')).status).toBe(2);
  });
  test('--debug holds requests and no token', async () => {
    await run('audit --demo=closed --debug log.txt');
    const log = readFileSync(file('log.txt'), 'utf8');
    expect(log).toMatch(/"kind":"request"/);
    expect(log).not.toMatch(/eyJ|Bearer|not-a-secret/);
  });
  test('ndjson: bare findings for an audit, events and then the result elsewhere', async () => {
    const lines = (text: string) =>
      text
        .trim()
        .split('\n')
        .map((one) => JSON.parse(one) as Record<string, unknown>);
    expect(
      lines((await run('audit --demo=open --format ndjson')).stdout).every((one) => typeof one.rule === 'string'),
    ).toBe(true);
    const scan = lines((await run('scan --demo=open --format ndjson')).stdout);
    expect(scan.some((one) => one.kind === 'progress')).toBe(true);
    expect(scan.at(-1)?.kind).toBe('result');
  });
  test('nothing goes to stderr without a terminal', async () => {
    expect((await run('audit --demo=closed')).stderr).toBe('');
  });
  test('settings are only read where there are some', async () => {
    const at = freshHome();
    try {
      await bastide(['version'], at);
      expect(existsSync(path.join(at.folder, 'bastide/settings.json'))).toBe(false);
      await bastide(['config', 'set', 'failOn', 'never'], at);
      expect((await bastide(['audit', '--demo=open'], at)).status).toBe(0);
      writeFileSync(path.join(at.folder, 'bastide/settings.json'), '{');
      const ran = await bastide(['audit', '--demo=open'], at);
      expect(ran.status).toBe(2);
      expect(ran.stderr).toContain('settings.json');
    } finally {
      at.remove();
    }
  });
});

describe('scripts', () => {
  test('the same script twice: the second run plans nothing', async () => {
    const at = freshHome();
    try {
      writeFileSync(path.join(at.folder, 's'), 'fix --all\nfix storage.dev-client-ip --ip ${IP}\n-audit\n');
      const line = [
        'run',
        's',
        '--demo=open',
        '--yes',
        '--allow-effects',
        'cuts-off',
        '--set',
        'IP=203.0.113.8',
        '--format',
        'json',
      ];
      const first = await bastide(line, at);
      const second = await bastide(line, at);
      expect([first.status, second.status]).toEqual([0, 0]);
      const entries = (text: string) =>
        text
          .trim()
          .split('\n')
          .map((one) => (JSON.parse(one) as { result: OutcomeJson | AuditJson }).result)
          .filter((one) => 'entry' in one)
          .map((one) => (one as OutcomeJson).entry);
      expect(entries(first.stdout).every((entry) => typeof entry === 'string')).toBe(true);
      expect(entries(second.stdout)).toEqual([null, null]);
    } finally {
      at.remove();
    }
  });
  test('an audit that fails stops a script, and a line that cannot be parsed starts none', async () => {
    expect((await run('run - --demo=open --format json', 'audit\nversion\n')).stdout.trim().split('\n')).toHaveLength(
      1,
    );
    expect((await run('run - --demo=open', 'audit\n')).status).toBe(1);
    const none = await run('run - --demo=open', 'version\nadit\n');
    expect([none.status, none.stdout]).toEqual([2, '']);
    expect(none.stderr).toContain('Line 2');
  });
});

test('1: preflight --fix that includes nothing says what is offered', async () => {
  writeFileSync(file('offered.yml'), 'type: command\ncommand: echo\ncompute: azureml:gpu-cluster\n');
  const ran = await run('preflight offered.yml --fix --yes --demo=firewalled');
  expect(ran.status).toBe(1);
  const offered = ran.stdout.split('\n').filter((one) => one.startsWith('not included: ')).length;
  expect(offered).toBeGreaterThan(1);
  expect(ran.stdout.trim().split('\n').at(-1)).toMatch(
    new RegExp(`^No fix is included; ${offered} are offered\\. To include them, pass --allow-effects opens,`),
  );
  expect(ran.stdout).not.toContain('Nothing to fix');
});

test('1: preflight --fix that applies its fixes, and the job still fails: judged again after them', async () => {
  writeFileSync(file('still.yml'), 'type: command\ncommand: echo\ncompute: azureml:gpu-cluster\n');
  const line = 'preflight still.yml --fix --yes --allow-effects opens,costs,other-scope,one-way --demo=managed --fresh';
  const ran = await run(`${line} --format json`);
  const { result } = JSON.parse(ran.stdout);
  const made = result.fixed.steps.map(({ state }: { state: string }) => state);
  expect([ran.status, result.verdict, result.before.verdict, new Set(made)]).toEqual([
    ...[1, 'willFail', 'willFail', new Set(['done'])],
  ]);
  // What failed before the fix and was resolved by it.
  expect(result.fixed.verified.resolved).toContainEqual(expect.stringMatching(/^storage\.resource-instance-rule@/));
  expect(result.legs.find(({ leg }: { leg: string }) => leg === 'service')?.verdict).toBe('ok');
  const text = await run(line);
  expect([text.status, text.stdout]).toEqual([1, expect.stringMatching(/^After the fix\n.*\nwill fail {2}/m)]);
});

describe('1: what is critical or high was introduced', () => {
  const introducing =
    'fix acr.default-action-deny --answer sku=Premium --answer accept-cut=yes --allow-effects relaxes,restricts,deletes,one-way,costs,outage';
  const fresh = '--demo=everything --fresh --yes --fail-on never';

  test('it is said first, and an undo of it is done', async () => {
    const fixed = await run(`${introducing} ${fresh}`);
    expect([fixed.status, fixed.stdout.split('\n')[0]]).toEqual([
      1,
      'introduced     high     acr.build-cluster-egress  acrmlsim',
    ]);
    expect(fixed.stderr).toMatch(/Applied, and 1 critical or high finding fails that did not before/);
    const undone = await run('undo --yes --demo=everything');
    expect([undone.status, undone.stdout]).toEqual([0, expect.not.stringContaining('introduced')]);
    expect(undone.stdout).toMatch(/^fails again {4}acr.default-action-deny {2}acrmlsim$/m);
    expect(undone.stdout).toMatch(/^Brought back: \d+ findings? that failed before the undone changes/m);
  });

  test('a script does not pass over it, not on a line that may fail either', async () => {
    const script = file('introducing.bastide');
    for (const [line, lines] of [
      [introducing, 1],
      [`- ${introducing}`, 2],
    ] as const) {
      writeFileSync(script, `${line}\nversion\n`);
      const ran = await run(`run ${script} ${fresh}`);
      expect(ran.status).toBe(1);
      expect(ran.stderr).toContain(`${lines} line${lines === 1 ? '' : 's'} run`);
    }
    const { failure, result, status } = await bastideJson<OutcomeJson>(
      [...introducing.split(' '), ...fresh.split(' ')],
      home,
    );
    expect([status, failure?.code]).toEqual([1, 'introduced']);
    expect(Object.keys(result.verified)[0]).toBe('introduced');
  });
});
