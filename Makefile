# Go and make are all that is needed: `make help` lists the targets.
GO       ?= go
PLUGIN   ?= dist/helm-plugin
FUZZTIME ?= 60s
VERSION  ?= 0.1.0
IMAGE    ?= enmesh/enmesh-fn:dev
ARCH     ?= $(shell $(GO) env GOARCH)
PLATFORMS = linux-amd64 linux-arm64 darwin-amd64 darwin-arm64 windows-amd64
TOOLS     = helm3 helm4 kustomize yq
BUILD     = -trimpath -buildvcs=false -ldflags "-s -w -X main.release=$(VERSION)"

# Static binaries, and no need for a C compiler.
export CGO_ENABLED = 0

.PHONY: help build plugin image dist tools $(TOOLS) test test-cluster test-conformance demo bench fuzz mutants staticcheck lint clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

build: ## bin/enmesh and bin/enmesh-fn
	$(GO) build -o bin/enmesh $(BUILD) ./postrender
	$(GO) build -o bin/enmesh-fn $(BUILD) ./krm

plugin: build ## dist/helm-plugin, for `helm plugin install` in Helm 4
	mkdir -p $(PLUGIN)
	cp postrender/plugin.yaml bin/enmesh $(PLUGIN)/

image: ## the KRM function's image, $(IMAGE), from this machine's own Go build (needs docker)
	GOOS=linux GOARCH=$(ARCH) $(GO) build -o dist/enmesh-fn-linux-$(ARCH) $(BUILD) ./krm
	docker build --quiet --build-arg VERSION=$(VERSION) --build-arg ARCH=$(ARCH) --tag $(IMAGE) .

dist: ## both binaries for each platform in dist/, with checksums
	@set -e; for platform in $(PLATFORMS); do \
		os=$${platform%-*}; arch=$${platform#*-}; exe=; test $$os != windows || exe=.exe; \
		GOOS=$$os GOARCH=$$arch $(GO) build -o dist/enmesh-$$platform$$exe $(BUILD) ./postrender; \
		GOOS=$$os GOARCH=$$arch $(GO) build -o dist/enmesh-fn-$$platform$$exe $(BUILD) ./krm; \
	done
	cd dist && sha256sum enmesh-*-* > SHA256SUMS

tools: $(TOOLS) ## helm 3, helm 4, kustomize and yq in bin/, as the tests use them (minutes, the first time)

$(TOOLS) staticcheck:
	$(GO) build -C tests/tools/$@ -o $(CURDIR)/bin/$@ $(BUILD) tool

test: tools ## all tests
	$(GO) test -count=1 ./...

test-cluster: tools ## the tests that install into a real API server (needs etcd; some minutes to build, the first time)
	$(GO) build -C tests/cluster/apiserver -o $(CURDIR)/bin/kube-apiserver $(BUILD) tool
	$(GO) test -count=1 -run '^TestCluster$$' -v ./tests

test-conformance: ## what enmesh says of pods, held to Istio's own injector (some minutes to build, the first time)
	$(GO) test -C tests/conformance -count=1 ./...

demo: build ## the main job: what enmesh adds to the quickstart's manifests
	bin/enmesh --all --diff examples/quickstart/*.yaml

bench: build yq kustomize ## Go benchmarks, then enmesh beside yq and kustomize
	$(GO) test -run '^$$' -bench . -benchmem ./fn/... ./krm
	$(GO) run ./tests/bench

fuzz: ## each fuzz target for FUZZTIME (60s)
	@for package in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo $$package $$target; \
			$(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x $$package || exit 1; \
		done; \
	done

mutants: ## break the product in 150 small ways, and list those that no test notices (minutes; MUTANTS="-n 20 -seed 7")
	$(GO) run ./tests/mutants $(MUTANTS)

lint: staticcheck ## gofmt, go vet and staticcheck
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "gofmt -w $$unformatted"; exit 1; }
	$(GO) vet ./...
	bin/staticcheck ./...

clean: ## remove what was built
	rm -rf bin dist
