// The main job with private endpoints and in a managed network: choice by choice, then everything that needs none, until
// only what Azure changes for no client is left.
import { afterEach, expect, test } from 'vitest';
import { rules } from '../../src/rules/index.ts';
import { type AuditJson, bastide, bastideJson, everyEffect, freshHome, type Home } from '../support/bastide.ts';
import { partOf } from '../support/parts.ts';

const homes: Home[] = [];
afterEach(() => {
  for (const made of homes.splice(0)) made.remove();
});

interface Story {
  readonly world: string;
  readonly subnet: string;
  /** Words after `fix`, in their order; each gets the subnet for its endpoints. */
  readonly fixes: readonly (readonly string[])[];
  /** Rules that fail to the end: computes are made anew by hand, and networks and lakes stay as they were made. */
  readonly left: readonly string[];
  /** Act by act, the newest first, until nothing is left; what a managed network is made of is not undone. */
  readonly isTakenBack: boolean;
}

const stories: readonly Story[] = [
  {
    world: 'drifted',
    subnet: 'vnet-ml/snet-pe',
    fixes: [
      ['storage.private-endpoints'],
      ['workspace.private-dns', 'storage.private-dns', 'keyvault.private-endpoint', 'acr.private-endpoint'],
      ['acr.endpoint-kinds-exclusive', '--answer', 'drop=rules'],
      // Public access that is off is enabled only where the operator says so.
      ['--all', '--answer', 'way=open'],
    ],
    left: [
      // To the endpoint of the data lake, whose network is not peered.
      'compute.endpoint-path',
      'compute.explicit-outbound',
      'compute.no-public-ip',
      'compute.placed-in-vnet',
      'compute.ssh-public-access',
      // The addresses of computes are not known: a range that is removed may be theirs.
      'keyvault.ip-rules-legal',
      // A second endpoint of an account would overwrite the record that its zone has of the first.
      'storage.adls2-compute-same-vnet',
      'storage.adls2-hierarchical',
      'storage.same-vnet-as-compute',
      'storage.studio-colocation',
      'workspace.docker-range',
      'workspace.network-preexists',
    ],
    isTakenBack: true,
  },
  {
    world: 'managed',
    subnet: 'vnet-clients/snet-pe',
    fixes: [
      ['workspace.managed-network-mode', '--answer', 'mode=AllowOnlyApprovedOutbound'],
      ['workspace.managed-network-provisioned', '--answer', 'provision=yes'],
      ['workspace.private-endpoint'],
      ['storage.private-endpoints', 'keyvault.private-endpoint'],
      ['acr.private-endpoint', '--answer', 'sku=Premium'],
      ['workspace.private-dns', 'storage.private-dns'],
      // An instance that is not in the managed network used the rule of its subnet.
      ['storage.one-endpoint-kind', '--answer', 'accept-cut=yes'],
      ['--all', '--answer', 'way=open', '--answer', 'accept-cut=yes'],
    ],
    left: ['compute.managed-network-conflict', 'compute.no-public-ip'],
    isTakenBack: false,
  },
];

/** An answer that no selected rule has is refused. */
const takesSubnet = (words: readonly string[]): boolean =>
  words.includes('--all') || rules.some(({ id, answers = {} }) => words.includes(id) && 'subnet' in answers);

const failing = async (at: Home, demo: string) => {
  const { result } = await bastideJson<AuditJson>(['audit', demo], at);
  return result.findings.filter(({ outcome }) => outcome === 'fail');
};

/** A dozen starts of the program, each with a long plan, on two cores that others use as well. */
const patience = 240_000;

test.each(partOf(stories, 2))(
  '$world',
  async ({ world, subnet, fixes, left, isTakenBack }) => {
    const at = freshHome();
    homes.push(at);
    const demo = `--demo=${world}`;
    const before = await failing(at, demo);
    expect(before.length).toBeGreaterThan(10);
    for (const words of fixes) {
      const answer = takesSubnet(words) ? ['--answer', `subnet=${subnet}`] : [];
      const ran = await bastide(['fix', ...words, ...answer, '--yes', ...everyEffect, demo], at);
      // An answer that nothing needs any more is said.
      const said = ran.stderr.replace(/^The answer .* is not used: .*\n$/, '');
      expect(`${words.join(' ')}: ${ran.status} ${said}`).toBe(`${words.join(' ')}: 0 `);
    }
    const after = await failing(at, demo);
    expect([...new Set(after.map(({ rule }) => rule))].toSorted()).toEqual(left);
    if (!isTakenBack) return;

    for (let acts = 0; ; acts += 1) {
      const undo = await bastide(['undo', '--yes', demo], at);
      if (undo.status === 4) break;
      expect(undo.status, undo.stderr).toBe(0);
      expect(acts).toBeLessThan(fixes.length);
    }
    const ids = (findings: typeof before) => findings.map(({ id }) => id).toSorted();
    expect(ids(await failing(at, demo))).toEqual(ids(before));
  },
  patience,
);
