import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ENV, type Env } from '../../config/env.js';
import { APP_ROLE, sessionOptions } from './connection-options.js';
import { Database } from './database.js';
import { silenceRules, STATEMENT_TIMEOUT_MS } from './silence.js';

@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [ENV],
      useFactory: (env: Env) => ({
        type: 'postgres' as const,
        url: env.DATABASE_URL,
        autoLoadEntities: true,
        installExtensions: false,
        retryAttempts: 3,
        retryDelay: 500,
        poolSize: env.DATABASE_POOL_SIZE,
        extra: {
          options: sessionOptions(APP_ROLE, { statementTimeoutMs: STATEMENT_TIMEOUT_MS, lockTimeoutMs: 5_000 }),
          connectionTimeoutMillis: 5_000,
          application_name: 'ringfence',
          ...silenceRules(),
        },
      }),
    }),
  ],
  providers: [Database],
  exports: [Database],
})
export class DatabaseModule {}
