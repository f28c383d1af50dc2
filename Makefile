# VOICE. `make` or `make help` lists what there is to do.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

FUNCTIONS := $(notdir $(wildcard functions/*))
BUILD     := build
# One set of flags for everything, so that the functions, the runner and the tests share what is compiled. norpc leaves
# out Lambda's old RPC mode, -s -w the symbol tables: half the size, so a faster cold start.
export CGO_ENABLED := 0
export GOFLAGS     := -trimpath -tags=lambda.norpc -buildvcs=false
SMALL     := -ldflags '-s -w'
# What `make test` tests, as in: make test ARGS='-run TestService ./infra/e2e'. Unset, everything: first what is quick,
# then the whole service and then its pages in Chromium, which each want the machine for themselves.
ARGS      ?=
TIMEOUT   ?= 20m

.PHONY: help
help: ## List the commands
	@grep -hE '^[a-z][a-z0-9-]*:.*##' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

.PHONY: run
run: build tools ## Run everything on this machine, without AWS: pages, S3, queues and phones (Ctrl-C stops it)
	@$(BUILD)/local

.PHONY: test
test: build tools browser-tools css-tools chromium ## Run every test: the rules, the local runner, the whole service from outside, its pages in Chromium
ifeq ($(ARGS),)
	go test -timeout $(TIMEOUT) $$(go list ./... | grep -v -e /infra/e2e$$ -e /infra/browser$$)
	go test -timeout $(TIMEOUT) ./infra/e2e
	go test -timeout $(TIMEOUT) ./infra/browser
	@$(find-chromium) >/dev/null || printf '%s\n' "" \
	  "LEFT OUT: the tests of the pages in a browser, since there is no Chromium on this machine. To run them:" \
	  "  apt-get install --no-install-recommends chromium   (or set CHROME_PATH to a Chromium or Chrome)" \
	  "  make test ARGS=./infra/browser"
else
	go test -timeout $(TIMEOUT) $(ARGS)
endif

.PHONY: permissions
permissions: tools ## List what each function's role allows, and whether the service's tests use it (about 8 minutes)
	@mkdir -p $(BUILD); code=0; \
	  VOICE_PERMISSIONS=$(abspath $(BUILD))/permissions.txt go test -count=1 -timeout $(TIMEOUT) ./infra/e2e || code=$$?; \
	  cat $(BUILD)/permissions.txt; exit $$code

FUZZTIME  ?= 10s
.PHONY: fuzz
fuzz: need-go ## Fuzz each reader of files, FUZZTIME each (default 10s)
	@for target in $$(grep -ho '^func Fuzz[A-Za-z]*' shared/roster/*_test.go | cut -c6- | sort); do \
	  echo "fuzzing $$target for $(FUZZTIME)"; \
	  go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 3s -parallel 2 ./shared/roster || exit 1; \
	done

.PHONY: race
race: build tools ## Run the tests with Go's race detector (needs a C compiler)
	CGO_ENABLED=1 go test -race -timeout 40m $(or $(ARGS),./...)

# ARGS are packages, or nothing for all that use DynamoDB.
.PHONY: test-dynamodb-local
test-dynamodb-local: tools ## Run the tests on Amazon's DynamoDB Local: DYNAMODB_LOCAL=its folder, or any DYNAMODB_ENDPOINT
	@infra/local/dynamodb/other-engine.sh amazon $(ARGS)

.PHONY: test-moto
test-moto: tools ## Run the tests of the tables on a second engine, moto (about 10 minutes; what needs PartiQL inserts is left out)
	@infra/local/dynamodb/other-engine.sh moto $(ARGS)

.PHONY: build
build: need-go ## Compile the functions, the local runner and voicectl into build/
	@echo "compiling $(FUNCTIONS), the local runner and voicectl"
	@mkdir -p $(BUILD)/bin && go build $(SMALL) -o $(BUILD)/bin/ ./functions/... ./infra/local ./infra/cmd/voicectl
	@for f in $(FUNCTIONS); do mkdir -p $(BUILD)/$$f && ln -f $(BUILD)/bin/$$f $(BUILD)/$$f/bootstrap; done
	@for p in local voicectl; do ln -f $(BUILD)/bin/$$p $(BUILD)/$$p; done

# `sam build` calls build-<Resource>Function with ARTIFACTS_DIR set: the same sources, for Lambda's processor.
build-%Function: need-go
	GOOS=linux GOARCH=arm64 go build $(SMALL) -o $(ARTIFACTS_DIR)/bootstrap ./functions/$(shell echo $* | tr A-Z a-z)

# The same for all functions at once, into the folder LAMBDA.
.PHONY: build-lambda
build-lambda: need-go
	GOOS=linux GOARCH=arm64 go build $(SMALL) -o $(LAMBDA)/ ./functions/...

.PHONY: reproducible
reproducible: need-go ## Build the last commit for Lambda twice, in two places, and compare the bytes (ARGS=--json for digests)
	@infra/lint/reproducible.sh $(ARGS)

# ARGS are voicectl's own, as in: make replay ARGS='failures --dry-run'.
REPLAY := $(or $(VOICE_STATE),.local)/replay.env
.PHONY: replay
replay: build ## Show what this machine's service could not handle, and replay it: make replay ARGS=failures, ARGS=dead-letters
	@test -f $(REPLAY) || { echo "there is no service running on this machine: make run"; exit 1; }
	@set -a; . $(abspath $(REPLAY)); $(BUILD)/voicectl replay $(ARGS)

# Of Amazon's restore there is none on this machine: the table is copied instead, and the comparison tried.
TABLE ?= voice-CustodyTable
.PHONY: restore-drill
restore-drill: build ## Try the restore drill on this machine's custody table, or another: make restore-drill TABLE=voice-AlertsTable
	@test -f $(REPLAY) || { echo "there is no service running on this machine: make run"; exit 1; }
	@set -a; . $(abspath $(REPLAY)); $(BUILD)/voicectl restore-drill --copy $(ARGS) $(TABLE)

.PHONY: audit-verify
audit-verify: build ## Check this machine's audit for tampering: make audit-verify, ARGS='--head NUMBER:DIGEST'
	@test -f $(REPLAY) || { echo "there is no service running on this machine: make run"; exit 1; }
	@set -a; . $(abspath $(REPLAY)); $(BUILD)/voicectl audit verify $(ARGS)

.PHONY: keys
keys: build ## Show and rotate the keys of what this machine's service seals: make keys, ARGS=rotate, ARGS=reencrypt, ARGS='retire KEY'
	@test -f $(REPLAY) || { echo "there is no service running on this machine: make run"; exit 1; }
	@set -a; . $(abspath $(REPLAY)); $(BUILD)/voicectl keys $(or $(ARGS),show --count)

.PHONY: lint
lint: need-go ## Check formatting, vet, staticcheck, gosec, govulncheck, licences, and the templates (cfn-lint, sam), where they can be had
	@bad=$$(gofmt -l functions infra shared); test -z "$$bad" || { echo "gofmt would change: $$bad"; exit 1; }
	go vet ./...
	@infra/lint/go.sh
	@infra/lint/template.sh

.PHONY: openapi
openapi: tools ## Describe the JSON API anew, in infra/openapi.json, from the Go types
	go test -p 1 -run 'TestOpenAPI$$' ./functions/status ./functions/intake ./functions/staff -args -update-openapi

.PHONY: threats
threats: build tools ## Run the tests that infra/threats.md names, threat by threat
	@go run ./infra/threats

.PHONY: licences
licences: need-go ## List the licences of what VOICE is built from, in infra/lint/licences.md
	@mkdir -p .tools/go && cd infra/lint && GOFLAGS='' GOBIN=$(CURDIR)/.tools/go go install ./licences
	@.tools/go/licences > $(BUILD)/licences.md && mv $(BUILD)/licences.md infra/lint/licences.md

.PHONY: deploy
deploy: ## Build for Lambda and deploy with SAM: asks its questions the first time, and says what is left to do
	@infra/deploy.sh

.PHONY: cost
cost: need-go ## Estimate what it costs a month, for agencies of three sizes
	@go run ./infra/cost $(ARGS)

.PHONY: clean
clean: ## Remove what was built and the local state (records, phones, queues)
	rm -rf $(BUILD) .aws-sam $${VOICE_STATE:-.local}

# ROWS and RUNS say how much, ARGS anything else that build/bench --help lists.
BENCH = $(BUILD)/bench $(if $(ROWS),--rows $(ROWS)) $(if $(RUNS),--runs $(RUNS)) $(ARGS)

.PHONY: bench
bench: tools bench-build .tools/bench/.installed ## Compare the functions, as Lambda runs them, with Python and the bare calls, in one table (about 6 minutes; ARGS=--write for the README)
	@$(BENCH) --functions

.PHONY: bench-growth
bench-growth: tools bench-build ## Measure look-ups and requests with 10 thousand and 1 million records, and work 1 billion out (about 15 minutes)
	@$(BUILD)/bench --growth $(if $(RUNS),--runs $(RUNS)) $(ARGS)

.PHONY: bench-ingest
bench-ingest: tools bench-build .tools/bench/.installed ## Compare the upload pipeline with plain Go and Python loaders (about 10 minutes)
	@$(BENCH) --svg infra/bench/ingest.svg

.PHONY: bench-ingest-large
bench-ingest-large: tools bench-build ## Dry-run one large upload, to see that memory stays flat: make bench-ingest-large ROWS=10000000
	@$(BENCH) --large

.PHONY: bench-alerts
bench-alerts: tools bench-build ## Measure the way from a change to its text: time, calls, units, memory and cost (about 5 minutes)
	@$(BUILD)/bench --alerts $(if $(RUNS),--runs $(RUNS)) --svg infra/bench/alerts.svg $(ARGS)

# SEED repeats one; ARGS are build/soak's own, as in: make soak DURATION=1m SEED=7 ARGS=--json
DURATION ?= 10m
.PHONY: soak
soak: tools ## Load everything while everything fails, and check what must hold: make soak DURATION=10m SEED=7
	@mkdir -p $(BUILD) && go build -o $(BUILD)/soak ./infra/soak
	@$(BUILD)/soak --duration $(DURATION) $(if $(SEED),--seed $(SEED)) $(ARGS)

.PHONY: bench-build
bench-build: need-go
	@mkdir -p $(BUILD) && go build -o $(BUILD)/bench ./infra/bench

# Without Python the bench leaves that peer out, and says so.
.tools/bench/.installed: infra/bench/peer/requirements.txt
	@{ command -v python3 >/dev/null && python3 -m venv .tools/bench && .tools/bench/bin/pip install -q --disable-pip-version-check -r $< && touch $@; } || \
		echo "boto3 could not be installed (it takes Python 3.10 or newer): the comparison goes on without the Python peer"

.PHONY: css
css: css-tools ## Compile the pages' style sheet from the U.S. Web Design System (needs npm; the result is committed)
	node infra/css/build.mjs

.PHONY: css-tools
css-tools: infra/css/node_modules/.installed # Sass, also for the test that the committed style sheet is what its sources give

infra/css/node_modules/.installed: infra/css/package-lock.json
	@command -v npm >/dev/null || { echo "make css needs npm (Node.js 18 or newer). On Debian: apt-get install npm"; exit 1; }
	npm ci --prefix infra/css --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# Lighthouse's report is also in build/lighthouse, as JSON.
.PHONY: lighthouse
lighthouse: build tools chromium infra/browser/node_modules/.lighthouse ## Let Lighthouse judge /, /custody, /alerts and /help as a phone has them
	VOICE_LIGHTHOUSE=1 go test -count=1 -timeout $(TIMEOUT) -v -run TestLighthouse ./infra/browser

.PHONY: browser-tools
browser-tools: infra/browser/node_modules/.installed # axe-core, for the tests in Chromium

infra/browser/node_modules/.installed: infra/browser/package-lock.json
	npm ci --prefix infra/browser --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

infra/browser/node_modules/.lighthouse: infra/browser/package-lock.json
	npm ci --prefix infra/browser --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch infra/browser/node_modules/.installed $@

find-chromium := { test -x "$${CHROME_PATH:-}" && echo "$$CHROME_PATH" || command -v chromium || command -v chromium-browser || command -v google-chrome; }

# Installs Chromium where that is allowed and easy. Where it is not, the tests that need it are left out, and say so.
.PHONY: chromium
chromium:
	@$(find-chromium) >/dev/null || { test "$$(id -u)" = 0 && test -f /etc/debian_version && \
	  echo "installing Chromium, for the tests of the pages" && \
	  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium; } >/dev/null 2>&1; } || true

.PHONY: tools
tools: infra/local/node_modules/.installed ## Fetch the local DynamoDB (once)

infra/local/node_modules/.installed: infra/local/package-lock.json
	@command -v npm >/dev/null || { echo "make run and make test need npm (Node.js 18 or newer), to fetch the local DynamoDB. On Debian: apt-get install npm"; exit 1; }
	npm ci --prefix infra/local --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: need-go
need-go:
	@command -v go >/dev/null || { echo "VOICE is built with Go 1.26 or newer, which is not on the PATH."; exit 1; }
