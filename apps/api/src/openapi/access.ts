import type { DocumentBuilder } from '@nestjs/swagger';
import { apiKeyScopes } from '#contracts';
import type { Operation } from './operation.js';

/** By an access token, or by an API key in one of three ways. */
const ANY_CREDENTIALS: Operation['security'] = [{ bearer: [] }, { apiKey: [] }, { basic: [] }];
const ACCESS_TOKEN = [{ bearer: [] }];

/** Describes every way in which a request can say who sends it. */
export function addSecuritySchemes(builder: DocumentBuilder): DocumentBuilder {
  return builder
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key, or an access token.' }, 'bearer')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key.' }, 'apiKey')
    .addBasicAuth(
      {
        type: 'http',
        scheme: 'basic',
        description:
          'An API key as the password, with any user name; or as the user name, without a password. The call gate challenges ' +
          'for it, so that clients which wait for a challenge send it.',
      },
      'basic',
    )
    .addCookieAuth(
      '__Host-ringfence_refresh',
      {
        type: 'apiKey',
        in: 'cookie',
        description:
          'The refresh token, which `signIn` sets where scripts cannot read it. Over plain http its name is `ringfence_refresh`.',
      },
      'refreshToken',
    )
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', description: 'METRICS_TOKEN of the installation.' },
      'metricsToken',
    );
}

/**
 * Says who may call, from what the route declares about its access. A public route keeps the schemes that its decorators
 * name, and has none otherwise.
 */
export function describeAccess(operation: Operation): void {
  const { 'x-public': isPublic, 'x-permission': permission } = operation;
  if (isPublic === true) {
    operation.security ??= [];
    return;
  }
  if (typeof permission !== 'string') return;
  const forKeys = (apiKeyScopes as readonly string[]).includes(permission);
  operation.security = forKeys ? ANY_CREDENTIALS : ACCESS_TOKEN;
  const needs = `Needs the permission \`${permission}\`${forKeys ? '' : ', which no API key has: send an access token'}.`;
  operation.description = operation.description ? `${operation.description}\n\n${needs}` : needs;
}
