import { ApiProperty } from '@nestjs/swagger';
import { permissionList, roles, type Permission, type Role, type SessionUserView } from '#contracts';

class SessionOrganizationDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty()
  slug!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty({ example: 'America/New_York' })
  timeZone!: string;

  @ApiProperty({ example: 'USD' })
  currency!: string;
}

export class SessionUserDto implements SessionUserView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty()
  email!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty({ enum: roles, nullable: true, description: 'Null for a platform administrator who is no member.' })
  role!: Role | null;

  @ApiProperty()
  platformAdmin!: boolean;

  @ApiProperty({ type: SessionOrganizationDto })
  organization!: SessionOrganizationDto;

  @ApiProperty({ enum: permissionList, isArray: true })
  permissions!: Permission[];
}

export class SessionDto {
  @ApiProperty({ description: 'Send it as a Bearer token.' })
  accessToken!: string;

  @ApiProperty({ example: 900, description: 'Seconds until the access token expires.' })
  expiresIn!: number;

  @ApiProperty({ type: SessionUserDto })
  user!: SessionUserDto;
}
