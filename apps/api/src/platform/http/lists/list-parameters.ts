import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';

const described = {
  filter: {
    description: 'A JSON object of filters. `{"id":["…"]}` asks for those records, all on one page.',
  },
  range: {
    description: 'First and last row as JSON, counted from 0: `[0,24]` when left out, and at most 1,000 rows.',
    example: '[0,99]',
  },
  sort: {
    description:
      'A field and its direction as JSON: `["createdAt","DESC"]`. Every list takes `id`, which is the order of age.',
  },
};

/** Describes what `parseListQuery` reads, which stands in no signature: of a list all three, of an export its filter. */
export const ApiListParameters = (...names: (keyof typeof described)[]) =>
  applyDecorators(
    ...names.map((name) => ApiQuery({ name, required: false, schema: { type: 'string' }, ...described[name] })),
  );
