import rulesets from '@stoplight/spectral-rulesets';

/** Spectral's rules for openapi.json (`npm run lint:openapi`); Redocly's are in redocly.yaml. Warnings count as errors. */
export default {
  extends: [[rulesets.oas, 'recommended']],
  rules: {
    // Each installation has an operator of its own, whom a description that is the same everywhere cannot name; an address
    // of the project would be asked about other people's servers. What concerns the product itself is in SECURITY.md.
    'info-contact': 'off',
  },
};
