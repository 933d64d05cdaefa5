import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { routeAccessOf } from './route-access.js';

/** Keeps the application from starting while a route does not say who may reach it. */
@Injectable()
export class UndeclaredRoutes implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** @throws Error naming every controller method that forgot it */
  onApplicationBootstrap(): void {
    const undeclared = this.discovery.getControllers().flatMap(({ metatype }) => {
      const prototype = (metatype as { prototype?: Record<string, unknown> } | null)?.prototype;
      if (!prototype) return [];
      return this.scanner
        .getAllMethodNames(prototype)
        .filter((name) => isUndeclaredRoute(prototype[name]))
        .map((name) => `${metatype!.name}.${name}`);
    });
    if (undeclared.length === 0) return;
    throw new Error(`Routes must declare @RequirePermission or @Public: ${undeclared.join(', ')}`);
  }
}

function isUndeclaredRoute(method: unknown): boolean {
  return (
    typeof method === 'function' && Reflect.hasMetadata(PATH_METADATA, method) && routeAccessOf(method) === undefined
  );
}
