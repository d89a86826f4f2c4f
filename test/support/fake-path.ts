// A `path` for tests of the screen: it answers without a network, so it says nothing about the engine.
import * as z from 'zod/mini';
import { defineCommand } from '../../src/command/definition.ts';
import { flag } from '../../src/command/flag.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import type { Hop, PathAnswer } from '../../src/model/path.ts';
import { ids } from './fake-session.ts';

const hop = (kind: Hop['hop'], at: string, verdict: Hop['verdict'], because: string, more: Partial<Hop> = {}): Hop => ({
  ...{ hop: kind, at, verdict, because, evidence: [], gaps: [], witness: {} },
  ...more,
});

export const fakeAnswer: PathAnswer = {
  source: { asked: 'snet-train', is: 'vnet-ml/snet-train', resource: ids.subnet, addresses: ['10.0.1.0/24'] },
  destination: { asked: 'stmlsim', is: 'storage account stmlsim', resource: ids.storage, addresses: [] },
  protocol: 'Tcp',
  ports: ['443'],
  verdict: 'denied',
  because: 'stmlsim does not allow snet-train.',
  stoppedBy: 'service',
  blockers: [
    {
      ...{ hop: 'sourceSubnet', at: 'nsg-train at snet-train', verdict: 'partly', evidence: [] },
      ...{ because: 'nsg-train allows some of the traffic.', rules: ['DenySsh'] },
    },
    {
      ...{ hop: 'service', at: 'firewall of stmlsim', verdict: 'denied', evidence: [] },
      ...{ because: 'stmlsim does not allow snet-train.', rules: [] },
    },
  ],
  witness: {},
  hops: [
    hop('source', 'snet-train', 'notAsked', 'Traffic starts in snet-train, from 10.0.1.0/24.'),
    hop('sourceSubnet', 'nsg-train at snet-train', 'partly', 'nsg-train allows some of the traffic.', {
      witness: { allowed: 'Tcp 10.0.1.0:0 -> 10.0.4.4:443', denied: 'Tcp 10.0.1.0:0 -> 10.0.4.4:22' },
    }),
    hop('route', 'routes of snet-train', 'allowed', 'the system route 0.0.0.0/0 leads to the Internet.'),
    hop('service', 'firewall of stmlsim', 'denied', 'stmlsim does not allow snet-train.', {
      evidence: [
        {
          resource: ids.storage,
          pointer: '/properties/networkAcls/virtualNetworkRules',
          value: Array.from({ length: 40 }, (_, index) => ({ id: `${ids.network}/subnets/snet-${index}\u001b[31m` })),
          note: 'virtual network rules',
        },
      ],
    }),
  ],
};

export const fakePath = defineCommand({
  name: 'path',
  summary: 'Follow packets',
  args: z.object({
    source: flag(z.string(), 'where from', { value: 'END' }),
    destination: flag(z.string(), 'where to', { value: 'END' }),
  }),
  effect: 'read',
  presents: 'path',
  examples: [],
  // biome-ignore lint/correctness/useYield: there is nothing to tell on the way.
  async *run(_context, { source }) {
    if (source !== 'nowhere') return fakeAnswer;
    throw new Failure('unknown-source', exitStatus.usage, 'Nothing is called nowhere.', 'Did you mean snet-train?');
  },
  text: () => [],
});
