import { useMemo, useState } from 'react';
import { readFileHead, readTextHead, type UploadHead } from './uploadHead';

/** What is to be uploaded: a file as it is, or else pasted text. */
export interface UploadSource {
  file: File | null;
  text: string;
  /** Null for a file that is no text. */
  head: UploadHead | null;
  isEmpty: boolean;
  setText: (text: string) => void;
  /** Takes a file instead of what was there. Rejects when it cannot be read. */
  take: (file: File) => Promise<void>;
  removeFile: () => void;
  /** How the file is encoded, as people say; null when it is found out. */
  encoding: string | null;
  /** Reads the beginning of the file again. Rejects when it cannot be read. */
  readAs: (encoding: string | null) => Promise<void>;
}

interface Chosen {
  file: File;
  head: UploadHead | null;
  encoding: string | null;
}

export function useUploadSource(): UploadSource {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const textHead = useMemo(() => readTextHead(text), [text]);
  return {
    file: chosen?.file ?? null,
    text,
    head: chosen ? chosen.head : textHead,
    isEmpty: chosen === null && text.trim() === '',
    setText,
    take: async (file) => setChosen({ file, head: await readFileHead(file, null), encoding: null }),
    encoding: chosen?.encoding ?? null,
    readAs: async (encoding) => {
      if (chosen) setChosen({ file: chosen.file, head: await readFileHead(chosen.file, encoding), encoding });
    },
    removeFile: () => setChosen(null),
  };
}
