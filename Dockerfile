# The image of the KRM function: one static binary, krm/enmesh-fn, and nothing else. Build it with `make image`.
FROM scratch
ARG VERSION=0.0.0
ARG ARCH=amd64
LABEL org.opencontainers.image.title="enmesh-fn" \
      org.opencontainers.image.description="Enrolls pods in an Istio and SPIRE mesh: a KRM function" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"
# kustomize runs a function as the user nobody.
COPY krm/passwd /etc/passwd
COPY dist/enmesh-fn-linux-${ARCH} /enmesh-fn
USER 65534:65534
ENTRYPOINT ["/enmesh-fn"]
