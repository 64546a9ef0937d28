# Debian, not Alpine: Temporal's SDK has no musl build.
FROM node:26-bookworm-slim AS node

FROM node AS build
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
 # It compiles workflows with this; here they are compiled.
 && rm -r node_modules/@swc \
 # Nobody debugs or compiles here, and the demo, the bench and the faults need what has just been pruned.
 && find lib node_modules -type f \( -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' \) -delete \
 && rm -r lib/src/bench lib/src/demo lib/src/development lib/src/faults lib/src/simulation \
      lib/src/commands/bench.* lib/src/commands/demo.* lib/src/commands/faults.* lib/src/commands/simulate.*

# Debian and Node without npm, Node's headers, and what nobody reads here.
FROM node AS runtime
RUN rm -rf /usr/local/include /usr/local/share /usr/local/lib/node_modules /opt/* /var/cache/* /var/lib/apt/lists/* \
      /usr/share/doc /usr/share/info /usr/share/locale /usr/share/man \
 && find /usr/local/bin -mindepth 1 ! -name node -delete \
 # The SDK's TLS needs the system's certificates even where no TLS is used. Node has Mozilla's, and Debian's image none.
 && mkdir -p /etc/ssl/certs \
 && node -p 'tls.rootCertificates.join("\n")' > /etc/ssl/certs/ca-certificates.crt

# What was removed would still be in the layers below.
FROM scratch
COPY --from=runtime / /
# The commit and its time, given by what builds a release: SECURITY.md.
ARG REVISION=unknown
ARG CREATED=unknown
LABEL org.opencontainers.image.title="zendesk-ticket-export" \
      org.opencontainers.image.description="A durable Temporal job that gets every Zendesk ticket, and every later change, into your own database or lake." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED" \
      org.opencontainers.image.base.name="docker.io/library/node:26-bookworm-slim"
WORKDIR /app
ENV NODE_ENV=production
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/lib ./lib
# So that a named volume mounted here belongs to the user below.
RUN mkdir export && chown node:node export
USER node
CMD ["node", "lib/src/commands/worker.js"]
