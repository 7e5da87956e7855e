# The image as it is published: both architectures, the base image held to one digest, and every date in it
# from SOURCE_DATE_EPOCH, so that whoever builds the same commit gets the same image:
#
#   SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) docker buildx bake
#
# It is left in dist/image.tar. The digest is that of Docker's official image, over all its architectures. To
# renew it, put the newest tag into both FROM lines of the Dockerfile and here, and what this prints:
#
#   docker buildx imagetools inspect node:TAG --format '{{.Manifest.Digest}}'
#
# .github/workflows/base-image.yml does that each week and opens a pull request.
variable "SOURCE_DATE_EPOCH" {
  default = "0"
}

target "default" {
  contexts = {
    "node:24.21.0-bookworm-slim" = "docker-image://node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6"
  }
  args = {
    SOURCE_DATE_EPOCH = SOURCE_DATE_EPOCH
  }
  platforms = ["linux/amd64", "linux/arm64"]
  output    = ["type=oci,dest=dist/image.tar,rewrite-timestamp=true"]
}
