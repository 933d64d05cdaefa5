import type { ImportJobSummaryView } from '#contracts';
import { pluralize } from '../../shared/figures';

/** A file has a name; what was written into the field for numbers is called by its length. */
export const uploadName = ({ fileName, total }: ImportJobSummaryView): string =>
  fileName ?? `Upload of ${pluralize(total, 'row')}`;
