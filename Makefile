# Everything here works with Go and make alone. "make lint" and "make generate"
# fetch the tools that tools/go.mod pins, once; "make test" uses the race detector
# where there is a C compiler, which it needs.

VERSION := $(shell git describe --tags --dirty 2>/dev/null)
RELEASE := github.com/qwen-cli/qwen/cmd/qwen/internal/cli.release

# A release is made small, for what is read at every start takes time: no symbols;
# no tracing of gRPC (https://pkg.go.dev/google.golang.org/grpc#EnableTracing), which
# nobody could look at; functions aligned as on other processors; and no function
# inlined in packages whose code runs once or seldom. "go install" does without.
COLD    := $(addsuffix /...,crypto/tls crypto/x509 debug encoding/asn1 encoding/gob html/template log/slog net \
	regexp/syntax text/template go.yaml.in \
	$(addprefix github.com/,go-viper godbus hashicorp pelletier spf13))
LDFLAGS := -s -w -funcalign=16 $(if $(VERSION),-X $(RELEASE)=$(VERSION))
BUILD   := CGO_ENABLED=0 go build -trimpath -tags grpcnotrace $(COLD:%=-gcflags=%=-l) -ldflags "$(LDFLAGS)"

# The modules that are built and tested, the root last. The tools have their own.
MODULES := $(patsubst %/go.mod,%,$(wildcard examples/go.mod bench/go.mod)) .
TOOL    := go tool -modfile=$(CURDIR)/tools/go.mod
SOURCES := $(wildcard cmd plugins sdk internal examples bench)

# The packages that every piece of an answer, or every start, goes through.
HOT := ./sdk ./sdk/internal/wire ./sdk/openaiapi $(addprefix ./cmd/qwen/internal/,config dotenv pluginhost redact render term)

# The race detector waits a second at the end of every process, which is much
# where every test starts some: see https://go.dev/doc/articles/race_detector.
RACE := $(and $(filter 1,$(shell go env CGO_ENABLED)),$(shell command -v $$(go env CC) 2>/dev/null),-race)
export GORACE ?= atexit_sleep_ms=0

.PHONY: build test lint generate check-generate fmt demo readme bench bench-docs bench-go screenshots clean help

build: ## build bin/qwen, which holds the built-in providers as well
	$(BUILD) -o bin/qwen$(shell go env GOEXE) ./cmd/qwen

# "make lint" runs all of go vet; without it here the tests are done sooner.
test: ## test every module, with the race detector
	$(if $(RACE),,@echo "no C compiler, or cgo is off: testing without the race detector")
	@set -e; for module in $(MODULES); do \
		echo "cd $$module && go test $(RACE) -vet=off ./..."; \
		(cd $$module && go test $(RACE) -vet=off ./...); \
	done

lint: ## check formatting, go vet, staticcheck and the protocol's rules
	@unformatted=$$(gofmt -l $(SOURCES)); \
	if [ -n "$$unformatted" ]; then echo "not formatted (make fmt):"; echo "$$unformatted"; exit 1; fi
	@set -e; for module in $(MODULES); do \
		echo "cd $$module && go vet ./... && staticcheck ./..."; \
		(cd $$module && go vet ./... && $(TOOL) staticcheck ./...); \
	done
	cd sdk/proto && $(TOOL) buf lint

generate: ## make the Go code of the protocol anew
	cd sdk/proto && $(TOOL) buf generate

check-generate: ## fail if "make generate" would change anything
	@set -e; fresh=$$(mktemp -d); trap 'rm -rf "$$fresh"' EXIT; mkdir -p "$$fresh/sdk/proto"; \
	(cd sdk/proto && $(TOOL) buf generate -o "$$fresh/sdk/proto"); \
	diff -r "$$fresh/sdk/internal/pb" sdk/internal/pb || { echo "run: make generate"; exit 1; }

fmt: ## format the Go code
	gofmt -w $(SOURCES)

demo: build ## see qwen at work: no account, no network
	@go run ./internal/demo bin/qwen$(shell go env GOEXE)

readme: build ## write what the demo shows into README.md
	@go run ./internal/demo -readme README.md bin/qwen$(shell go env GOEXE) >/dev/null

bench: build ## measure it against curl and others, in some four minutes; BENCH=-quick: in one
	@mkdir -p dist
	@cd bench && go run . -qwen ../bin/qwen -json ../dist/bench.json $(BENCH)

bench-docs: ## write docs/benchmarks.md from what "make bench" has measured
	@cd bench && go run . -from ../dist/bench.json -docs ../docs/benchmarks.md

bench-go: ## run the benchmarks of the hot pieces; compare two runs with benchstat
	go test -run '^$$' -bench . -benchmem -count 6 $(HOT)

screenshots: ## take the pictures in docs/img anew; needs tmux
	@CGO_ENABLED=0 go build -trimpath -buildvcs=false -o dist/screenshot/qwen ./cmd/qwen
	@go run ./internal/screenshot -o docs/img dist/screenshot/qwen

clean: ## remove what was built
	rm -rf bin dist

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(firstword $(MAKEFILE_LIST))
