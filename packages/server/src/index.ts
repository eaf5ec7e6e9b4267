export type { Appended, LogStatus, Sequencer, Submission } from './ledger/sequencer.ts';
