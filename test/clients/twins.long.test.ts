// What a plan says in the words of the Azure CLI is what Bastide does. The same plan is carried out twice: once by Bastide, and
// once line by line by Microsoft's own az; both Azures must be the same afterwards. One world, unless BASTIDE_CLIENTS=all asks
// for the long run.
import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Plan, Step } from '../../src/model/plan.ts';
import type { Session } from '../../src/session/session.ts';
import { freshHome } from '../support/bastide.ts';
import { drain, openBench } from '../support/bench.ts';
import { skippedFor } from '../support/outside.ts';
import { normalBodies } from '../support/state.ts';
import { azEnvironment, missing, run } from './simulated.ts';

type Answers = Readonly<Record<string, string>>;
const endpoint: Answers = { subnet: 'vnet-ml/snet-pe', link: 'Acr', way: 'admit' };
const always: readonly (readonly [world: string, answers: Answers])[] = [['tunnelled', {}]];
const long: typeof always = [
  ['mixed', {}],
  ['open', { sku: 'Premium' }],
  ['drifted', endpoint],
  ['neglected', {}],
  ['limited', endpoint],
  ['firewalled', endpoint],
  ['registry', {}],
  ['kubernetes', { nodes: '2' }],
  ['scoring', {}],
  ['machines', { group: 'make' }],
  ['databricks', { prefix: '10.1.2.0/24' }],
  ['containers', {}],
  ['everything', { sku: 'Premium', prefix: '10.1.2.0/24' }],
  [
    'crowded',
    {
      ...endpoint,
      delete: 'yes',
      lock: 'keep-network',
      unused: '1f62aaae-184d-faf3-f607-d80426f38071-azurebatch-cloudservicenetworksecuritygroup',
    },
  ],
];
const asked = process.env.BASTIDE_CLIENTS === 'all' ? [...always, ...long] : always;
const noAz = missing('az');
const minutes = 60_000;

const home = freshHome();
const scratch = mkdtempSync(path.join(home.folder, 'twins-'));
afterAll(() => home.remove());

const planFor = async (session: Session, answers: Answers): Promise<Plan> =>
  session.plan(await drain(session.scan()), { targets: 'all', answers, ips: [], profile: 'all' });
const apply = (session: Session, plan: Plan) => drain(session.apply(plan, { line: 'fix --all', acceptWarnings: true }));
/** As the typed models of the CLI see a body: they drop the members that they do not know, which the worlds plant. */
const asTyped = (body: unknown): string =>
  JSON.stringify(body, (name, value: unknown) => (name === 'unknownToClients' ? undefined : value), 1);
/** Has the CLI, as Microsoft ships it without extensions, words for this step? */
const isSaid = ({ az }: Step): boolean => az !== '' && !/(^|\n|&& )(#|az (ml|network firewall) )/.test(az);

test.skipIf(noAz !== undefined).each(asked)(
  `az does in %s what Bastide does${skippedFor(noAz)}`,
  { timeout: 15 * minutes },
  async (world, answers) => {
    const [ours, theirs] = [await openBench({ world, scratch }), await openBench({ world, scratch })];
    try {
      const { simulator, session } = theirs;
      const ca = path.join(scratch, `${world}.pem`);
      writeFileSync(ca, simulator.ca);
      const env = { ...azEnvironment({ home, ready: { ca } }), AZURE_CONFIG_DIR: path.join(scratch, world) };
      const az = async (line: string) => {
        const { status, stderr } = await run('bash', ['-euc', line], env);
        return status === 0 ? [] : [line, stderr.trim().split('\n').slice(-3).join(' | ')];
      };
      const { endpoint: arm, client, secret, tenant } = simulator;
      expect(await az(`az cloud register -n Sim --endpoint-resource-manager ${arm}; az cloud set -n Sim`)).toEqual([]);
      expect(await az(`az login --service-principal -u ${client} -p ${secret} --tenant ${tenant}`)).toEqual([]);

      const plan = await planFor(session, answers);
      expect(plan.steps.length).toBeGreaterThan(0);
      for (const step of plan.steps) {
        if (isSaid(step)) expect(await az(step.az)).toEqual([]);
        else expect(await apply(session, { ...plan, steps: [step] })).toMatchObject({ state: 'done' });
      }
      expect(await apply(ours.session, await planFor(ours.session, answers))).toMatchObject({ state: 'done' });

      const [made, said] = [ours, theirs].map((one) => normalBodies(one.simulator.stateText()));
      const ids = [...new Set([...Object.keys(made ?? {}), ...Object.keys(said ?? {})])];
      const texts = ids.map((id) => [made, said].map((bodies) => asTyped(bodies?.[id])));
      expect(texts.map(([, text]) => text)).toEqual(texts.map(([text]) => text));
    } finally {
      await Promise.all([ours.close(), theirs.close()]);
    }
  },
);
