export { propose } from './propose.ts';
export type { Folder, Proposal, Reason, Recognised } from './types.ts';
export { writeProposal } from './write-proposal.ts';
