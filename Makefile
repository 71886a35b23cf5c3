# Go and make are all that is needed: `make help` lists the targets.
GO       ?= go
PLUGIN   ?= dist/helm-plugin
FUZZTIME ?= 60s
TOOLS     = helm3 helm4 kustomize yq
BUILD     = -trimpath -buildvcs=false -ldflags "-s -w"

# Static binaries, and no need for a C compiler.
export CGO_ENABLED = 0

.PHONY: help build plugin tools $(TOOLS) test demo bench fuzz lint clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

build: ## bin/enmesh
	$(GO) build -o bin/enmesh $(BUILD) ./postrender

plugin: build ## dist/helm-plugin, for `helm plugin install` in Helm 4
	mkdir -p $(PLUGIN)
	cp postrender/plugin.yaml bin/enmesh $(PLUGIN)/

tools: $(TOOLS) ## helm 3, helm 4, kustomize and yq in bin/, as the tests use them (minutes, the first time)

$(TOOLS):
	$(GO) build -C tests/tools/$@ -o $(CURDIR)/bin/$@ $(BUILD) tool

test: tools ## all tests
	$(GO) test -count=1 ./...

demo: build ## the main job: what enmesh adds to the quickstart's manifests
	bin/enmesh --all --diff examples/quickstart/*.yaml

bench: build yq kustomize ## Go benchmarks, then enmesh beside yq and kustomize
	$(GO) test -run '^$$' -bench . -benchmem ./fn/...
	$(GO) run ./tests/bench

fuzz: ## each fuzz target for FUZZTIME (60s)
	@for package in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo $$package $$target; \
			$(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$package || exit 1; \
		done; \
	done

lint: ## gofmt and go vet
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "gofmt -w $$unformatted"; exit 1; }
	$(GO) vet ./...

clean: ## remove what was built
	rm -rf bin dist
