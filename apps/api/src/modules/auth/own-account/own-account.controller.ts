import { Body, Controller, HttpCode, Post, Put, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { SessionUserView } from '#contracts';
import { BodyLimit } from '../../../platform/http/bodies/bodies.js';
import { ApiProblems } from '../../../platform/http/problems/problem.schema.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { Context } from '../access/request-context.decorator.js';
import { RequirePermission } from '../access/route-access.js';
import { SessionUserDto } from '../sessions/dto/session.view.js';
import { originOf } from '../sessions/session-cookie.js';
import { ChangePasswordDto, OwnNameDto } from './dto/own-account.dto.js';
import { OwnAccountService } from './own-account.service.js';

@ApiTags('Sessions')
@Controller('auth')
export class OwnAccountController {
  constructor(private readonly service: OwnAccountService) {}

  @Put('me')
  @BodyLimit('small')
  @RequirePermission('organization:read')
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'Change your own name',
    description: 'Every organization that you belong to sees it.',
  })
  @ApiOkResponse({ type: SessionUserDto })
  updateCurrentUser(@Context() context: RequestContext, @Body() body: OwnNameDto): Promise<SessionUserView> {
    return this.service.rename(context, body.name);
  }

  @Post('password')
  @HttpCode(204)
  @BodyLimit('small')
  @RequirePermission('organization:read')
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'Change your own password',
    description:
      'Ends every other session of yours, in every organization. The one that asks goes on. A wrong ' +
      'current password counts as a failed attempt to sign in.',
  })
  @ApiNoContentResponse()
  @ApiProblems('conflict')
  changePassword(
    @Context() context: RequestContext,
    @Body() body: ChangePasswordDto,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    return this.service.changePassword(context, body, originOf(request));
  }
}
