# All stages start from one exact tag. docker-bake.hcl holds that tag to a digest, for what is published,
# and says how to renew it; `docker build .` takes the tag as it is. The digest does not stand here, since
# a base image that is a mirror's own, or a stand-in for it where no registry is, has another.
# The program is the same for every architecture, so it is built on the builder's own.
FROM --platform=$BUILDPLATFORM node:24.21.0-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node scripts/build.mjs main && node scripts/licenses.mjs && node scripts/sbom.mjs
# Modes are set here, so that a clone made under umask 077 gives the same image.
RUN mkdir -p /image/bin /image/dist \
    && install -m 0755 bin/main /image/bin/ \
    && install -m 0644 dist/main.js /image/dist/ \
    && install -m 0644 LICENSE package.json dist/THIRD-PARTY-LICENSES dist/sbom.cdx.json /image/

# tini is a program for one architecture, so this stage is of the image's own.
FROM node:24.21.0-bookworm-slim AS init
RUN apt-get update && apt-get install -y --no-install-recommends 'tini=0.19.0-1*'

FROM node:24.21.0-bookworm-slim
# Seconds since 1970 that every file made here is dated to; two builds with the same one are the same.
ARG SOURCE_DATE_EPOCH=0
# The heap fits a container of 2 GiB, Airbyte's default limit, with room for what lies beside it. What is
# compiled under these options is taken under the same only.
ENV NODE_OPTIONS=--max-old-space-size=1024
# Airbyte runs connectors as uid 1000, which the base image gives to `node`. It may write to /tmp and
# nowhere else. What only builds and installs need goes, and so do the setuid bits of Debian's programs.
RUN --mount=type=bind,from=build,source=/image,target=/build \
    --mount=type=bind,from=build,source=/build/scripts,target=/scripts \
    --mount=type=bind,from=init,source=/usr,target=/init \
    start=$(date +%s) \
    && cp -r /build /airbyte \
    && (cd /airbyte && node --random-seed=1 /scripts/compile.mjs) \
    && install -m 0755 /init/bin/tini /usr/local/bin/ \
    && install -m 0644 -D /init/share/doc/tini/copyright /usr/local/share/doc/tini/copyright \
    && usermod --login airbyte --home /airbyte node && groupmod --new-name airbyte node \
    && rm -rf /home/node /opt/yarn-* /usr/local/include /usr/local/lib/node_modules \
    && cd /usr/local/bin && rm -f corepack docker-entrypoint.sh npm npx yarn yarnpkg \
    && chmod 0755 /run/lock /var/tmp \
    && find / -xdev -type f -perm /6000 -exec chmod ug-s {} + \
    && find / -xdev -newermt "@$start" -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +

WORKDIR /airbyte
# HTTPS_PROXY, NO_PROXY and NODE_EXTRA_CA_CERTS are Node's and the connector's own: set them at run time.
# A process 1 is sent no signal that it does not handle, so tini is, and hands signals on. Airbyte's pods
# start the entry point in a shell, where tini is not process 1: -s keeps it from warning of that.
ENV NODE_ENV=production \
    TZ=UTC \
    AIRBYTE_ENTRYPOINT="/usr/local/bin/tini -s -- /airbyte/bin/main"
LABEL io.airbyte.name="source-confluence-audit-logs" \
      io.airbyte.version="1.0.0" \
      org.opencontainers.image.title="source-confluence-audit-logs" \
      org.opencontainers.image.description="Airbyte source for the Confluence Cloud audit log" \
      org.opencontainers.image.source="https://github.com/source-confluence-audit-logs/source-confluence-audit-logs" \
      org.opencontainers.image.version="1.0.0" \
      org.opencontainers.image.licenses="Apache-2.0"
USER 1000:1000
ENTRYPOINT ["/usr/local/bin/tini", "-s", "--", "/airbyte/bin/main"]
