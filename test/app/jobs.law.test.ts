// The jobs of docs/keys.md, each walked by its keys at two sizes.
import { test } from 'vitest';
import { jobs } from '../../build/docs/jobs.ts';
import { walkJob } from '../support/walk-jobs.ts';

test.each(jobs.filter(({ world }) => world !== 'large'))('$name', walkJob);
