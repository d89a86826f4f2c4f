// The same of lines that create and delete: what another client made or changed is never deleted or written over.
import { requestCells } from '../support/request-suite.ts';

requestCells(({ about }) => about.some((one) => !one.startsWith('edit ')));
