import type { AuthorizationView, CorrectionView } from './authorizations.js';

/** A line of the decision log: an authorization with the words that people need to read it. */
export interface DecisionView extends AuthorizationView {
  /** What the reason means, and what to do about it. */
  message: string;
  agentName: string | null;
}

/** `GET /call-gate/authorizations/:id`. */
export interface DecisionDetailView extends DecisionView {
  /** What later reports changed on the completed call, the first at the top. */
  corrections: CorrectionView[];
}

/** `GET /call-gate/authorizations`: the newest first. */
export interface DecisionPageView {
  /** May be fewer than asked for, and even none, although there are more: nextCursor says so. */
  items: DecisionView[];
  /** What to send as `cursor` for the next page; null when there is none. */
  nextCursor: string | null;
  /** How far back the answer looked; null when to the beginning. */
  scannedTo: string | null;
}
