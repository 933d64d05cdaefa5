interface RequestOptions {
  method?: string;
  /** An access token or API key, sent as `Authorization: Bearer`. */
  token?: string;
  /** An API key, sent as `X-API-Key`. */
  apiKey?: string;
  /** A string or bytes go out as they are, FormData as multipart, everything else as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

interface Answer<Body> {
  status: number;
  headers: Headers;
  /** Parsed when the answer is JSON, else the text. */
  body: Body;
}

/** Sends one request. The method is POST when there is a body, else GET. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests assert on bodies of any shape
export async function request<Body = any>(url: string, options: RequestOptions = {}): Promise<Answer<Body>> {
  const { body, token, apiKey } = options;
  const asIs = body === undefined || typeof body === 'string' || body instanceof Uint8Array || body instanceof FormData;
  const response = await fetch(url, {
    method: options.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(asIs ? {} : { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(apiKey !== undefined && { 'x-api-key': apiKey }),
      ...options.headers,
    },
    body: asIs ? (body as RequestInit['body']) : JSON.stringify(body),
    redirect: 'manual',
  });
  const text = await response.text();
  const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    body: (isJson && text !== '' ? JSON.parse(text) : text) as Body,
  };
}
