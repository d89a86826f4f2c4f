// Another client acts between any two requests of a line that edits: nothing that it set is lost without a word, the exit status and the
// history say what happened, and after an undo the world is as that client alone makes it, or what could not be undone is named.
import { requestCells } from '../support/request-suite.ts';

requestCells(({ about }) => about.every((one) => one.startsWith('edit ')));
