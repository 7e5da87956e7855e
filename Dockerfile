# The bundle is the same for every architecture, so it is built on the builder's own.
FROM --platform=$BUILDPLATFORM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node scripts/build.mjs main && node scripts/licenses.mjs

FROM node:24-bookworm-slim
# Airbyte runs connectors as uid 1000, which the base image gives to `node`.
RUN usermod --login airbyte --home /airbyte node && groupmod --new-name airbyte node \
    && mkdir /airbyte && chown 1000:1000 /airbyte
WORKDIR /airbyte
COPY LICENSE package.json ./
COPY --from=build /build/dist/THIRD-PARTY-LICENSES ./
COPY --from=build /build/dist/main.js dist/
COPY bin/main bin/

# The heap fits a container of 2 GiB, Airbyte's default limit, with room for what lies beside it.
# HTTPS_PROXY, NO_PROXY and NODE_EXTRA_CA_CERTS are Node's and the connector's own: set them at run time.
ENV NODE_ENV=production \
    NODE_OPTIONS=--max-old-space-size=1024 \
    TZ=UTC \
    AIRBYTE_ENTRYPOINT=/airbyte/bin/main
LABEL io.airbyte.name="source-confluence-audit-logs" \
      io.airbyte.version="1.0.0" \
      org.opencontainers.image.title="source-confluence-audit-logs" \
      org.opencontainers.image.description="Airbyte source for the Confluence Cloud audit log" \
      org.opencontainers.image.version="1.0.0" \
      org.opencontainers.image.licenses="Apache-2.0"
USER 1000:1000
ENTRYPOINT ["/airbyte/bin/main"]
