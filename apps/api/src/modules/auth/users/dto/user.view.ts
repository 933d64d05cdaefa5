import { ApiProperty } from '@nestjs/swagger';
import { roles, type Role, type UserView } from '#contracts';

export class UserViewDto implements UserView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'manager@demo.test' })
  email!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty({ enum: roles, description: 'The role in this organization.' })
  role!: Role;

  @ApiProperty({ description: 'Manages organizations and the pool.' })
  platformAdmin!: boolean;

  @ApiProperty({
    type: [String],
    nullable: true,
    description: 'The clients that they are limited to; null for no limit.',
  })
  clientIds!: string[] | null;

  @ApiProperty({ description: 'A disabled user cannot sign in.' })
  disabled!: boolean;

  @ApiProperty({ format: 'date-time', description: 'When they became a member.' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;
}
