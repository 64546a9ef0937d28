# Debian, not Alpine: Temporal's SDK has no musl build.
FROM node:26-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY workflows ./workflows
COPY activities ./activities
RUN npm run build && npm prune --omit=dev \
 # The SDK ships its native part for five platforms, and its sources, in which lies a test's key.
 && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 \
      ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -r {} + \
 && (cd node_modules/@temporalio/core-bridge && rm -r sdk-core bridge-macros src ts Cargo.*) \
 # Nobody debugs or compiles here, and the demo and the bench need what has just been pruned.
 && find lib node_modules -type f \( -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' \) -delete \
 && rm -r lib/src/bench lib/src/demo lib/src/development lib/src/simulation \
      lib/src/commands/bench.* lib/src/commands/demo.* lib/src/commands/simulate.*

FROM node:26-bookworm-slim
# The SDK's TLS needs the system's certificates even where no TLS is used.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /app
# `npm run check` and the like would first build, from sources that are not here.
ENV NODE_ENV=production NPM_CONFIG_IGNORE_SCRIPTS=true
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/lib ./lib
# So that a named volume mounted here belongs to the user below.
RUN mkdir export && chown node:node export
USER node
# Not through npm, which would keep the stop signal to itself.
CMD ["node", "lib/src/commands/worker.js"]
