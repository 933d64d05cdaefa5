import { defaultI18nProvider, type I18nProvider } from 'react-admin';

/** Where react-admin's words are a program's, ours say what has happened. */
const ownMessages: Record<string, string> = {
  'ra.notification.item_doesnt_exist': 'It is not there any more, or you may not see it.',
  'ra.notification.http_error': 'The server could not be reached. Try again.',
};

export const i18nProvider: I18nProvider = {
  ...defaultI18nProvider,
  translate: (key, options) => ownMessages[key] ?? (defaultI18nProvider.translate(key, options) as string),
};
