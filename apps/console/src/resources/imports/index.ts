import { lazy } from 'react';

export const imports = {
  list: lazy(() => import('./UploadList')),
};
