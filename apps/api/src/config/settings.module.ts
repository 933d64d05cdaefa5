import { type DynamicModule, Module } from '@nestjs/common';
import { ENV, type Env } from './env.js';

/** Makes the settings injectable everywhere. */
@Module({})
export class SettingsModule {
  static register(env: Env): DynamicModule {
    return { module: SettingsModule, global: true, providers: [{ provide: ENV, useValue: env }], exports: [ENV] };
  }
}
