# Hawker: the commands people, tests and tools rely on. `make run` needs Go, Node and git, nothing else.
SHELL := /bin/bash
GO ?= go
BIN := bin/hawker
STAMPS := out/.stamps
export CGO_ENABLED ?= 0

WEB_SOURCES := $(shell find web/src web/public web/index.html web/console.html web/package.json web/vite.config.ts web/tsconfig.json -type f 2>/dev/null)
GO_SOURCES := $(shell find cmd internal web -name node_modules -prune -o -type f \( -name '*.go' -o -name '*.sql' -o -path '*/assets/*' \) -print 2>/dev/null) go.mod go.sum

.PHONY: run build web test sim sim-soak soak test-go test-demo race-demo test-web test-s3 test-acme test-prometheus e2e journeys journeys-alone budget screens screens-docs bench lint gen deps-apt fuzz fuzz-turn clean

run: build ## build everything and open the sample world
	@$(BIN) demo

build: $(BIN)

$(BIN): $(GO_SOURCES) $(STAMPS)/web
	@echo "==> building bin/hawker (the first time compiles all dependencies: 2 to 4 minutes)"
	@$(GO) build -o $@ ./cmd/hawker

web: $(STAMPS)/web

$(STAMPS)/npm: web/package.json web/package-lock.json
	@mkdir -p $(STAMPS)
	@echo "==> installing web packages"
	@cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(STAMPS)/web: $(STAMPS)/npm $(WEB_SOURCES)
	@echo "==> building the web app"
	@cd web && npx vite build --logLevel warn
	@touch $@

deps-apt: ## what tests need beyond Go and Node; does nothing when all is there
	@scripts/deps.sh

# The Go tests wait a good deal, for databases, encoders and clocks: the web's fill those gaps. The sample world's
# shows, 150 times as fast as life, and the journeys each have the machine to themselves.
test: deps-apt lint sim fuzz-turn $(STAMPS)/web ## everything CI checks
	@$(MAKE) --no-print-directory -j2 --output-sync=line test-go test-web
	@$(MAKE) --no-print-directory test-demo
	@$(MAKE) --no-print-directory journeys
	@$(MAKE) --no-print-directory journeys-alone

# The longest start first, so that none of them runs alone at the end.
SLOW_GO := ./internal/faults ./internal/app ./internal/doorstest ./cmd/hawker

test-go: $(STAMPS)/web
	@echo "==> go test -race, SQLite and PostgreSQL"
	CGO_ENABLED=1 $(GO) test -race -timeout 15m $(SLOW_GO) $$($(GO) list ./... | grep -v '/internal/demo$$')
	cd bench && $(GO) test ./...

test-demo: $(STAMPS)/web
	@echo "==> the sample world, at its full length (make race-demo looks for races in it)"
	$(GO) test -timeout 10m ./internal/demo

race-demo: ## the sample world under the race detector: some minutes
	CGO_ENABLED=1 $(GO) test -race -timeout 20m ./internal/demo

SIM_SEEDS ?= 1000000
SIM_FROM ?= 1000000

sim: ## 100,000 seeds through stock, orders, payments, ledger and room timeline, without the race detector
	@echo "==> simulator, 100,000 seeds"
	@$(GO) test ./internal/sim -run TestSim -seeds=100000 -v | grep -v '^=== RUN'; exit $${PIPESTATUS[0]}

sim-soak: ## SIM_SEEDS seeds from SIM_FROM on, with a row in docs/reference/evidence.md; then every planted fault
	@SIM_COMMIT=$$(git rev-parse --short HEAD) SIM_MACHINE="$$(nproc) cores, $$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)" \
		$(GO) test ./internal/sim -run TestSim_NoSeed -seeds=$(SIM_SEEDS) -from=$(SIM_FROM) -evidence=$(CURDIR)/docs/reference/evidence.md -v -timeout 12h
	@$(GO) test ./internal/sim -run TestMutants -mutants -v -timeout 1h

soak: $(STAMPS)/web ## faults for T (20m), each a row in docs/reference/evidence.md: make soak T=20m ONLY=Kill; the simulator's own is make sim-soak
	@scripts/soak.sh $(or $(T),20m) "$(ONLY)"

fuzz: $(STAMPS)/web ## every fuzz target for T each, one after another (make fuzz T=30s ONLY='rtmp|mp4')
	@scripts/fuzz.sh $(or $(T),30s) "$(ONLY)"

fuzz-turn: ## the two parsers whose turn it is, ten seconds each; every corpus runs with the ordinary tests
	@echo "==> fuzzing by turns"
	@scripts/fuzz.sh 10s --turn 2

test-web: $(STAMPS)/npm
	@echo "==> web types and unit tests"
	cd web && npx vue-tsc --noEmit && npx vitest run

lint: $(STAMPS)/npm
	@echo "==> lint"
	@test -z "$$(gofmt -l cmd internal bench web/*.go)" || { gofmt -l cmd internal bench web/*.go; echo "run gofmt -w on these"; exit 1; }
	$(GO) vet ./... && $(GO) vet -tags s3real ./internal/infra/blob
	cd bench && $(GO) vet ./...
	cd web && npx eslint .
	@scripts/clean-gen.sh

e2e: journeys ## Playwright in a real Chromium against the built binary
	@$(MAKE) --no-print-directory journeys-alone

journeys: build
	@cd e2e && { [ node_modules -nt package-lock.json ] || npm ci --no-audit --no-fund --loglevel=error; }
	@echo "==> browser journeys, two files at a time: most of one is waiting"
	cd e2e && node --test --test-concurrency=2 --test-reporter=spec specs/*.spec.mjs

journeys-alone: build
	@echo "==> browser journeys that measure time, each with the machine to itself"
	cd e2e && node --test --test-concurrency=1 --test-reporter=spec specs/alone/*.spec.mjs

budget: build ## the weight and swipe budgets alone
	@cd e2e && node --test --test-concurrency=1 --test-reporter=spec specs/budget.spec.mjs specs/alone/swipe.spec.mjs

screens: build ## a picture of every screen and state in out/screens (ONLY=live,order LANGS=zh SIZES=phone THEMES=dark TARGETS=dir)
	@echo "==> every screen"
	@cd e2e && { [ node_modules -nt package-lock.json ] || npm ci --no-audit --no-fund --loglevel=error; } && node screens/main.mjs

screens-docs: ## compress the pictures README and guide show into docs/screens (needs cwebp, and make screens before)
	@cd e2e && node screens/curate.mjs

gen: $(STAMPS)/npm ## regenerate api/openapi.json, the TypeScript types and the pages of docs/reference
	@mkdir -p api
	$(GO) run ./cmd/hawker openapi > out/openapi.json && mv out/openapi.json api/openapi.json
	cd web && npm run --silent gen
	$(GO) run ./scripts/reference

test-s3: build ## the blob store and the whole program against a real S3 server that checks signatures
	@echo "==> S3: versitygw"
	@scripts/s3.sh

test-acme: $(STAMPS)/web ## hawker serve gets, keeps and renews a certificate of pebble, by tls-alpn-01 and http-01
	@echo "==> ACME: pebble"
	@scripts/acme.sh

test-prometheus: build ## every expression of the board and the alerts has data in a real Prometheus; NOT TESTED where it is not installed
	@echo "==> Prometheus: board and alerts"
	@scripts/prometheus.sh

bench: ## one of bench/*, side by side with its peers: make bench NAME=flashsale (ARGS= is handed on)
	@mkdir -p bin && cd bench && $(GO) build -o ../bin/bench-$(NAME) ./$(subst -,,$(NAME))
	@bin/bench-$(NAME) $(ARGS)

clean:
	rm -rf bin out
