import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { BulkResultView } from '#contracts';
import { BodyLimit } from '../../../platform/http/bodies/bodies.js';
import { Context, RequirePermission } from '../../auth/auth.public.js';
import { PHONE_NUMBER_FILTERS } from '../../phone-numbers/phone-numbers.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { BulkOperationsService } from './bulk-operations.service.js';
import { BulkRequestDto } from './dto/bulk-request.dto.js';
import { BulkResultViewDto } from './dto/bulk-result.view.js';

@ApiTags('Phone numbers')
@Controller('phone-numbers')
export class BulkOperationsController {
  constructor(private readonly service: BulkOperationsService) {}

  @Post('bulk')
  @HttpCode(200)
  @RequirePermission('numbers:write')
  @BodyLimit('many')
  @ApiOperation({
    summary: 'Do one thing to many numbers',
    description:
      'To a selection or to all that a filter finds, up to 10,000. Answers what became of each number; with preview, what would.',
  })
  @ApiOkResponse({ type: BulkResultViewDto })
  runBulkOperation(@Context() context: RequestContext, @Body() body: BulkRequestDto): Promise<BulkResultView> {
    return this.service.run(context, body.toRequest(PHONE_NUMBER_FILTERS));
  }
}
