import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/auth.public.js';
import { PhoneNumberEntity } from './phone-number.entity.js';
import { PhoneNumberRegistry } from './phone-number-registry.js';
import { PhoneNumbersController } from './phone-numbers.controller.js';
import { PhoneNumbersRepository } from './phone-numbers.repository.js';
import { PhoneNumbersService } from './phone-numbers.service.js';
import { PhoneNumbers } from './phone-numbers.js';

@Module({
  imports: [TypeOrmModule.forFeature([PhoneNumberEntity]), AuthModule],
  controllers: [PhoneNumbersController],
  providers: [PhoneNumbersService, PhoneNumbersRepository, PhoneNumberRegistry, PhoneNumbers],
  exports: [PhoneNumbers, PhoneNumberRegistry],
})
export class PhoneNumbersModule {}
