// Package build makes WebAssembly guests from Go source, the same bytes on every
// machine: the hash of a guest is part of a chain's genesis.
//
// Input: a folder in a Go module and a main package in it (see parachain/sdk/guest).
// Output: the module's bytes.
//
// It runs, in a clean environment with the Go release of go.mod's toolchain line,
//
//	CGO_ENABLED=0 GOOS=wasip1 GOARCH=wasm GOFLAGS= GOWORK=off GOEXPERIMENT= GOWASM= \
//	go build -buildmode=c-shared -trimpath -buildvcs=false -ldflags="-s -w -buildid="
//
// Without trimpath, with cgo on or with VCS stamping the bytes differ between
// folders; with other settings they differ between machines. The user's go
// configuration (GOENV) is not read, except for where modules come from and where
// caches are.
package build
