/** Records that several examples speak of. */
export const AGENT = '018f3c2a-5d10-7a44-8e21-6b0f3d5a9c01';
export const NUMBER = '018f3c2a-5d77-7b90-9a3c-2f6e8d1b4a02';
export const ASSIGNMENT = '018f3c2a-5e02-7c18-b5d4-7a1c9e3f6b03';
export const AUTHORIZATION = '018f3c2a-7b1c-7c3e-9f00-5a1b2c3d4e5f';
export const OTHER_AUTHORIZATION = '018f3c2a-7b1d-7f52-8c6a-1d2e3f4a5b6c';
export const USER = '018f3c2a-4c01-7e2d-a7b8-3c4d5e6f7a04';
export const ORGANIZATION = '018f3c2a-4b00-7d1e-96c5-2b3a4c5d6e05';
export const KEY = '018f3c2a-4d55-7f3a-8b19-4e5f6a7b8c06';
export const IMPORT = '018f3c2a-6a90-7012-b3c4-5d6e7f8a9b07';
