import { Controller, Get, Module, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { Public, RequirePermission } from '../../../apps/api/src/modules/auth/access/route-access.js';
import { UndeclaredRoutes } from '../../../apps/api/src/modules/auth/access/undeclared-routes.js';

@Controller('declared')
class DeclaredController {
  @Get('open')
  @Public()
  open(): void {}

  @Get('closed')
  @RequirePermission('numbers:read')
  closed(): void {}

  notARoute(): void {}
}

@Controller('undeclared')
class UndeclaredController {
  @Get()
  forgotten(): void {}
}

class InheritingBase {
  @Get()
  inherited(): void {}
}

@Controller('inheriting')
class InheritingController extends InheritingBase {}

async function start(...controllers: Type[]): Promise<void> {
  @Module({ imports: [DiscoveryModule], controllers, providers: [UndeclaredRoutes] })
  class TestModule {}
  const app = await Test.createTestingModule({ imports: [TestModule] }).compile();
  await app.init();
  await app.close();
}

describe('a route without a declaration of access', () => {
  it('keeps the application from starting, named by controller and method', async () => {
    await expect(start(DeclaredController, UndeclaredController)).rejects.toThrow(
      'Routes must declare @RequirePermission or @Public: UndeclaredController.forgotten',
    );
  });

  it('is found when it is inherited', async () => {
    await expect(start(InheritingController)).rejects.toThrow('InheritingController.inherited');
  });
});

it('starts when every route declares its access', async () => {
  await expect(start(DeclaredController)).resolves.toBeUndefined();
});

it('refuses a route that declares its access twice', () => {
  expect(() => {
    class Twice {
      @Public()
      @RequirePermission('numbers:read')
      route(): void {}
    }
    return Twice;
  }).toThrow('route declares its access twice');
});
