# Each target is one line of go. CI calls .ci/run, which calls these commands.

.PHONY: build test race fuzz bench bench-rpc lint rewrite generate testnet

# The validation functions are embedded and then removed again: a stale one would
# not match the rules that go run compiles.
build:
	go run ./parachain/chains/embed/make
	CGO_ENABLED=0 go build -trimpath -o bin/rampart ./cmd/rampart; code=$$?; rm -f parachain/chains/embed/wasm/*.wasm; exit $$code

test:
	go test ./...

race:
	CGO_ENABLED=1 go test -race -short ./relay/chain ./relay/finality ./relay/node ./network/... ./parachain/subsystem ./parachain/worker ./relay/transactions ./relay/rpc/... ./testnet/local

# Every fuzz target for FUZZTIME, one after the other with one worker; it goes on
# where fuzz.log ends. FUZZ chooses by "package Target".
FUZZ ?= .
FUZZTIME ?= 10m
fuzz:
	nice go run ./cmd/internal/fuzz -log fuzz.log -time $(FUZZTIME) -only '$(FUZZ)'

bench:
	go test -run '^$$' -bench . -benchmem ./...

# What JSON-RPC clients cost a validator; about eight minutes.
bench-rpc: build
	go run ./bench/rpc -rampart bin/rampart

lint:
	test -z "$$(gofmt -l .)" && go vet ./... && go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./... && go test ./cmd/internal/lint

rewrite:
	go test ./... -run TestScripts -rewrite

generate:
	go run ./relay/frame/framegen ./...

testnet:
	go run ./cmd/rampart testnet
