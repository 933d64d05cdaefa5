import type { FastifyInstance } from 'fastify';

/** What the router knows, to tell a wrong method from a wrong address. */
export class KnownRoutes {
  private readonly methodsByPattern = new Map<string, Set<string>>();

  constructor(instance: FastifyInstance) {
    instance.addHook('onRoute', ({ url, method }) => {
      const methods = this.methodsByPattern.get(url) ?? new Set();
      for (const one of [method].flat()) methods.add(one);
      this.methodsByPattern.set(url, methods);
    });
  }

  /** The methods that some route of this path takes, in alphabetical order; empty when there is no such address. */
  methodsOf(path: string): string[] {
    const segments = path.split('/');
    const allowed = new Set<string>();
    for (const [pattern, methods] of this.methodsByPattern) {
      if (matches(pattern.split('/'), segments)) methods.forEach((method) => allowed.add(method));
    }
    return [...allowed].sort();
  }
}

function matches(pattern: string[], segments: string[]): boolean {
  if (pattern.length !== segments.length) return false;
  return pattern.every((part, index) => (part.startsWith(':') ? segments[index] !== '' : part === segments[index]));
}
