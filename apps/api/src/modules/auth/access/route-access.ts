import { ApiExtension } from '@nestjs/swagger';
import type { Permission } from '#contracts';

const ROUTE_ACCESS = Symbol('route access');

type RouteAccess =
  { kind: 'public' } | { kind: 'public_or_signed_in' } | { kind: 'permission'; permission: Permission };

/** Only callers with this permission reach the route. */
export function RequirePermission(permission: Permission): MethodDecorator {
  return declare({ kind: 'permission', permission }, ApiExtension('x-permission', permission));
}

/** The route is public: it takes requests without credentials. */
export function Public(): MethodDecorator {
  return declare({ kind: 'public' }, ApiExtension('x-public', true));
}

/**
 * The route is public; it knows the user whose access token is sent, and a token that is not valid is refused.
 * `OptionalContext` gives the route what is known.
 */
export function PublicOrSignedIn(): MethodDecorator {
  return declare({ kind: 'public_or_signed_in' }, ApiExtension('x-public', true));
}

/** What a route's method declared; undefined when it declared nothing. */
export function routeAccessOf(method: object): RouteAccess | undefined {
  return Reflect.getMetadata(ROUTE_ACCESS, method) as RouteAccess | undefined;
}

/** @throws Error when the method carries a declaration already: two of them would leave open which one counts */
function declare(access: RouteAccess, description: MethodDecorator): MethodDecorator {
  return (target, name, descriptor) => {
    const method = descriptor.value as object;
    if (routeAccessOf(method)) throw new Error(`${String(name)} declares its access twice. Keep one declaration.`);
    Reflect.defineMetadata(ROUTE_ACCESS, access, method);
    description(target, name, descriptor);
  };
}
