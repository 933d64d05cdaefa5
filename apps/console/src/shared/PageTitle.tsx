import { useEffect } from 'react';

/** The name of a screen, in the app bar and on the browser's tab. */
export const PageTitle = ({ name }: { name: string | undefined }) => {
  useEffect(() => {
    document.title = name ? `Ringfence · ${name}` : 'Ringfence';
    return () => {
      document.title = 'Ringfence';
    };
  }, [name]);
  return <span>{name}</span>;
};
