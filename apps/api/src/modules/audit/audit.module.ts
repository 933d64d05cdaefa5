import { Global, Module } from '@nestjs/common';
import { AuditChain } from './audit-chain.js';
import { AuditChainJob } from './audit-chain.job.js';
import { AuditLog } from './audit-log.js';

@Global()
@Module({ providers: [AuditLog, AuditChain, AuditChainJob], exports: [AuditLog, AuditChain] })
export class AuditModule {}
