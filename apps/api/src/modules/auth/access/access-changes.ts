import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { ENV, type Env } from '../../../config/env.js';
import { appSession, startupOptions } from '../../../platform/database/connection-options.js';
import { NotificationListener } from '../../../platform/database/notification-listener.js';
import { refuseUnsafeSession } from '../../../platform/health/session-safety.js';
import { ApiKeyPrincipals } from './api-key-principals.js';
import { UserPrincipals } from './user-principals.js';

/** The triggers of `migrations/functions/access/` write to it. */
const CHANNEL = 'ringfence_access';
const SESSION = appSession({ statementTimeoutMs: 5_000, lockTimeoutMs: 1_000 });

/**
 * Hears from the database that a key, a person or a session may do something else than before, whichever process changed
 * it, and makes this process look again. While nothing is heard, what is remembered ages as ever; what was sent meanwhile is lost,
 * so everything is forgotten once it hears again.
 */
@Injectable()
export class AccessChanges implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(AccessChanges.name);
  private readonly listener: NotificationListener;

  constructor(
    @Inject(ENV) env: Env,
    private readonly apiKeys: ApiKeyPrincipals,
    private readonly users: UserPrincipals,
  ) {
    const config = {
      connectionString: env.DATABASE_URL,
      options: startupOptions(SESSION),
      application_name: 'ringfence-access',
    };
    this.listener = new NotificationListener(config, CHANNEL, {
      onConnect: (client) => refuseUnsafeSession(client, SESSION),
      onMessage: (payload) => this.forget(payload),
      onListening: () => this.forgetAll(),
      onLost: (error) =>
        this.logger.warn(`Changes of keys and roles are seen only after five seconds: ${error.message}`),
    });
  }

  /** The start does not wait for it: without it, changes are seen later. */
  onApplicationBootstrap(): void {
    this.listener.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.listener.stop();
  }

  /** For the process that deletes an organization: its callers are looked up again at once, not only when it is heard. */
  forgetOrganization(organizationId: string): void {
    this.apiKeys.forgetOrganization(organizationId);
    this.users.forgetOrganization(organizationId);
  }

  private forget(payload: string): void {
    const [kind, id = ''] = payload.split(':');
    if (kind === 'key') this.apiKeys.forget(Buffer.from(id, 'hex'));
    else if (kind === 'user') this.users.forgetUser(id);
    else if (kind === 'session') this.users.forgetSession(id);
    else if (kind === 'organization') this.forgetOrganization(id);
    else this.forgetAll();
  }

  private forgetAll(): void {
    this.apiKeys.forgetAll();
    this.users.forgetAll();
  }
}
