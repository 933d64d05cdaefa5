import { lazy } from 'react';

export const phoneNumbers = {
  options: { label: 'Phone Numbers' },
  list: lazy(() => import('./PhoneNumberList')),
  create: lazy(() => import('./PhoneNumberCreate')),
  edit: lazy(() => import('./PhoneNumberEdit')),
  recordRepresentation: 'phoneNumber',
};
