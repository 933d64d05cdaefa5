import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ENV, type Env } from '../../config/env.js';
import { APP_SESSION, type SessionRules, SYSTEM_SESSION } from './connection-options.js';
import { pooledDataSource } from './data-source.js';
import { Database, LOOK_UP_POOL, LOOK_UP_POOL_SIZE, SYSTEM_POOL } from './database.js';

function pool(url: string, rules: SessionRules, size: number) {
  return { ...pooledDataSource(url, rules, size), autoLoadEntities: true, retryAttempts: 3, retryDelay: 500 };
}

@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [ENV],
      useFactory: (env: Env) => pool(env.DATABASE_URL, APP_SESSION, env.DATABASE_POOL_SIZE),
    }),
    TypeOrmModule.forRootAsync({
      name: SYSTEM_POOL,
      inject: [ENV],
      useFactory: (env: Env) => pool(env.SYSTEM_DATABASE_URL, SYSTEM_SESSION, env.SYSTEM_POOL_SIZE),
    }),
    TypeOrmModule.forRootAsync({
      name: LOOK_UP_POOL,
      inject: [ENV],
      useFactory: (env: Env) => pool(env.SYSTEM_DATABASE_URL, SYSTEM_SESSION, LOOK_UP_POOL_SIZE),
    }),
  ],
  providers: [Database],
  exports: [Database],
})
export class DatabaseModule {}
