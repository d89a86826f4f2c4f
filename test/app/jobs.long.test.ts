// The jobs of docs/keys.md in a world of two thousand resources.
import { test } from 'vitest';
import { jobs } from '../../build/docs/jobs.ts';
import { walkJob } from '../support/walk-jobs.ts';

test.each(jobs.filter(({ world }) => world === 'large'))('$name', walkJob);
