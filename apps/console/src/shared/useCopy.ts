import { useNotify } from 'react-admin';

/** Puts text into the clipboard and says so. */
export function useCopy(): (text: string, what: string) => Promise<void> {
  const notify = useNotify();
  return async (text, what) => {
    try {
      await navigator.clipboard.writeText(text);
      notify(`${what} is copied`, { type: 'info' });
    } catch {
      notify('The browser does not let us copy: select the text and copy it yourself', { type: 'warning' });
    }
  };
}
