import type { CorrectionView } from '#contracts';

/** What later reports changed on one authorization ($2) of an organization ($1), the first at the top: 100 at most. */
export const CORRECTIONS = `
  select c.corrected_at as "correctedAt", c.corrected_by_kind as kind, c.corrected_by as id, c.corrected_by_label as label,
    c.changes
  from settlement_corrections c
  where c.organization_id = $1 and c.authorization_id = $2
  order by c.sequence`;

export interface CorrectionRow {
  correctedAt: Date;
  kind: 'user' | 'api_key';
  id: string;
  label: string;
  changes: CorrectionView['changes'];
}

export function correctionView({ correctedAt, changes, ...correctedBy }: CorrectionRow): CorrectionView {
  return { correctedAt: correctedAt.toISOString(), correctedBy, changes };
}
