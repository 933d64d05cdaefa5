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

  @ApiProperty({
    type: [String],
    nullable: true,
    description: 'The clients that they are limited to; null for no limit.',
  })
  clientIds!: string[] | null;

  @ApiProperty({ format: 'date-time', description: 'When they became a member.' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;
}
