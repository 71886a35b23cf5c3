# This needs only Go and make. `make help` lists the targets.
GO       ?= go
FUZZTIME ?= 60s
VERSION  ?= 0.1.0
PREFIX   ?= /usr/local
IMAGE    ?= enmesh/enmesh-fn:dev
ARCH     ?= $(shell $(GO) env GOARCH)
PLATFORMS ?= linux-amd64 linux-arm64 darwin-amd64 darwin-arm64 windows-amd64 windows-arm64
TOOLS     = helm3 helm4 kustomize yq
BUILD     = -trimpath -buildvcs=false -ldflags "-s -w -X enmesh.dev/enmesh/fn/version.release=$(VERSION)"

# Static binaries, and no need for a C compiler.
export CGO_ENABLED = 0

.PHONY: help build install uninstall plugin plugin-package image completions release test-release publish goreleaser cyclonedx-gomod actionlint benchstat tools $(TOOLS) oras kyverno kubernetes istio spire test test-plugin test-kyverno test-cluster test-live test-conformance test-operators test-browser picture demo bench bench-compare fuzz mutants docs staticcheck lint clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 18

build: ## build bin/enmesh and bin/enmesh-fn
	$(GO) build -o bin/enmesh $(BUILD) ./postrender/enmesh
	$(GO) build -o bin/enmesh-fn $(BUILD) ./krm/enmesh-fn

install: build ## install both programs and the shell completions below PREFIX (/usr/local), or DESTDIR/PREFIX
	install -d $(INSTALLED_BIN) $(dir $(COMPLETIONS))
	install bin/enmesh bin/enmesh-fn $(INSTALLED_BIN)
	bin/enmesh completion bash > $(word 1,$(COMPLETIONS))
	bin/enmesh completion zsh > $(word 2,$(COMPLETIONS))
	bin/enmesh completion fish > $(word 3,$(COMPLETIONS))

uninstall: ## remove what make install installed
	rm -f $(INSTALLED_BIN)/enmesh $(INSTALLED_BIN)/enmesh-fn $(COMPLETIONS)

install uninstall: INSTALLED_BIN = $(DESTDIR)$(PREFIX)/bin
install uninstall: COMPLETIONS = $(addprefix $(DESTDIR)$(PREFIX)/share/, \
	bash-completion/completions/enmesh zsh/site-functions/_enmesh fish/vendor_completions.d/enmesh.fish)

# Helm's plugins, in PLUGINS. HELM is the Helm 4 that packages them; KEY names the key in the file KEYRING that signs them.
PLUGINS ?= dist/helm
HELM    ?= bin/helm4
SIGN     = $(if $(KEY),--sign --key "$(KEY)" --keyring "$(KEYRING)" $(if $(PASSPHRASE_FILE),--passphrase-file "$(PASSPHRASE_FILE)"),--sign=false)

plugin: ## build the folders of Helm's plugins in dist/helm, for all platforms
	@set -e; mkdir -p $(PLUGINS); for plugin in enmesh enmesh-cli enmesh-helm3; do \
		rm -rf $(PLUGINS)/$$plugin; cp -R postrender/helm/$$plugin $(PLUGINS)/; cp LICENSE $(PLUGINS)/$$plugin/; \
		sed 's/^version: .*/version: $(VERSION)/' postrender/helm/$$plugin/plugin.yaml > $(PLUGINS)/$$plugin/plugin.yaml; \
	done; \
	for platform in $(PLATFORMS); do \
		os=$${platform%-*}; arch=$${platform#*-}; exe=; test $$os != windows || exe=.exe; \
		GOOS=$$os GOARCH=$$arch $(GO) build -o $(PLUGINS)/enmesh/enmesh-$$platform$$exe $(BUILD) ./postrender/enmesh; \
		cp $(PLUGINS)/enmesh/enmesh-$$platform$$exe $(PLUGINS)/enmesh-helm3/; \
	done

# Helm 3 wants plugin.yaml at the root of an archive, and no folders in it.
plugin-package: plugin $(if $(filter bin/helm4,$(HELM)),helm4) ## package these as archives, signed if KEY is set
	$(HELM) plugin package $(SIGN) --destination $(PLUGINS) $(PLUGINS)/enmesh
	$(HELM) plugin package $(SIGN) --destination $(PLUGINS) $(PLUGINS)/enmesh-cli
	cd $(PLUGINS)/enmesh-helm3 && tar -czf ../enmesh-helm3-$(VERSION).tgz *

image: ## build the KRM function's image, $(IMAGE) (needs docker)
	GOOS=linux GOARCH=$(ARCH) $(GO) build -o dist/enmesh-fn-linux-$(ARCH) $(BUILD) ./krm/enmesh-fn
	docker build --quiet --build-arg VERSION=$(VERSION) --build-arg ARCH=$(ARCH) --tag $(IMAGE) .

completions: build ## write bin/completions, one file for each shell
	mkdir -p bin/completions
	bin/enmesh completion bash > bin/completions/enmesh.bash
	bin/enmesh completion fish > bin/completions/enmesh.fish
	bin/enmesh completion powershell > bin/completions/enmesh.ps1
	bin/enmesh completion zsh > bin/completions/enmesh.zsh

# .goreleaser.yaml says what is in a release. It reads these variables.
release publish: export VERSION := $(VERSION)
release publish: export GITHUB_REPOSITORY ?= enmesh/enmesh
release publish: export GOMODCACHE = $(shell $(GO) env GOMODCACHE)
release publish: export SOURCE_DATE_EPOCH = $(shell git log -1 --format=%ct)
release publish: export COMMIT_TIME = $(shell TZ=UTC git log -1 --format=%cd --date=format-local:%Y-%m-%dT%H:%M:%SZ)

SNAPSHOT = --skip=sign
release: goreleaser cyclonedx-gomod ## build archives, packages and manifests for each platform in dist/ (minutes the first time)
	bin/goreleaser check --quiet
	bin/goreleaser release --snapshot --clean $(SNAPSHOT)

test-release: release ## build a release and check dist/, and that a second build is the same (minutes; RELEASE=-compile)
	$(GO) test -count=1 -timeout 30m -v ./tests/release -args -dist=$(CURDIR)/dist -version=$(VERSION) $(RELEASE)

publish: goreleaser cyclonedx-gomod ## publish the release of the tag v$(VERSION), signed (needs cosign and GITHUB_TOKEN)
	@git tag --points-at HEAD | grep -qx 'v$(VERSION)' || { echo 'HEAD has not the tag v$(VERSION)'; exit 1; }
	bin/goreleaser release --clean

tools: $(TOOLS) ## build Helm 3, Helm 4, kustomize and yq in bin/, for the tests (minutes the first time)

$(TOOLS) staticcheck actionlint goreleaser cyclonedx-gomod oras benchstat kyverno:
	$(GO) build -C tests/tools/$@ -o $(CURDIR)/bin/$@ $(BUILD) tool

test: tools ## run all tests
	$(GO) test -count=1 -timeout 20m ./...
	$(GO) test -C tests/schema -count=1 ./...
	$(GO) test -C tests/reports -count=1 ./...

test-plugin: helm3 helm4 oras ## install Helm's plugins as users do: from signed archives and from registries (minutes the first time)
	$(GO) test -C tests/helmplugin -count=1 -v ./...

test-kyverno: tools kyverno ## compare the exported policy of Kyverno with enmesh, and run its example (minutes the first time, and 400 MB)
	$(GO) test -count=1 -timeout 20m -run '^TestKyverno$$|^TestREADME$$/^examples$$/^kyverno$$' -v ./tests

# Kubernetes's programs do not start without a version.
kubernetes istio: STAMP = -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=v1.35.0"
kubernetes istio:
	$(GO) build -C tests/tools/$@ -o $(CURDIR)/bin/ -trimpath -buildvcs=false $(STAMP) tool

# SPIRE's datastore is SQLite, which is in C.
spire:
	CGO_ENABLED=1 $(GO) build -C tests/tools/$@ -o $(CURDIR)/bin/ -trimpath -buildvcs=false -ldflags "-s -w" tool

test-cluster: tools kubernetes ## run the tests that install into a real API server (needs etcd; minutes the first time)
	$(GO) test -count=1 -run '^Test(Cluster|Admission)$$' -v ./tests

test-live: build helm3 helm4 kubernetes istio spire ## compare enmesh's word with a whole control plane (needs etcd, gcc and root; minutes the first time)
	$(GO) test -C tests/live -count=1 -timeout 20m -v ./...

test-conformance: ## compare enmesh's verdicts with Istio's own injector (minutes the first time)
	$(GO) test -C tests/conformance -count=1 -timeout 30m ./...

test-operators: ## hold what enmesh writes into operators' objects against the operators' own Go types (minutes the first time)
	$(GO) test -C tests/operators -count=1 ./...

test-browser: ## open the HTML report in a real browser (needs chromium; seconds)
	$(GO) test -C tests/browser -count=1 -v ./...

picture: ## take the picture of the HTML report, examples/mesh/report.png (needs chromium)
	$(GO) test -C tests/browser -count=1 -run '^TestPicture$$' ./... -update

demo: build ## show what enmesh adds to the quickstart
	bin/enmesh --all --diff examples/quickstart/*.yaml

bench: build yq kustomize ## run the Go benchmarks, then compare enmesh with yq, kustomize and kyaml, and print the README's table (minutes)
	$(GO) test -run '^$$' -bench . -benchmem ./fn/... ./krm ./postrender/...
	$(GO) run ./tests/bench $(MEASURE)

# A benchmark that BASE has not is only shown.
BENCH ?= .
COUNT ?= 6
bench-compare: benchstat ## compare the Go benchmarks with those of BASE=rev; fails if one is slower (minutes; BENCH=regexp COUNT=6)
	$(GO) run ./tests/bench/compare -base "$(BASE)" -bench '$(BENCH)' -count $(COUNT)

fuzz: ## run each fuzz target for FUZZTIME (60s)
	@for package in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo $$package $$target; \
			$(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x $$package || exit 1; \
		done; \
	done

mutants: ## break enmesh in 150 small ways, and list those that no test notices (minutes; MUTANTS="-n 20 -seed 7")
	$(GO) run ./tests/mutants $(MUTANTS)

docs: ## write the reference pages that are made from the code, and the README's versions
	$(GO) test ./fn/verdict -run '^TestFindingsPage$$' -update
	$(GO) test ./fn/manifest -run '^TestOperatorsPage$$' -update
	$(GO) test ./postrender -run '^TestFlagsPage$$' -update
	$(GO) test ./tests -run '^TestVersions$$' -update
	$(GO) test -C tests/schema -run '^TestPublished$$' -update

lint: staticcheck actionlint ## run gofmt, go vet, staticcheck, and actionlint on the workflows
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "gofmt -w $$unformatted"; exit 1; }
	$(GO) vet ./...
	bin/staticcheck ./...
	bin/actionlint -shellcheck= -pyflakes= .github/workflows/*.yml examples/ci/github/*.yaml

clean: ## remove bin and dist
	rm -rf bin dist
